import type { Clock } from '../../../base/clock.ts';

/**
 * The router's clock, which PCP and NAT-PMP put into every answer: when it has fallen behind ours, the router was
 * restarted and has lost all mappings (RFC 6887 section 8.5, RFC 6886 section 3.6).
 */
export class Epoch {
  readonly #clock: Clock;
  #last: { seconds: number; at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param seconds as the router tells @returns whether the router has lost its state since the last time */
  hasRestarted(seconds: number): boolean {
    const last = this.#last;
    const at = this.#clock.now() / 1000;
    this.#last = { seconds, at };
    if (!last) return false;
    // One second of tolerance for answers that overtook each other.
    if (seconds + 1 < last.seconds) return true;
    const theirs = Math.max(0, seconds - last.seconds);
    const ours = Math.max(0, at - last.at);
    return ours + 2 < theirs - theirs / 16 || theirs + 2 < ours - ours / 16;
  }
}
