import type { LineSample } from './reception-report.ts';

/** Looks in which something came, before its absence means anything. */
const steadyLooks = 2;

/**
 * Notices that nothing comes any more: neither media nor feedback, on no transport on which something came all the time.
 * A whole second of that is no bad line and nobody's silence; most likely this machine is on another network, which
 * browsers tell only when they were without one in between.
 */
export class Silence {
  readonly #steady = { send: 0, receive: 0 };

  /** @returns true once, when it begins */
  begins(before: LineSample, now: LineSample): boolean {
    const directions = ['send', 'receive'] as const;
    const came = (direction: 'send' | 'receive') => {
      const [a, b] = [before[direction], now[direction]];
      // Not connected: nothing is known about it.
      return a && b ? b.bytesReceived > a.bytesReceived : undefined;
    };
    const steady = directions.filter((direction) => this.#steady[direction] >= steadyLooks);
    const begins = steady.length > 0 && steady.every((direction) => came(direction) === false);
    for (const direction of directions)
      this.#steady[direction] = came(direction) ? this.#steady[direction] + 1 : 0;
    return begins;
  }
}
