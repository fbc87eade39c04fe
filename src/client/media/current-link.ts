import type { MeetingError } from '../meeting-error.ts';
import type { MediaLink } from './media-link.ts';

/** The link in use. There may be none for a while: after a media reset, while joining anew. */
export class CurrentLink {
  readonly #replaced: () => void;
  #link: MediaLink | undefined;
  #coming = waitable();
  #end: MeetingError | undefined;

  /** @param replaced a link is there: what was on the one before has to be made again */
  constructor(replaced: () => void) {
    this.#replaced = replaced;
  }

  get now(): MediaLink | undefined {
    return this.#link;
  }

  /** The meeting is over. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Waits for a link. Rejects when there will be none any more. */
  get(): Promise<MediaLink> {
    return this.#coming.promise;
  }

  set(link: MediaLink): void {
    if (this.#end) {
      link.close();
      return;
    }
    this.drop();
    this.#link = link;
    this.#coming.resolve(link);
    this.#replaced();
  }

  /** Closes the link in use; another may come. */
  drop(): void {
    if (!this.#link) return;
    this.#link.close();
    this.#link = undefined;
    this.#coming = waitable();
  }

  /** None will come any more. */
  end(error: MeetingError): void {
    this.drop();
    this.#end = error;
    this.#coming.reject(error);
  }
}

function waitable(): PromiseWithResolvers<MediaLink> {
  const waiting = Promise.withResolvers<MediaLink>();
  // Often nobody waits.
  waiting.promise.catch(() => undefined);
  return waiting;
}
