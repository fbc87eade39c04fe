import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { perfectLink } from '../link-emulator/link.ts';
import { LinkEmulator } from '../link-emulator/link-emulator.ts';
import { Histogram } from '../measure/histogram.ts';
import { machineUsage } from '../measure/process-usage.ts';
import { recordedCamera } from '../recording/recording-cache.ts';
import type { OwnServer } from '../server-under-test.ts';
import { Company } from './company.ts';
import { streamOf } from './looks.ts';
import type { DownlinkEntry, LineSample, Recorded, Window } from './measures.ts';
import type { PageSample } from './page-probe.ts';
import { ServerLog } from './server-log.ts';
import type { Phase, Situation } from './situation.ts';

const lookMs = 250;
/** Everything flows at its best before the line is touched; what does not within this time, will not. */
const startLimitMs = 30_000;
const steadyMs = 3000;

export interface SituationParts {
  situation: Situation;
  /** people in the meeting, the page included */
  participants: number;
  server: OwnServer;
  /** told the server's log line by line while the situation runs */
  listen: (listener: (line: string) => void) => void;
  browser: Browser;
  recording: string;
  seed: number;
  progress: (step: string, text: string) => void;
  signal: AbortSignal;
}

/** Everything that was seen; times in ms since the epoch. */
export interface SituationRecord extends Recorded {
  /** name of whom the numbers speak, and pictures a second of that one's camera */
  watched: string;
  cameraFps: number;
  downlink: DownlinkEntry[];
  windows: { phase: Phase; window: Window }[];
  complaints: string[];
  /** p99 of how late the load clients' packets left, in ms */
  latenessMs: number;
  /** how busy all cores together were, in the worst phase, 0 to 1 */
  busy: number;
}

/** One meeting with one page behind a line that changes: carries out the phases and writes down what happens. */
export class SituationRun {
  readonly #parts: SituationParts;
  readonly #behind: PageSample[] = [];
  readonly #page: PageSample[] = [];
  readonly #line: LineSample[] = [];
  readonly #windows: SituationRecord['windows'] = [];
  #lastLook = 0;
  #busy = 0;

  constructor(parts: SituationParts) {
    this.#parts = parts;
  }

  /** @throws Error when the meeting does not come about */
  async run(): Promise<SituationRecord> {
    const { situation, server, browser, recording, participants, seed, listen, progress } = this.#parts;
    const ports = [Number(new URL(server.origin).port), server.mediaPort];
    const link = await LinkEmulator.open({
      targets: ports.map((port) => ({ address: '127.0.0.1', port })),
      seed,
    });
    const log = new ServerLog();
    listen((line) => log.add(line));
    let company: Company | undefined;
    try {
      const { cast, phases } = situation;
      const { entries } = link;
      progress('entering', `${situation.name} · entering`);
      company = await Company.gather({ cast, participants, server, entries, browser, recording, lookMs });
      await this.#untilSteady(company, link);
      await company.fleet?.sample();
      for (const phase of phases) await this.#phase(phase, company, link);
      const [sample] = (await company.fleet?.sample()) ?? [];
      const { watched, behind, looking } = company;
      return {
        watched: watched.name,
        cameraFps: watched.framesPerSecond,
        page: looking === behind ? this.#behind : this.#page,
        behind: this.#behind,
        line: this.#line,
        downlink: log.entries,
        windows: this.#windows,
        complaints: [...new Set([...behind.complaints, ...looking.complaints])],
        latenessMs: sample ? (new Histogram(sample.lateness).percentile(0.99) ?? 0) : 0,
        busy: this.#busy,
      };
    } finally {
      listen(() => undefined);
      await company?.close();
      await link.close();
    }
  }

  /** The watched person is seen in a size that does not change any more, the full one where that is shown. */
  async #untilSteady(company: Company, link: LinkEmulator): Promise<void> {
    const { signal, situation } = this.#parts;
    const deadline = performance.now() + startLimitMs;
    const wanted = situation.cast === 'page-in-strip' ? 1 : recordedCamera.height;
    let since = performance.now();
    let height = 0;
    while (performance.now() < deadline && !signal.aborted) {
      await this.#look(company, link, 'waiting for the full picture');
      const now = this.#lines(company);
      if (now === 0 || now !== height) since = performance.now();
      height = now;
      if (height >= wanted && performance.now() - since > steadyMs) return;
    }
    if (height === 0 && !signal.aborted) throw new Error(`the page does not see ${company.watched.name}`);
  }

  async #phase(phase: Phase, company: Company, link: LinkEmulator): Promise<void> {
    link.shape({ up: { ...perfectLink, ...phase.up }, down: { ...perfectLink, ...phase.down } });
    const from = Date.now();
    const before = machineUsage();
    const end = performance.now() + phase.seconds * 1000;
    while (performance.now() < end && !this.#parts.signal.aborted)
      await this.#look(company, link, phase.name);
    const after = machineUsage();
    const busyMs = after.busyMs - before.busyMs;
    this.#busy = Math.max(this.#busy, busyMs / Math.max(1, busyMs + after.idleMs - before.idleMs));
    if (!this.#parts.signal.aborted) this.#windows.push({ phase, window: { from, to: Date.now() } });
  }

  async #look(company: Company, link: LinkEmulator, what: string): Promise<void> {
    await sleep(lookMs, undefined, { signal: this.#parts.signal }).catch(() => undefined);
    const { behind, looking } = company;
    const [counters, seenBehind, seen] = await Promise.all([
      link.counters(),
      behind.samples(),
      looking === behind ? [] : looking.samples(),
    ]);
    const at = Date.now();
    if (this.#lastLook > 0) this.#line.push({ at, overMs: at - this.#lastLook, ...counters });
    this.#lastLook = at;
    this.#behind.push(...seenBehind);
    this.#page.push(...seen);
    this.#say(company, what);
  }

  #lines({ behind, looking, watched }: Company): number {
    const last = (looking === behind ? this.#behind : this.#page).at(-1);
    return (last && streamOf(last, watched.name, 'video')?.height) ?? 0;
  }

  #say(company: Company, what: string): void {
    const line = this.#line.at(-1);
    const rate = (way: 'up' | 'down') =>
      (line ? (line[way].bytes * 8) / Math.max(1, line.overMs) : 0).toFixed(0);
    const pictures = (company.looking === company.behind ? this.#behind : this.#page)
      .slice(-4)
      .reduce((sum, { painted }) => sum + painted.length, 0);
    const { situation, progress } = this.#parts;
    progress(
      what,
      `${situation.name} · ${what} · down ${rate('down')}, up ${rate('up')} kbit/s · ${company.watched.name}: ${this.#lines(company)} lines, ${pictures} pictures/s · queue ${(line?.down.longestQueueMs ?? 0).toFixed(0)} ms`,
    );
  }
}
