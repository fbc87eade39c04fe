import type { Emitter } from '../../base/emitter.ts';
import type { MediaSource } from '../../protocol/media.ts';
import type { DataCeiling, ParticipantId, ProducerId } from '../../protocol/messages.ts';
import type { SendLimit } from '../engine/engine.ts';
import { noLimit } from '../engine/send-limit.ts';
import type { MeetingEvents, MeetingStats } from '../meeting.ts';
import { MeetingError, toMeetingError } from '../meeting-error.ts';
import type { CurrentLink } from './current-link.ts';
import { type DirectSending, LivePublication } from './live-publication.ts';
import { shareUplink } from './uplink-share.ts';

/** Everything we publish, at most one of each source. */
export class Publications {
  readonly bySource = new Map<MediaSource, LivePublication>();
  readonly #links: CurrentLink;
  readonly #events: Emitter<MeetingEvents>;
  /** bit/s: what the line carries, and what may be spent. */
  #uplink = Number.POSITIVE_INFINITY;
  #ceiling = Number.POSITIVE_INFINITY;
  #audioOnly = false;
  #direct: DirectSending | undefined;
  #atRest = false;

  constructor(links: CurrentLink, events: Emitter<MeetingEvents>) {
    this.#links = links;
    this.#events = events;
  }

  /** @throws MeetingError */
  async publish(source: MediaSource, track: MediaStreamTrack, paused: boolean): Promise<LivePublication> {
    if (this.bySource.has(source)) throw new MeetingError('already-published', source);
    if (track.readyState === 'ended') throw new MeetingError('track-ended', source);
    const publication: LivePublication = new LivePublication(
      source,
      track,
      paused,
      this.#links,
      (changed, mutedBy) => {
        if (changed.closed) this.#forget(changed);
        this.#share();
        this.#events.emit('publication-changed', { publication: changed, ...(mutedBy ? { mutedBy } : {}) });
      },
    );
    this.bySource.set(source, publication);
    publication.hold(this.#audioOnly && isVideo(source));
    publication.setDirect(this.#direct);
    publication.setAtRest(this.#atRest);
    this.#share();
    try {
      await publication.sync();
    } catch (error) {
      this.#forget(publication);
      throw error;
    }
    if (publication.closed) throw new MeetingError('track-ended', source);
    return publication;
  }

  /** A new link is there. */
  restore(): void {
    for (const publication of this.bySource.values()) {
      publication.sync().catch((error: unknown) => {
        // The meeting's end is told by itself.
        const problem = toMeetingError(error, 'media-failed');
        if (!this.#links.ended) this.#events.emit('problem', { error: problem });
      });
    }
  }

  mutedByModerator(producerId: ProducerId, by: ParticipantId): void {
    const source = this.#links.now?.sourceOf(producerId);
    if (source) this.bySource.get(source)?.mutedByModerator(by);
  }

  /** What anybody receives of one of ours. */
  wanted(producerId: ProducerId, limit: SendLimit): void {
    const source = this.#links.now?.sourceOf(producerId);
    if (source) this.bySource.get(source)?.wanted(producerId, limit);
  }

  /** @param budget bit/s; Infinity: as much as everything wants */
  setUplink(budget: number): void {
    this.#uplink = budget;
    this.#share();
  }

  setCeiling({ bitrate, audioOnly }: DataCeiling): void {
    this.#ceiling = bitrate || Number.POSITIVE_INFINITY;
    this.#audioOnly = audioOnly;
    for (const [source, publication] of this.bySource) publication.hold(audioOnly && isVideo(source));
    this.#share();
  }

  /** A direct path to the other participant; undefined: none any more. */
  setDirect(direct: DirectSending | undefined): void {
    this.#direct = direct;
    for (const publication of this.bySource.values()) publication.setDirect(direct);
  }

  /** Nothing goes to the server, without anything being given up or muted. */
  setAtRest(atRest: boolean): void {
    this.#atRest = atRest;
    for (const publication of this.bySource.values()) publication.setAtRest(atRest);
  }

  async stats(): Promise<MeetingStats['publications']> {
    const all = [...this.bySource.values()].map(async (publication) => {
      const { source, paused } = publication;
      const stats = await publication.stats().catch(() => undefined);
      return stats ? [{ source, paused, ...stats }] : [];
    });
    return (await Promise.all(all)).flat();
  }

  /** Everything together fits. A camera that is off leaves its part to the others; a muted voice may speak at any time. */
  #share(): void {
    const sending = [...this.bySource.values()].filter(({ source, paused }) => !paused || !isVideo(source));
    const shares = shareUplink(
      Math.min(this.#uplink, this.#ceiling),
      new Set(sending.map(({ source }) => source)),
    );
    for (const [source, publication] of this.bySource) publication.setShare(shares.get(source) ?? noLimit);
  }

  #forget(publication: LivePublication): void {
    if (this.bySource.get(publication.source) === publication) this.bySource.delete(publication.source);
  }
}

function isVideo(source: MediaSource): boolean {
  return source === 'camera' || source === 'screen';
}
