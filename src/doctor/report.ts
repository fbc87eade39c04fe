import { englishTexts as texts } from '../client/doctor/english-texts.ts';
import { type Line, lineIds } from '../client/doctor/line.ts';
import { explain } from '../client/doctor/texts.ts';
import type { Verdict } from '../client/doctor/verdict.ts';

/** Where it is shown. On a terminal lines are shown while they run, and overwritten. */
export interface Output {
  write(text: string): void;
  readonly terminal: boolean;
}

const marks = { running: '…', passed: '✓', failed: '✗', untested: '–' } as const;
const colours = { running: '90', passed: '32', failed: '31', untested: '90' } as const;
const nameWidth = Math.max(...lineIds.map((id) => texts.lines[id].length));
const stateWidth = Math.max(...Object.values(texts.states).map(({ length }) => length));

/** The lines for people: aligned, in order, the way they stand at the end. */
export class Report {
  readonly #output: Output;
  readonly #lines = new Map<Line['id'], Line>();
  #shownRows = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  get lines(): Line[] {
    return lineIds.flatMap((id) => this.#lines.get(id) ?? []);
  }

  tell(line: Line): void {
    this.#lines.set(line.id, line);
    if (this.#output.terminal) this.#show();
  }

  finish(verdict: Verdict): void {
    this.#show();
    this.#output.write(`\n${texts.verdicts[verdict.code]}\n`);
  }

  #show(): void {
    const rows = this.lines.flatMap((line) => this.#rows(line));
    // Up to where it was shown before, and away with it.
    const back = this.#shownRows > 0 ? `\x1b[${this.#shownRows}A\x1b[J` : '';
    this.#output.write(`${back}${rows.join('\n')}\n`);
    this.#shownRows = this.#output.terminal ? rows.length : 0;
  }

  #rows(line: Line): string[] {
    const { name, state, result, advice } = explain(line, texts);
    const mark = marks[line.state];
    const start = this.#output.terminal ? `\x1b[${colours[line.state]}m${mark}\x1b[0m` : mark;
    const row = `${start} ${name.padEnd(nameWidth)}  ${state.padEnd(stateWidth)}  ${result}`.trimEnd();
    return advice && line.state !== 'running' ? [row, `${' '.repeat(nameWidth + 4)}→ ${advice}`] : [row];
  }
}

/** The same for machines. */
export function asJson(url: string, lines: readonly Line[], verdict: Verdict): string {
  const told = lines.map((line) => {
    const { name, result, advice } = explain(line, texts);
    return { ...line, name, result, advice };
  });
  return `${JSON.stringify({ url, verdict: { ...verdict, text: texts.verdicts[verdict.code] }, lines: told }, null, 2)}\n`;
}
