import type { Meeting, ProducerId } from '../../client/index.ts';

/** Soon enough to feel immediate, late enough that one change of the layout is one request. */
const gatherMs = 60;
/** Turning a page back and forth must not ask for everything anew. */
const lingerMs = 2_000;

/** Asks for the video that is on the stage, and gives back what is not. */
export class VideoSubscriptions {
  readonly #meeting: Pick<Meeting, 'subscribe' | 'unsubscribe'>;
  readonly #asked = new Set<ProducerId>();
  readonly #onProblem: (error: unknown) => void;
  #wanted: ReadonlySet<ProducerId> = new Set();
  #gather: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(meeting: Pick<Meeting, 'subscribe' | 'unsubscribe'>, onProblem: (error: unknown) => void) {
    this.#meeting = meeting;
    this.#onProblem = onProblem;
  }

  show(wanted: ReadonlySet<ProducerId>): void {
    this.#wanted = wanted;
    this.#gather ??= setTimeout(() => this.#ask(), gatherMs);
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.#giveBack(), lingerMs);
  }

  /** It no longer exists. */
  forget(producerId: ProducerId): void {
    this.#asked.delete(producerId);
  }

  close(): void {
    clearTimeout(this.#gather);
    clearTimeout(this.#linger);
  }

  #ask(): void {
    this.#gather = undefined;
    const fresh = [...this.#wanted].filter((id) => !this.#asked.has(id));
    if (fresh.length === 0) return;
    for (const id of fresh) this.#asked.add(id);
    this.#meeting.subscribe(fresh).catch((error: unknown) => {
      // The next change of the stage tries again.
      for (const id of fresh) this.#asked.delete(id);
      this.#onProblem(error);
    });
  }

  #giveBack(): void {
    const unseen = [...this.#asked].filter((id) => !this.#wanted.has(id));
    if (unseen.length === 0) return;
    for (const id of unseen) this.#asked.delete(id);
    this.#meeting.unsubscribe(unseen).catch(this.#onProblem);
  }
}
