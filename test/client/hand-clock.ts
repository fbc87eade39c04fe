import type { Clock } from '../../src/base/clock.ts';

/** A clock that stands still until a test turns it. */
export class HandClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Set<{ at: number; task: () => void; everyMs?: number }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    return this.#add({ at: this.#now + delayMs, task });
  }

  every(intervalMs: number, task: () => void): () => void {
    return this.#add({ at: this.#now + intervalMs, task, everyMs: intervalMs });
  }

  /** Runs what is due, in order of time. */
  turn(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.everyMs === undefined) this.#timers.delete(next);
      else next.at += next.everyMs;
      next.task();
    }
    this.#now = end;
  }

  #add(timer: { at: number; task: () => void; everyMs?: number }): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
