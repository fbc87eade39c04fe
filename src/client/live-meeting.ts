import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { MediaSource } from '../protocol/media.ts';
import type {
  AnyNotification,
  Ask,
  DataCeiling,
  JoinAnswer,
  ParticipantId,
  ProducerId,
  RoomInfo,
  View,
} from '../protocol/messages.ts';
import { Conditions } from './conditions.ts';
import type { PeerConnectionFactory } from './engine/direct-engine.ts';
import type { JoinOptions } from './join-options.ts';
import { AutomaticSubscriptions } from './media/automatic-subscriptions.ts';
import { CurrentLink } from './media/current-link.ts';
import { DirectMedia } from './media/direct-media.ts';
import { LineWatch } from './media/line-watch.ts';
import { Publications } from './media/publications.ts';
import { ShownViews } from './media/shown-views.ts';
import { Subscriptions } from './media/subscriptions.ts';
import type {
  ConnectionState,
  MediaRoute,
  MediaState,
  Meeting,
  MeetingEvents,
  MeetingStats,
  Publication,
  Self,
} from './meeting.ts';
import { MeetingError, type MeetingErrorCode, toMeetingError } from './meeting-error.ts';
import { Roster } from './roster.ts';
import { LatestWish } from './signalling/latest-wish.ts';
import { Retry } from './signalling/retry.ts';
import type { SessionEvents } from './signalling/session.ts';
import { Stay } from './stay.ts';

/** How long leaving waits for the server's word before it just goes. */
const leaveMs = 1000;

export interface MeetingParts
  extends Required<Omit<JoinOptions, 'onConnection' | 'iceTransportPolicy' | 'signal' | 'peerConnection'>> {
  peerConnection: PeerConnectionFactory | undefined;
  clock: Clock;
  onConnection: (state: ConnectionState | 'connecting') => void;
}

/** joining → joined (connected or reconnecting, through any number of stays) → ended. */
export class LiveMeeting implements Meeting {
  readonly #parts: MeetingParts;
  readonly #retry: Retry;
  readonly #events = new Emitter<MeetingEvents>();
  readonly #roster = new Roster(this.#events);
  readonly #links: CurrentLink;
  readonly #publications: Publications;
  readonly #subscriptions: Subscriptions;
  readonly #automatic: AutomaticSubscriptions;
  readonly #conditions = new Conditions(this.#events);
  readonly #views: ShownViews;
  readonly #ceiling = new LatestWish('setDataCeiling');
  readonly #lineWatch: LineWatch;
  readonly #direct: DirectMedia;
  #stay: Stay;
  #answer: JoinAnswer | undefined;
  #connection: ConnectionState | 'connecting' = 'connecting';
  #media: MediaState = 'idle';
  #route: MediaRoute = { path: 'sfu', reason: 'alone' };
  #stopWaiting: (() => void) | undefined;
  #leaving: Promise<void> | undefined;

