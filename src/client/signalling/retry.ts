import { type BackoffSettings, backoffDelay } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';

export interface RetrySettings extends BackoffSettings {
  /** After so long without a connection it is over: nobody wants to be back in a call when the laptop is opened the next morning. */
  giveUpAfterMs: number;
  /** A connection that held this long was a good one: the next loss starts with the shortest delay again. */
  stableAfterMs: number;
}

export const defaultRetry: RetrySettings = {
  firstMs: 300,
  highestMs: 10_000,
  jitter: 0.5,
  giveUpAfterMs: 300_000,
  stableAfterMs: 10_000,
};

/** When to try again, and when no longer. One per meeting, so that a session that fails again and again is not hurried. */
export class Retry {
  readonly #clock: Clock;
  readonly #settings: RetrySettings;
  readonly #random: () => number;
  #attempt = 0;
  #connectedAt: number | undefined;
  #lostAt: number | undefined;

  constructor(clock: Clock, settings: RetrySettings = defaultRetry, random: () => number = Math.random) {
    this.#clock = clock;
    this.#settings = settings;
    this.#random = random;
  }

  connected(): void {
    this.#connectedAt = this.#clock.now();
    this.#lostAt = undefined;
  }

  /** What failed before says nothing about this one. It may take a moment until it carries anything. */
  networkChanged(): void {
    this.#attempt = 0;
  }

  /** The connection was lost, or an attempt failed. @returns ms to wait before the next; undefined: give up */
  failed(): number | undefined {
    const now = this.#clock.now();
    if (this.#connectedAt !== undefined && now - this.#connectedAt >= this.#settings.stableAfterMs)
      this.#attempt = 0;
    this.#connectedAt = undefined;
    this.#lostAt ??= now;
    if (now - this.#lostAt >= this.#settings.giveUpAfterMs) return undefined;
    return backoffDelay(this.#settings, this.#attempt++, this.#random());
  }
}
