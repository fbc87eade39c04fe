import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { Fleet } from '../fleet.ts';
import { perfectLink } from '../link-emulator/link.ts';
import { LinkEmulator } from '../link-emulator/link-emulator.ts';
import { Histogram } from '../measure/histogram.ts';
import { createMeeting } from '../meeting-access.ts';
import type { OwnServer } from '../server-under-test.ts';
import { BenchPage } from './bench-page.ts';
import { company, speakerName } from './company.ts';
import { type LineSample, streamOf, type Window } from './measures.ts';
import type { PageSample } from './page-probe.ts';
import { ServerLog } from './server-log.ts';
import type { Phase, Situation } from './situation.ts';

const lookMs = 250;
/** Everything flows at its best before the line is touched. */
const startLimitMs = 40_000;
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
export interface SituationRecord {
  page: PageSample[];
  line: LineSample[];
  downlink: ServerLog['entries'];
  windows: { phase: Phase; window: Window }[];
  complaints: string[];
  /** p99 of how late the load clients' packets left, in ms */
  latenessMs: number;
}

/** One meeting with one page behind a line that changes: carries out the phases and writes down what happens. */
export class SituationRun {
  readonly #parts: SituationParts;
  readonly #pageSamples: PageSample[] = [];
  readonly #lineSamples: LineSample[] = [];
  readonly #windows: SituationRecord['windows'] = [];
  #lastLook = 0;

  constructor(parts: SituationParts) {
    this.#parts = parts;
  }

  async run(): Promise<SituationRecord> {
    const { situation, server, browser, recording, participants, seed, listen } = this.#parts;
    const address = '127.0.0.1';
    const targets = [Number(new URL(server.origin).port), server.mediaPort].map((port) => ({
      address,
      port,
    }));
    const link = await LinkEmulator.open({ targets, seed });
    const log = new ServerLog();
    listen((line) => log.add(line));
    let page: BenchPage | undefined;
    let fleet: Fleet | undefined;
    try {
      const [signalling, media] = link.entries;
      const meeting = await createMeeting(server.origin);
      this.#say('entering');
      page = await BenchPage.join(
        browser,
        {
          name: 'Viewer',
          link: `http://${address}:${signalling?.tcpPort}${meeting.invitationPath}`,
          speakerView: situation.others === 'meeting',
        },
        { mediaPort: server.mediaPort, entry: media, watch: speakerName, everyMs: lookMs },
      );
      fleet = await Fleet.start(1);
      fleet.join(company(meeting, situation.others === 'one-sender' ? 1 : participants - 1, recording), 5);
      await this.#untilSteady(page, link);
      await fleet.sample();
      for (const phase of situation.phases) await this.#phase(phase, page, link);
      const [sample] = await fleet.sample();
      return {
        page: this.#pageSamples,
        line: this.#lineSamples,
        downlink: log.entries,
        windows: this.#windows,
        complaints: page.complaints,
        latenessMs: sample ? (new Histogram(sample.lateness).percentile(0.99) ?? 0) : 0,
      };
    } finally {
      listen(() => undefined);
      await page?.close().catch(() => undefined);
      await fleet?.stop();
      await link.close();
    }
  }

  /** The speaker is heard, and seen in the size that does not change any more. */
  async #untilSteady(page: BenchPage, link: LinkEmulator): Promise<void> {
    const deadline = performance.now() + startLimitMs;
    let since = performance.now();
    let height = 0;
    while (performance.now() < deadline && !this.#parts.signal.aborted) {
      await this.#look(page, link, 'waiting for the full picture');
      const last = this.#pageSamples.at(-1);
      const video = last && streamOf(last, speakerName, 'video');
      if (!video || video.height === 0 || video.height !== height) since = performance.now();
      height = video?.height ?? 0;
      if (height >= 720 && performance.now() - since > steadyMs) return;
    }
    if (height === 0) throw new Error('the page does not see the speaker');
  }

  async #phase(phase: Phase, page: BenchPage, link: LinkEmulator): Promise<void> {
    link.shape({ up: { ...perfectLink, ...phase.up }, down: { ...perfectLink, ...phase.down } });
    const from = Date.now();
    const end = performance.now() + phase.seconds * 1000;
    while (performance.now() < end && !this.#parts.signal.aborted) await this.#look(page, link, phase.name);
    this.#windows.push({ phase, window: { from, to: Date.now() } });
  }

  async #look(page: BenchPage, link: LinkEmulator, what: string): Promise<void> {
    await sleep(2 * lookMs, undefined, { signal: this.#parts.signal }).catch(() => undefined);
    const [counters, samples] = await Promise.all([link.counters(), page.samples()]);
    const at = Date.now();
    if (this.#lastLook > 0) this.#lineSamples.push({ at, overMs: at - this.#lastLook, ...counters });
    this.#lastLook = at;
    this.#pageSamples.push(...samples);
    this.#say(what);
  }

  #say(what: string): void {
    const line = this.#lineSamples.at(-1);
    const last = this.#pageSamples.at(-1);
    const video = last && streamOf(last, speakerName, 'video');
    const rate = line ? (line.down.bytes * 8) / Math.max(1, line.overMs) : 0;
    const lines = video?.height ?? 0;
    const { situation, progress } = this.#parts;
    progress(
      what,
      `${situation.name} · ${what} · ${rate.toFixed(0)} kbit/s down · speaker ${lines} lines, ${last?.painted.length ?? 0} pictures · queue ${(line?.down.longestQueueMs ?? 0).toFixed(0)} ms`,
    );
  }
}
