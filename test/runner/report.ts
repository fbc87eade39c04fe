import type { FileResult } from './test-file.ts';

/** Prints a line per file as it comes in, everything about the failed ones at the end, and the closing line last. */
export class Report {
  readonly #write: (text: string) => void;
  readonly #started = performance.now();
  readonly #failed: FileResult[] = [];
  readonly #complaints: string[] = [];
  #passed = 0;
  #failures = 0;
  #skipped = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** A failure that belongs to no file. */
  complain(text: string): void {
    this.#complaints.push(text);
    this.#failures += 1;
  }

  add(result: FileResult): void {
    this.#passed += result.passed;
    this.#failures += result.failed;
    this.#skipped += result.skipped;
    const good = result.failed === 0;
    if (!good) this.#failed.push(result);
    const counts = `${result.passed} passed${good ? '' : `, ${result.failed} FAILED`}${result.skipped ? `, ${result.skipped} skipped` : ''}`;
    this.#write(`${good ? '✓' : '✗'} ${seconds(result.durationMs).padStart(7)}  ${result.name}  ${counts}\n`);
  }

  /** @returns whether everything passed. */
  close(): boolean {
    for (const result of this.#failed) {
      this.#write(`\n── ${result.name} ──\n`);
      if (result.output.trim() !== '') this.#write(`${result.output.trimEnd()}\n`);
      for (const problem of result.problems) this.#write(`  ✗ ${problem}\n`);
    }
    if (this.#complaints.length > 0) this.#write('\n');
    for (const complaint of this.#complaints) this.#write(`✗ ${complaint}\n`);
    this.#write(`\nTotal time ${seconds(performance.now() - this.#started)}\n`);
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    this.#write(`${this.#passed} passed, ${this.#failures} failed${skipped}\n`);
    return this.#failures === 0;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
