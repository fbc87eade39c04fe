import type { Clock } from '../../base/clock.ts';

const everyFrames = 16;
const everyMs = 2000;

/** Tells the server now and then what has been handled, so that it can forget it. Rarely enough to cost nothing. */
export class Acknowledger {
  readonly #clock: Clock;
  readonly #send: (sequence: number) => void;
  #handled = 0;
  #told = 0;
  #stopTimer: (() => void) | undefined;

  constructor(clock: Clock, send: (sequence: number) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** The last frame that was handled. */
  get sequence(): number {
    return this.#handled;
  }

  handled(sequence: number): void {
    this.#handled = sequence;
    if (sequence - this.#told >= everyFrames) this.#tell();
    else this.#stopTimer ??= this.#clock.after(everyMs, () => this.#tell());
  }

  /** A resumption has told the server by itself. */
  resumed(): void {
    this.#told = this.#handled;
  }

  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #tell(): void {
    this.close();
    this.#told = this.#handled;
    this.#send(this.#handled);
  }
}
