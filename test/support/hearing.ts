import { setTimeout as sleep } from 'node:timers/promises';
import type { MeetingPage } from './meeting-page.ts';

const everyMs = 50;
/** One look without more sound is none yet: statistics are refreshed only so often. */
const shortestGapMs = 200;

/**
 * Listens to what one person hears of another, who has to make noise all the time. How long nothing came is seen by the
 * bytes: a browser makes up a second of sound where there is none.
 */
export class Hearing {
  readonly #moments: { at: number; energy: number; bytes: number }[] = [];
  readonly #work: Promise<void>;
  #over = false;

  constructor(listener: MeetingPage, speaker: string) {
    this.#work = this.#listen(listener, speaker);
  }

  /** Sound has come after this moment, without a pause any more. */
  isBackSince(moment: number): boolean {
    const since = this.#moments.filter(({ at }) => at > moment);
    const [first, last] = [since[0], since.at(-1)];
    if (!first || !last || last.at - first.at < 2 * shortestGapMs) return false;
    const late = since.filter(({ at }) => at > last.at - 2 * shortestGapMs);
    return late.length > 2 && (late.at(-1)?.energy ?? 0) > (late[0]?.energy ?? 0);
  }

  /** Stops listening. @returns the longest time in which nothing came, and when it was over */
  async longestGap(): Promise<{ ms: number; endedAt: number }> {
    this.#over = true;
    await this.#work;
    let longest = { ms: 0, endedAt: 0 };
    let [heard] = this.#moments;
    for (const moment of this.#moments) {
      if (!heard || moment.bytes === heard.bytes) continue;
      const ms = moment.at - heard.at;
      if (ms > Math.max(longest.ms, shortestGapMs)) longest = { ms, endedAt: moment.at };
      heard = moment;
    }
    return longest;
  }

  async #listen(listener: MeetingPage, speaker: string): Promise<void> {
    while (!this.#over) {
      const received = await listener.media.received();
      const { energy = 0, bytes = 0 } = received[speaker] ?? {};
      this.#moments.push({ at: performance.now(), energy, bytes });
      await sleep(everyMs);
    }
  }
}
