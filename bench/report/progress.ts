import type { WriteStream } from 'node:tty';
import type { ClientReport } from '../client-plan.ts';
import type { TimelineEntry } from './result.ts';

const linesEveryMs = 5000;

/** One line that is written over on a terminal; elsewhere a line every few seconds, so that logs stay readable. */
export class Progress {
  readonly #stream: WriteStream;
  readonly #quiet: boolean;
  #lastLineAt = Number.NEGATIVE_INFINITY;
  #lastStep = '';
  #pending = false;

  constructor(stream: WriteStream, quiet: boolean) {
    this.#stream = stream;
    this.#quiet = quiet;
  }

  say(text: string): void {
    if (this.#quiet) return;
    this.#end();
    this.#stream.write(`${text}\n`);
  }

  show(entry: TimelineEntry, reports: readonly ClientReport[]): void {
    this.line(progressLine(entry, reports), entry.step);
  }

  /** @param step a line of another step is shown at once */
  line(line: string, step = ''): void {
    if (this.#quiet) return;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[K${line.slice(0, Math.max(20, this.#stream.columns - 1))}`);
      this.#pending = true;
      return;
    }
    const now = performance.now();
    if (step === this.#lastStep && now - this.#lastLineAt < linesEveryMs) return;
    this.#lastStep = step;
    this.#lastLineAt = now;
    this.#stream.write(`${line}\n`);
  }

  close(): void {
    this.#end();
  }

  #end(): void {
    if (this.#pending) this.#stream.write('\n');
    this.#pending = false;
  }
}

export function progressLine(entry: TimelineEntry, reports: readonly ClientReport[]): string {
  const failed = reports.filter(({ state }) => state === 'failed').length;
  const percent = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(0)} %`);
  const ms = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1));
  return [
    `${entry.second.toFixed(0).padStart(4)} s  ${entry.step}`,
    `${entry.ready}/${reports.length} ready${failed > 0 ? `, ${failed} FAILED` : ''}`,
    `in ${entry.inPacketsPerSecond.toFixed(0)}/s ${entry.inMbitPerSecond.toFixed(1)} Mbit/s`,
    `out ${entry.outPacketsPerSecond.toFixed(0)}/s ${entry.outMbitPerSecond.toFixed(1)} Mbit/s`,
    `loss ${entry.lossPercent.toFixed(2)} %`,
    `latency ${ms(entry.latencyP50Ms)}/${ms(entry.latencyP99Ms)} ms`,
    `workers ${percent(entry.workerCpuPercent)}, node ${percent(entry.nodeCpuPercent)}`,
  ].join(' · ');
}
