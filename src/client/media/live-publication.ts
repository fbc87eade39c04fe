import { Queue } from '../../base/queue.ts';
import type { MediaSource } from '../../protocol/media.ts';
import type { ParticipantId, ProducerId } from '../../protocol/messages.ts';
import type { DirectConnection } from '../engine/direct-engine.ts';
import type { Sender, SenderStats, SendLimit } from '../engine/engine.ts';
import { narrower, noLimit, nothing } from '../engine/send-limit.ts';
import type { Publication } from '../meeting.ts';
import { MeetingError, toMeetingError } from '../meeting-error.ts';
import type { CurrentLink } from './current-link.ts';
import type { MediaLink } from './media-link.ts';

/** What the server and the engine have been told, on one link. */
interface Actual {
  link: MediaLink;
  sender: Sender;
  track: MediaStreamTrack | null;
  paused: boolean;
}
/** Sends sources on the direct path. */
export type DirectSending = Pick<DirectConnection, 'send' | 'senderStats'>;
type Change = (publication: LivePublication, mutedBy?: ParticipantId) => void;

/**
 * Keeps what is wanted (a track, muted or not, closed) apart from what has been done about it: changes apply here at
 * once and are carried out in order, again and again on every new link.
 */
export class LivePublication implements Publication {
  readonly source: MediaSource;
  readonly #links: CurrentLink;
  readonly #changed: Change;
  readonly #work = new Queue();
  readonly #trackEnded = () => this.#onTrackEnded();
  #track: MediaStreamTrack | null;
  #paused: boolean;
  #closed = false;
  /** Not sent for a reason that is not this publication's: nobody has muted it. */
  #held = false;
  /** Ours, of what the line carries. */
  #share = noLimit;
  /** What is received of it. The server tells it anew for every producer: until then all of it counts as wanted. */
  #wanted: { producerId: ProducerId; limit: SendLimit } | undefined;
  #actual: Actual | undefined;
  /** Sent there too, or there alone while the way to the server rests. */
  #direct: DirectSending | undefined;
  #atRest = false;

