import type { Clock } from '../../base/clock.ts';
import type { TransportState } from '../engine/engine.ts';

/** A short gap heals by itself more often than not. */
const patienceMs = 2000;
/** How long a connection attempt may take before the next. */
const attemptMs = 12_000;
const attempts = 3;

/**
 * Keeps one transport connected: an ICE restart when it is interrupted, again when that did not help, and in the end
 * the word that only a new transport can help (a DTLS failure or a server that has forgotten it look like this).
 */
export class IceRecovery {
  readonly #clock: Clock;
  readonly #restart: () => Promise<void>;
  readonly #lost: () => void;
  #stopTimer: (() => void) | undefined;
  #restarting = false;
  /** What a restart under way has begun with is out of date. */
  #again = false;
  #tried = 0;
  #state: TransportState = 'new';
  #closed = false;

  /**
   * @param restart rejects when the server has no such transport any more
   * @param lost called at most once
   */
  constructor(clock: Clock, restart: () => Promise<void>, lost: () => void) {
    this.#clock = clock;
    this.#restart = restart;
    this.#lost = lost;
  }

  stateChanged(state: TransportState): void {
    this.#state = state;
    switch (state) {
      case 'connected':
        this.#tried = 0;
        this.#wait(undefined);
        return;
      case 'connecting':
        this.#wait(attemptMs);
        return;
      case 'disconnected':
        this.#wait(patienceMs);
        return;
      case 'failed':
        this.#wait(this.#tried === 0 ? 0 : patienceMs);
        return;
      case 'new':
      case 'closed':
        this.#wait(undefined);
    }
  }

  /** The network may have changed: do not wait if it is interrupted. */
  hurry(): void {
    if (this.#state === 'disconnected' || this.#state === 'failed') this.#wait(0);
  }

  /** The addresses have changed: what is connected gets new ways too. Not one of the attempts to heal. */
  refresh(): void {
    if (this.#closed) return;
    if (this.#restarting) this.#again = true;
    else void this.#restartNow();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  #wait(delayMs: number | undefined): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#closed || this.#restarting || delayMs === undefined) return;
    this.#stopTimer = this.#clock.after(delayMs, () => void this.#try());
  }

  async #try(): Promise<void> {
    if (this.#tried >= attempts) return this.#giveUp();
    this.#tried += 1;
    await this.#restartNow();
  }

  async #restartNow(): Promise<void> {
    this.#wait(undefined);
    this.#restarting = true;
    try {
      do {
        this.#again = false;
        // While signalling is interrupted too, this waits for it: only answered attempts count.
        await this.#restart();
      } while (this.#again && !this.#closed);
    } catch {
      return this.#giveUp();
    } finally {
      this.#restarting = false;
    }
    // Nothing has been begun on a new one that could take too long.
    if (this.#state !== 'connected' && this.#state !== 'new') this.#wait(attemptMs);
  }

  #giveUp(): void {
    if (this.#closed) return;
    this.close();
    this.#lost();
  }
}
