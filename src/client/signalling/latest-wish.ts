import type { Ask } from '../../protocol/messages.ts';
import type { Session } from './session.ts';

/**
 * Keeps the server told of the latest of something that replaces what was said before. At most one request is
 * unanswered; what changes back and forth meanwhile is not told at all. In a new session it is told again.
 */
export class LatestWish<N extends 'setViews' | 'setDataCeiling' | 'setDirectMedia'> {
  readonly #name: N;
  #wanted: Ask<N> | undefined;
  /** What this session has been told, as text: to compare. */
  #told = '';
  #session: Session | undefined;
  #asking = false;

  constructor(name: N) {
    this.#name = name;
  }

  get wanted(): Ask<N> | undefined {
    return this.#wanted;
  }

  set(wanted: Ask<N>): void {
    this.#wanted = wanted;
    void this.#tell();
  }

  /** Joined, perhaps anew. */
  joined(session: Session): void {
    this.#session = session;
    this.#told = '';
    this.#asking = false;
    void this.#tell();
  }

  async #tell(): Promise<void> {
    const session = this.#session;
    if (!session || this.#asking) return;
    this.#asking = true;
    try {
      while (this.#session === session && this.#wanted && JSON.stringify(this.#wanted) !== this.#told) {
        this.#told = JSON.stringify(this.#wanted);
        await session.request(this.#name, this.#wanted);
      }
    } catch {
      // Refused: only another wish could do better. Ended: the next session is told.
    } finally {
      if (this.#session === session) this.#asking = false;
    }
  }
}