  constructor(
    source: MediaSource,
    track: MediaStreamTrack,
    paused: boolean,
    links: CurrentLink,
    changed: Change,
  ) {
    this.source = source;
    this.#links = links;
    this.#changed = changed;
    this.#track = track;
    this.#paused = paused;
    track.enabled = !paused;
    track.addEventListener('ended', this.#trackEnded);
  }

  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The sender on the current link, if it is there. */
  get sender(): Sender | undefined {
    return this.#actual?.link.closed ? undefined : this.#actual?.sender;
  }

  async mute(): Promise<void> {
    this.#assertOpen();
    if (!this.#paused) this.#pauseHere();
    await this.sync();
  }

  async unmute(): Promise<void> {
    this.#assertOpen();
    if (!isLive(this.#track)) throw new MeetingError('track-ended', this.source);
    if (this.#paused) {
      this.#paused = false;
      this.#track.enabled = true;
      this.#feed();
      this.#changed(this);
    }
    await this.sync();
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.#assertOpen();
    if (track ? !isLive(track) : !this.#paused) throw new MeetingError('track-ended', this.source);
    if (track !== this.#track) {
      this.#track?.removeEventListener('ended', this.#trackEnded);
      this.#track = track;
      track?.addEventListener('ended', this.#trackEnded);
      if (track) track.enabled = !this.#paused;
      this.#feed();
      this.#changed(this);
    }
    await this.sync();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#track?.removeEventListener('ended', this.#trackEnded);
    this.sender?.pause();
    this.#feed();
    this.#changed(this);
    // Nothing that fails here would leave anything behind that the caller could clean up.
    await this.sync().catch(() => undefined);
  }

  /** The server has paused it already. */
  mutedByModerator(by: ParticipantId): void {
    if (this.#actual) this.#actual.paused = true;
    if (!this.#paused && !this.#closed) this.#pauseHere(by);
  }

  /** Whatever mute and unmute say, nothing is sent while it is held. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    if (held) this.sender?.pause();
    this.#feed();
    // Whatever fails here is tried again with the next change or link.
    this.sync().catch(() => undefined);
  }

  /** @param direct undefined: no more; what is on the direct path ends with it */
  setDirect(direct: DirectSending | undefined): void {
    this.#direct = direct;
    this.#feed();
  }

  /** Sends nothing to the server, without being paused for anybody. */
  setAtRest(atRest: boolean): void {
    if (this.#atRest === atRest) return;
    this.#atRest = atRest;
    this.#limit();
  }

  /** Of the path that carries it. */
  async stats(): Promise<SenderStats | undefined> {
    if (this.#direct && this.#atRest) return await this.#direct.senderStats(this.source);
    return await this.sender?.stats();
  }

  setShare(share: SendLimit): void {
    this.#share = share;
    this.#limit();
  }

  wanted(producerId: ProducerId, limit: SendLimit): void {
    this.#wanted = { producerId, limit };
    this.#limit();
  }

  /** Carries out what is wanted; waits while there is no link. @throws MeetingError */
  sync(): Promise<void> {
    return this.#work.add(async () => {
      for (;;) {
        const link = await this.#links.get();
        try {
          await this.#syncOn(link);
          return;
        } catch (error) {
          // A link that broke meanwhile fails everything on it: the next one decides.
          if (!link.closed) throw toMeetingError(error, 'media-failed');
        }
      }
    });
  }

  async #syncOn(link: MediaLink): Promise<void> {
    if (this.#actual?.link !== link) this.#actual = undefined;
    const { session } = link;
    // After every step look again: what is wanted may have changed while it was carried out.
    for (;;) {
      const actual = this.#actual;
      if (this.#closed) {
        if (!actual) return;
        this.#actual = undefined;
        actual.sender.close();
        await session.request('closeProducer', { producerId: actual.sender.id });
      } else if (!actual) {
        // Without a live track there is nothing to produce with: it comes back with the next track.
        if (!isLive(this.#track)) return;
        this.#actual = await this.#produce(link, this.#track);
        this.#limit();
      } else if (actual.track !== this.#track) {
        const track = this.#track;
        await actual.sender.replaceTrack(track);
        actual.track = track;
      } else if (actual.paused !== this.#resting) {
        const paused = this.#resting;
        if (paused) actual.sender.pause();
        else actual.sender.resume();
        await session.request(paused ? 'pauseProducer' : 'resumeProducer', { producerId: actual.sender.id });
        actual.paused = paused;
      } else {
        return;
      }
    }
  }

  async #produce(link: MediaLink, track: MediaStreamTrack): Promise<Actual> {
    if (!link.send) throw new MeetingError('not-allowed', 'publish');
    const paused = this.#resting;
    const sender = await link.send.produce(track, { source: this.source, settings: link.settings, paused });
    return { link, sender, track, paused };
  }

  get #resting(): boolean {
    return this.#paused || this.#held;
  }

  #limit(): void {
    this.#feed();
    this.sender?.limit(this.#atRest ? nothing : this.#allowed);
  }

  get #allowed(): SendLimit {
    const { sender } = this;
    const wanted = sender && this.#wanted?.producerId === sender.id ? this.#wanted.limit : noLimit;
    return narrower(wanted, this.#share);
  }

  /** On a short line both ways at once, for a moment, must not be more than one. */
  get #allowedDirectly(): SendLimit {
    const isVideo = this.source === 'camera' || this.source === 'screen';
    if (this.#atRest || !isVideo) return this.#allowed;
    return narrower(this.#allowed, { ...noLimit, maxBitrate: this.#share.maxBitrate / 2 });
  }

  #feed(): void {
    const rests = this.#resting || this.#closed;
    this.#direct?.send(this.source, rests ? null : this.#track, this.#allowedDirectly);
  }

  #pauseHere(by?: ParticipantId): void {
    this.#paused = true;
    // At once, whatever the queue is waiting for: muted means muted.
    if (this.#track) this.#track.enabled = false;
    this.sender?.pause();
    this.#feed();
    this.#changed(this, by);
  }

  #onTrackEnded(): void {
    // The browser's own "stop sharing": there is no other device to go on with.
    if (this.source === 'screen' || this.source === 'screen-audio') void this.close();
    else this.#changed(this);
  }

  #assertOpen(): void {
    if (this.#closed) throw new MeetingError('closed', this.source);
  }
}

function isLive(track: MediaStreamTrack | null): track is MediaStreamTrack {
  return track?.readyState === 'live';
}