  private constructor(parts: MeetingParts) {
    const { clock } = parts;
    this.#parts = parts;
    this.#retry = new Retry(clock, parts.retry);
    this.#links = new CurrentLink(() => {
      this.#publications.restore();
      this.#subscriptions.restore();
    });
    this.#publications = new Publications(this.#links, this.#events);
    this.#subscriptions = new Subscriptions({
      links: this.#links,
      roster: this.#roster,
      clock,
      problem: (error) => this.#events.emit('problem', { error }),
      choose: (producerId, track) => this.#direct.choose(producerId, track),
      directStats: (producerId) => this.#direct.receiverStats(producerId),
    });
    this.#direct = new DirectMedia({
      peerConnection: parts.peerConnection,
      iceServers: () => this.#links.now?.stunServers ?? [],
      settings: () => this.#joined().senderSettings,
      available: () => this.lineHistory.at(-1)?.availableOutgoingBitrate,
      roster: this.#roster,
      events: this.#events,
      publications: this.#publications,
      receiverOf: (producerId) => this.#subscriptions.receiverOf(producerId),
      selfId: () => this.#joined().participantId,
      clock,
    });
    this.#direct.setHideAddress(parts.hideAddress);
    this.#views = new ShownViews(clock);
    this.#lineWatch = new LineWatch({
      links: this.#links,
      direct: () => this.#direct.inUse,
      clock,
      uplinkChanged: (budget) => this.#publications.setUplink(budget),
      silenced: ({ session }) => session.doubt(),
    });
    this.#events.on('producer-removed', ({ producer }) => {
      this.#subscriptions.producerRemoved(producer.id);
      this.#automatic.removed(producer.id);
    });
    this.#automatic = new AutomaticSubscriptions({
      what: parts.autoSubscribe,
      roster: this.#roster,
      subscriptions: this.#subscriptions,
      problem: (error) => {
        if (!this.#links.ended)
          this.#events.emit('problem', { error: toMeetingError(error, 'media-failed') });
      },
    });
    this.#events.on('producer-added', ({ producer }) => this.#automatic.added(producer));
    parts.onConnection('connecting');
    this.#stay = this.#enter();
  }

  /** @throws MeetingError */
  static async join(parts: MeetingParts, signal?: AbortSignal): Promise<LiveMeeting> {
    if (signal?.aborted) throw new MeetingError('aborted');
    const meeting = new LiveMeeting(parts);
    const abort = () => meeting.#end('aborted');
    signal?.addEventListener('abort', abort);
    try {
      await meeting.#stay.ready;
    } catch (error) {
      meeting.#end('closed');
      throw signal?.aborted ? new MeetingError('aborted') : toMeetingError(error, 'network');
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    return meeting;
  }

  get self(): Self {
    const { participantId, role, rights } = this.#joined();
    return { id: participantId, displayName: this.#parts.displayName, role, rights: new Set(rights) };
  }

  get room(): RoomInfo {
    return this.#joined().room;
  }

  get connection(): ConnectionState {
    return this.#connection === 'connecting' ? 'reconnecting' : this.#connection;
  }

  get media(): MediaState {
    return this.#media;
  }

  get participants() {
    return this.#roster.participants;
  }

  get publications(): ReadonlyMap<MediaSource, Publication> {
    return this.#publications.bySource;
  }

  get heldBack() {
    return this.#conditions.heldBack;
  }

  get quality() {
    return this.#conditions.quality;
  }

  get dataCeiling(): DataCeiling {
    return this.#ceiling.wanted ?? { bitrate: 0, audioOnly: false };
  }

  get route(): MediaRoute {
    return this.#route;
  }

  get lineHistory() {
    return this.#lineWatch.history;
  }

  on<N extends keyof MeetingEvents>(event: N, listener: (event: MeetingEvents[N]) => void): () => void {
    return this.#events.on(event, listener);
  }

  async publish(
    source: MediaSource,
    track: MediaStreamTrack,
    options: { paused?: boolean } = {},
  ): Promise<Publication> {
    this.#assertOpen();
    if (!this.self.rights.has('publish')) throw new MeetingError('not-allowed', 'publish');
    return await this.#publications.publish(source, track, options.paused ?? false);
  }

  async subscribe(producerIds: Iterable<ProducerId>): Promise<void> {
    this.#assertOpen();
    await this.#subscriptions.subscribe(producerIds);
  }

  async unsubscribe(producerIds: Iterable<ProducerId>): Promise<void> {
    this.#assertOpen();
    await this.#subscriptions.unsubscribe(producerIds);
  }

  setViews(views: Iterable<View>): void {
    if (this.#connection !== 'closed') this.#views.show(views);
  }

  setDataCeiling(ceiling: DataCeiling): void {
    if (this.#connection === 'closed') return;
    this.#ceiling.set(ceiling);
    this.#publications.setCeiling(ceiling);
    this.#subscriptions.setAudioOnly(ceiling.audioOnly);
  }

  setHideAddress(hideAddress: boolean): void {
    if (this.#connection !== 'closed') this.#direct.setHideAddress(hideAddress);
  }

  async muteParticipant(participantId: ParticipantId, source: MediaSource): Promise<void> {
    await this.#ask('muteParticipant', { participantId, source });
  }

  async removeParticipant(participantId: ParticipantId): Promise<void> {
    await this.#ask('removeParticipant', { participantId });
  }

  async endMeeting(): Promise<void> {
    await this.#ask('endMeeting', {});
  }

  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async stats(): Promise<MeetingStats> {
    const link = this.#links.now;
    const direct = this.#direct.inUse;
    const [send, receive, publications, subscriptions] = await Promise.all([
      (direct ?? link?.send)?.stats().catch(() => undefined),
      (direct ?? link?.receive)?.stats().catch(() => undefined),
      this.#publications.stats(),
      this.#subscriptions.stats(),
    ]);
    return { ...(send ? { send } : {}), ...(receive ? { receive } : {}), publications, subscriptions };
  }

  #enter(): Stay {
    const { url, client, webSocket, clock, token, displayName, engine } = this.#parts;
    const session = { url, client, webSocket, clock, retry: this.#retry };
    return new Stay(
      { session, links: this.#links, clock, token, displayName, engine },
      {
        joined: (answer) => this.#take(answer),
        notification: (notification) => this.#notified(notification),
        connected: () => this.#setConnection('connected'),
        interrupted: (code) => this.#setConnection('reconnecting', code),
        media: (state, error) => this.#setMedia(state, error),
        ended: (end) => this.#stayEnded(end),
      },
    );
  }

  #take(answer: JoinAnswer): void {
    this.#answer = answer;
    this.#automatic.setVoices(answer.voices);
    this.#conditions.forget();
    this.#roster.replace(answer.participants);
    this.#views.joined(this.#stay.session);
    this.#ceiling.joined(this.#stay.session);
    this.#direct.joined(this.#stay.session);
  }

  #notified(notification: AnyNotification): void {
    if (this.#roster.apply(notification) || this.#conditions.apply(notification)) return;
    if (this.#direct.apply(notification)) return;
    if (notification.name === 'voicesChanged') {
      this.#automatic.setVoices(notification.body);
    } else if (notification.name === 'speakers') {
      // It hears nothing of what goes directly.
      if (this.#direct.inUse) return;
      const { speakers, dominantParticipantId: dominant } = notification.body;
      this.#events.emit('speakers', { speakers, ...(dominant ? { dominant } : {}) });
    } else if (notification.name === 'routeChanged') {
      const { route: path, reason } = notification.body;
      this.#route = { path, reason };
      this.#events.emit('route', this.#route);
    } else if (notification.name === 'mutedByModerator') {
      const { producerId, byParticipantId } = notification.body;
      this.#publications.mutedByModerator(producerId, byParticipantId);
    } else if (notification.name === 'encodingsWanted') {
      const { producerId, encodings, maxBitrate } = notification.body;
      this.#publications.wanted(producerId, {
        encodings,
        maxBitrate: maxBitrate || Number.POSITIVE_INFINITY,
      });
    }
  }

  #stayEnded({ error, then }: SessionEvents['ended']): void {
    const { code } = error;
    // The first join is the caller's: after the session's own few tries it fails.
    if (!this.#answer || this.#leaving !== undefined || then === 'stop')
      return this.#end(this.#leaving !== undefined ? 'left' : code, error);
    this.#setConnection('reconnecting', code);
    const delay = this.#retry.failed();
    if (delay === undefined) return this.#end('network');
    this.#stopWaiting = this.#parts.clock.after(delay, () => {
      this.#stay = this.#enter();
    });
  }

  async #leave(): Promise<void> {
    // While reconnecting too: without the goodbye the others would see somebody for the whole grace time who is gone.
    const limit = new Promise<void>((resolve) => this.#parts.clock.after(leaveMs, resolve));
    await Promise.race([this.#stay.leave(), limit]);
    this.#end('left');
  }

  #end(reason: MeetingErrorCode, error?: MeetingError): void {
    if (this.#connection === 'closed') return;
    this.#setConnection('closed', reason);
    this.#stopWaiting?.();
    this.#views.close();
    this.#lineWatch.close();
    this.#direct.close();
    this.#stay.close(reason === 'left' ? 'closed' : reason);
    this.#links.end(new MeetingError('closed', reason));
    for (const publication of this.#publications.bySource.values()) void publication.close();
    const told = error ?? (isOrdinary(reason) ? undefined : new MeetingError(reason));
    this.#events.emit('ended', { reason, ...(told ? { error: told } : {}) });
    this.#events.removeAll();
  }

  #setConnection(state: ConnectionState, reason?: MeetingErrorCode): void {
    if (this.#connection === state || this.#connection === 'closed') return;
    this.#connection = state;
    this.#parts.onConnection(state);
    this.#events.emit('connection', { state, ...(reason ? { reason } : {}) });
  }

  #setMedia(state: MediaState, error?: MeetingError): void {
    if (this.#media === state && !error) return;
    this.#media = state;
    this.#events.emit('media', { state, ...(error ? { error } : {}) });
  }

  async #ask<N extends 'muteParticipant' | 'removeParticipant' | 'endMeeting'>(
    name: N,
    ask: Ask<N>,
  ): Promise<void> {
    this.#assertOpen();
    await this.#stay.session.request(name, ask);
  }

  #assertOpen(): void {
    if (this.#connection === 'closed' || this.#leaving !== undefined) throw new MeetingError('closed');
  }

  #joined(): JoinAnswer {
    if (!this.#answer) throw new MeetingError('wrong-state', 'not joined');
    return this.#answer;
  }
}

function isOrdinary(reason: MeetingErrorCode): boolean {
  return reason === 'left' || reason === 'removed' || reason === 'meeting-ended' || reason === 'aborted';
}
