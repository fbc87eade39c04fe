import { type ReadonlySignal, signal } from '@preact/signals';
import type { LineMoment, Meeting } from '../../client/index.ts';
import { type Statistics, type StatisticsSample, statisticsBetween } from './statistics.ts';

const everyMs = 1000;

export interface Watched {
  statistics: Statistics;
  /** newest last */
  line: readonly LineMoment[];
}

/**
 * Looks at everything once a second while somebody looks at it. Only the line itself is always measured, by the SDK,
 * which needs it anyway: so the last two minutes are there when the panel opens, and an unopened one costs nothing.
 */
export class StatisticsWatch {
  readonly #meeting: Pick<Meeting, 'stats' | 'lineHistory'>;
  readonly #current = signal<Watched | undefined>(undefined);
  readonly #timer: ReturnType<typeof setInterval>;
  #before: StatisticsSample | undefined;
  #looking = false;
  #closed = false;

  constructor(meeting: Pick<Meeting, 'stats' | 'lineHistory'>) {
    this.#meeting = meeting;
    this.#timer = setInterval(() => void this.#look(), everyMs);
    void this.#look();
  }

  get current(): ReadonlySignal<Watched | undefined> {
    return this.#current;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const stats = await this.#meeting.stats();
      if (this.#closed) return;
      const now = { at: performance.now(), stats };
      this.#current.value = {
        statistics: statisticsBetween(this.#before, now),
        line: this.#meeting.lineHistory,
      };
      this.#before = now;
    } catch {
      // The meeting has ended.
    } finally {
      this.#looking = false;
    }
  }
}
