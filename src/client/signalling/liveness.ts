import type { Clock } from '../../base/clock.ts';

/**
 * Notices that a connection is dead although no close event came: a page does not see WebSocket pings, and a browser
 * takes minutes to give up on a vanished network. The server is never silent for longer than its ping interval; after
 * three of them the connection counts as dead. After a machine's sleep the first look finds just that.
 */
export class Liveness {
  readonly #clock: Clock;
  readonly #stop: () => void;
  #heardAt: number;

  /**
   * @param intervalMs the server's pingIntervalMs
   * @param dead called at most once
   */
  constructor(clock: Clock, intervalMs: number, dead: () => void) {
    this.#clock = clock;
    this.#heardAt = clock.now();
    this.#stop = clock.every(intervalMs / 2, () => {
      if (clock.now() - this.#heardAt <= 3 * intervalMs) return;
      this.close();
      dead();
    });
  }

  /** Something came from the server. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  close(): void {
    this.#stop();
  }
}
