import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Meeting, Publication } from '../../client/index.ts';
import type { LocalMedia } from './local-media.ts';
import type { SourceKind } from './local-source.ts';

/** Keeps what the others get equal to what our camera and microphone deliver and what we have muted. */
export class Publishing {
  readonly #meeting: Pick<Meeting, 'publish'>;
  readonly #media: LocalMedia;
  readonly #publications = new Map<SourceKind, Publication>();
  readonly #running = new Set<SourceKind>();
  readonly #again = new Set<SourceKind>();
  readonly #muted = signal(false);
  readonly #onProblem: (error: unknown) => void;
  readonly #stopWatching: () => void;
  #closed = false;

  constructor(meeting: Pick<Meeting, 'publish'>, media: LocalMedia, onProblem: (error: unknown) => void) {
    this.#meeting = meeting;
    this.#media = media;
    this.#onProblem = onProblem;
    const camera = effect(() => this.#changed('camera', media.camera.state.value.name));
    const microphone = effect(() =>
      this.#changed('microphone', media.microphone.state.value.name, this.#muted.value),
    );
    this.#stopWatching = () => {
      camera();
      microphone();
    };
  }

  /** The microphone delivers, but nobody gets it: quicker back than turning it off. */
  get muted(): ReadonlySignal<boolean> {
    return this.#muted;
  }

  setMuted(muted: boolean): void {
    this.#muted.value = muted;
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
  }

  /** The further arguments only subscribe the effect to what it depends on. */
  #changed(kind: SourceKind, ..._dependencies: unknown[]): void {
    this.#again.add(kind);
    if (this.#running.has(kind)) return;
    this.#running.add(kind);
    void this.#settle(kind);
  }

  /** One at a time per source, until what is sent equals what is wanted. */
  async #settle(kind: SourceKind): Promise<void> {
    try {
      while (this.#again.delete(kind) && !this.#closed) await this.#step(kind);
    } catch (error) {
      this.#again.delete(kind);
      if (!this.#closed) this.#onProblem(error);
    } finally {
      this.#running.delete(kind);
    }
  }

  async #step(kind: SourceKind): Promise<void> {
    const track = this.#media.source(kind).track;
    const paused = kind === 'microphone' && this.#muted.peek();
    const publication = this.#publications.get(kind);
    if (!publication || publication.closed) {
      if (track) this.#publications.set(kind, await this.#meeting.publish(kind, track, { paused }));
      return;
    }
    if (!track) {
      await publication.mute();
      // A new track may be there already: the next round deals with it.
      if (!this.#media.source(kind).track) await publication.replaceTrack(null);
      return;
    }
    if (publication.track !== track) await publication.replaceTrack(track);
    if (paused !== publication.paused) await (paused ? publication.mute() : publication.unmute());
  }
}
