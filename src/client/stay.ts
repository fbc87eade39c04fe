import { backoffDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { RtpCapabilities } from '../protocol/media.ts';
import type { AnyNotification, JoinAnswer, TransportInfo } from '../protocol/messages.ts';
import type { MediaEngine } from './engine/engine.ts';
import type { CurrentLink } from './media/current-link.ts';
import { MediaLink } from './media/media-link.ts';
import type { MediaState } from './meeting.ts';
import { MeetingError, type MeetingErrorCode, toMeetingError } from './meeting-error.ts';
import { Session, type SessionEvents, type SessionParts } from './signalling/session.ts';

/** Rebuilding transports again and again would not help a network that blocks them. */
const rebuild = { firstMs: 500, highestMs: 15_000, jitter: 0.3 };

export interface StayParts {
  session: SessionParts;
  links: CurrentLink;
  clock: Clock;
  token: string;
  displayName: string;
  engine: () => MediaEngine | Promise<MediaEngine>;
}
export interface StayHandlers {
  /** At its place in the order of frames: notifications that follow build on it. */
  joined(answer: JoinAnswer): void;
  notification(notification: AnyNotification): void;
  connected(): void;
  interrupted(code: MeetingErrorCode): void;
  media(state: MediaState, error?: MeetingError): void;
  ended(end: SessionEvents['ended']): void;
}
interface Infos {
  send: Promise<TransportInfo | undefined>;
  receive: Promise<TransportInfo>;
}

/** From one join to its end: a session, an engine, and transports that are replaced when they break. */
export class Stay {
  readonly session: Session;
  /** Joined, and the engine can play what the room sends. */
  readonly ready: Promise<void>;
  readonly #parts: StayParts;
  readonly #handlers: StayHandlers;
  #engine: MediaEngine | undefined;
  #answer: JoinAnswer | undefined;
  #capabilities: RtpCapabilities | undefined;
  #maySend = true;
  /** Counts transports' generations: whatever was begun for an earlier one is void. */
  #generation = 0;
  #failures = 0;
  #hasConnected = false;
  #goodbye: Promise<void> | undefined;
  #closed = false;

  constructor(parts: StayParts, handlers: StayHandlers) {
    this.#parts = parts;
    this.#handlers = handlers;
    this.session = new Session(parts.session);
    this.session.on('connected', ({ resumed, moved }) => {
      if (!resumed) return;
      handlers.connected();
      // Browsers take five seconds to notice that the old way is gone.
      if (moved) parts.links.now?.refresh();
      else parts.links.now?.hurry();
    });
    this.session.on('interrupted', ({ code }) => handlers.interrupted(code));
    this.session.on('notification', (notification) => this.#notified(notification));
    this.session.on('ended', (end) => {
      if (this.#closed) return;
      this.#shut();
      handlers.ended(end);
    });
    this.ready = this.#enter();
    // Whoever waits learns it; `ended` tells everybody.
    this.ready.catch(() => undefined);
  }

  /** Says goodbye; resolves when the server has heard it. Never fails. */
  leave(): Promise<void> {
    this.#goodbye ??= this.session.request('leave', {}).then(
      () => undefined,
      () => undefined,
    );
    return this.#goodbye;
  }

  /** Ends it from this side without waiting. Idempotent. */
  close(code: MeetingErrorCode): void {
    // Else the others would see somebody for the whole grace time who will not come back.
    void this.leave();
    this.#shut();
    this.session.close(code);
  }

  /** Everything that can be asked without knowing an answer is asked at once: one round trip to the first packet less for each. */
  async #enter(): Promise<void> {
    const { token, displayName } = this.#parts;
    const joined = this.session.request('join', { token, displayName }, (answer) => {
      this.#answer = answer;
      this.#maySend = answer.rights.includes('publish');
      this.#handlers.joined(answer);
      this.#handlers.connected();
    });
    const infos = this.#askForTransports();
    const loading = Promise.resolve().then(() => this.#parts.engine());
    loading.catch(() => undefined);
    try {
      const answer = await joined;
      const engine = await loading;
      this.#engine = engine;
      if (this.#closed) {
        engine.close();
        throw new MeetingError('closed');
      }
      this.#capabilities = await engine.load(answer.routerCapabilities);
    } catch (error) {
      this.#fail(error);
      throw toMeetingError(error, 'media-unsupported');
    }
    void this.#connectMedia(infos);
  }

  #askForTransports(): Infos {
    const ask = (direction: 'send' | 'receive') => this.session.request('createTransport', { direction });
    const send = this.#maySend ? ask('send').catch(noneIfNotAllowed) : Promise.resolve(undefined);
    const receive = ask('receive');
    for (const promise of [send, receive]) promise.catch(() => undefined);
    return { send, receive };
  }

  async #connectMedia(infos: Infos): Promise<void> {
    const generation = ++this.#generation;
    const { links, clock } = this.#parts;
    try {
      const { session } = this;
      const [send, receive] = await Promise.all([infos.send, infos.receive]);
      if (
        this.#closed ||
        generation !== this.#generation ||
        !this.#engine ||
        !this.#answer ||
        !this.#capabilities
      )
        return;
      // Every time: after a media reset the server has forgotten them. The first subscription is behind it in the queue.
      const told = session.request('setCapabilities', { capabilities: this.#capabilities });
      told.catch((error: unknown) => this.#rebuildLater(generation, toMeetingError(error, 'media-failed')));
      const parts = { session, engine: this.#engine, settings: this.#answer.senderSettings, clock };
      const link = new MediaLink(
        parts,
        { send, receive },
        {
          stateChanged: (state) => this.#mediaChanged(state),
          lost: () => this.#rebuildLater(generation, this.#hasConnected ? 'media-failed' : 'media-blocked'),
        },
      );
      links.set(link);
    } catch (error) {
      this.#rebuildLater(generation, toMeetingError(error, 'media-failed'));
    }
  }

  #notified(notification: AnyNotification): void {
    if (notification.name === 'addressesChanged') {
      this.#parts.links.now?.refresh();
      return;
    }
    if (notification.name !== 'mediaReset') {
      this.#handlers.notification(notification);
      return;
    }
    this.#parts.links.drop();
    this.#handlers.media('interrupted');
    void this.#connectMedia(this.#askForTransports());
  }

  #mediaChanged(state: MediaState): void {
    if (state === 'connected') {
      this.#failures = 0;
      this.#hasConnected = true;
    }
    this.#handlers.media(state);
  }

  #rebuildLater(generation: number, why: MeetingError | 'media-failed' | 'media-blocked'): void {
    if (this.#closed || generation !== this.#generation) return;
    this.#generation += 1;
    const waiting = this.#generation;
    this.#parts.links.drop();
    this.#handlers.media('failed', typeof why === 'string' ? new MeetingError(why) : why);
    this.#parts.clock.after(backoffDelay(rebuild, this.#failures++, Math.random()), () => {
      if (!this.#closed && waiting === this.#generation) void this.#connectMedia(this.#askForTransports());
    });
  }

  /** Joining failed: nothing to resume. */
  #fail(reason: unknown): void {
    if (this.#closed) return;
    const error = toMeetingError(reason, 'media-unsupported');
    this.close(error.code);
    const then = mayPass.has(error.code) ? 'rejoin' : 'stop';
    this.#handlers.ended({ error, then });
  }

  #shut(): void {
    this.#closed = true;
    this.#parts.links.drop();
    this.#engine?.close();
  }
}

/** Refusals of join that another attempt may not meet. */
const mayPass: ReadonlySet<MeetingErrorCode> = new Set([
  'media-unavailable',
  'shutting-down',
  'internal',
  'too-many',
]);

function noneIfNotAllowed(error: unknown): undefined {
  if (error instanceof MeetingError && error.code === 'not-allowed') return undefined;
  throw error;
}
