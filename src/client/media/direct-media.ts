import type { Clock } from '../../base/clock.ts';
import type { Emitter } from '../../base/emitter.ts';
import { Queue } from '../../base/queue.ts';
import type {
  AnyNotification,
  AttemptId,
  DirectPathState,
  DirectStep,
  Notifications,
  ParticipantId,
  ProducerId,
  SenderSettings,
} from '../../protocol/messages.ts';
import type { DirectConnection, PeerConnectionFactory } from '../engine/direct-engine.ts';
import type { Receiver, ReceiverStats, TransportState } from '../engine/engine.ts';
import type { MeetingEvents } from '../meeting.ts';
import type { KnownProducer, Roster } from '../roster.ts';
import { LatestWish } from '../signalling/latest-wish.ts';
import type { Session } from '../signalling/session.ts';
import { Changeover } from './changeover.ts';
import { DirectWatch } from './direct-watch.ts';
import type { Publications } from './publications.ts';

export interface DirectMediaParts {
  /** undefined: this platform has none, and the server is never told that a direct path is possible */
  peerConnection: PeerConnectionFactory | undefined;
  iceServers: () => RTCIceServer[];
  settings: () => SenderSettings;
  /** bit/s of our uplink; undefined: not known */
  available: () => number | undefined;
  roster: Roster;
  events: Emitter<MeetingEvents>;
  publications: Publications;
  /** What comes through the server. */
  receiverOf: (producerId: ProducerId) => Receiver | undefined;
  selfId: () => ParticipantId;
  clock: Clock;
}

interface Attempt {
  id: AttemptId;
  peerId: ParticipantId;
  session: Session;
  /** trying: nothing plays there; using: it comes; resting: only it carries media; returning: it goes */
  stage: 'trying' | 'using' | 'resting' | 'returning';
  connection: DirectConnection | undefined;
  /** What the server says, in order, behind the loading of the engine. */
  work: Queue;
  changeover: Changeover | undefined;
  watch: DirectWatch | undefined;
}

/**
 * The direct path to the other participant, when two are alone: does what the server says, and moves what is received
 * from one path to the other source by source. Media through the server is given up by nobody but the server.
 */
export class DirectMedia {
  readonly #parts: DirectMediaParts;
  readonly #ability = new LatestWish('setDirectMedia');
  /** What plays from the direct path. */
  readonly #shown = new Set<ProducerId>();
  #session: Session | undefined;
  #attempt: Attempt | undefined;

  constructor(parts: DirectMediaParts) {
    this.#parts = parts;
    parts.events.on('producer-changed', ({ producer }) => this.#respectPause(producer));
    parts.events.on('producer-removed', ({ producer }) => this.#shown.delete(producer.id));
  }

  /** The connection that all media goes over now, if it does. */
  get inUse(): DirectConnection | undefined {
    return this.#attempt?.stage === 'resting' ? this.#attempt.connection : undefined;
  }

  setHideAddress(hideAddress: boolean): void {
    if (this.#parts.peerConnection) this.#ability.set({ possible: true, hideAddress });
  }

  /** Joined, perhaps anew: what was agreed upon with the old session is over. */
  joined(session: Session): void {
    this.#finish();
    this.#session = session;
    this.#ability.joined(session);
  }

  close(): void {
    this.#finish();
  }

  /** @returns false: about something else */
  apply(notification: AnyNotification): boolean {
    switch (notification.name) {
      case 'directRequested':
        this.#begin(notification.body);
        return true;
      case 'directDescription':
        this.#forAttempt(notification.body.attemptId, (connection) => connection.describe(notification.body));
        return true;
      case 'directCandidates':
        this.#forAttempt(notification.body.attemptId, (connection) =>
          connection.addCandidates(notification.body.candidates),
        );
        return true;
      case 'directStep':
        this.#step(notification.body);
        return true;
      default:
        return false;
    }
  }

  /** Which track of a producer is to be played: its direct one where that is in use. */
  choose(producerId: ProducerId, fromServer: MediaStreamTrack): MediaStreamTrack {
    const found = this.#parts.roster.find(producerId);
    const attempt = this.#attempt;
    // What is published while only the direct path carries media begins there.
    if (found && attempt?.stage === 'resting' && found.participant.id === attempt.peerId)
      this.#shown.add(producerId);
    return (this.#shown.has(producerId) ? this.#directTrack(producerId) : undefined) ?? fromServer;
  }

  /** undefined: it does not play directly */
  async receiverStats(producerId: ProducerId): Promise<ReceiverStats | undefined> {
    const source = this.#parts.roster.find(producerId)?.producer.source;
    if (!source || !this.#shown.has(producerId)) return undefined;
    return await this.#attempt?.connection?.receiverStats(source);
  }

  #begin({ attemptId: id, participantId: peerId, offers }: Notifications['directRequested']): void {
    const session = this.#session;
    const { peerConnection } = this.#parts;
    if (!session || !peerConnection) return;
    this.#finish();
    const attempt: Attempt = {
      id,
      peerId,
      session,
      stage: 'trying',
      connection: undefined,
      work: new Queue(),
      changeover: undefined,
      watch: undefined,
    };
    this.#attempt = attempt;
    attempt.work
      .add(async () => {
        const { DirectConnection } = await import('../engine/direct-engine.ts');
        if (this.#attempt !== attempt) return;
        attempt.connection = new DirectConnection({
          peerConnection,
          offers,
          iceServers: this.#parts.iceServers(),
          settings: this.#parts.settings(),
          available: this.#parts.available(),
          describe: (description) =>
            this.#ask(session.request('sendDirectDescription', { attemptId: id, ...description })),
          candidates: (candidates) =>
            this.#ask(session.request('sendDirectCandidates', { attemptId: id, candidates })),
          stateChanged: (state) => this.#stateChanged(attempt, state),
        });
      })
      .catch(() => this.#fail(attempt));
  }

  #stateChanged(attempt: Attempt, state: TransportState): void {
    if (this.#attempt !== attempt) return;
    if (state === 'connected') this.#report(attempt, 'connected');
    else if (state === 'failed' || state === 'disconnected') this.#fail(attempt);
  }

  #step({ attemptId, step }: { attemptId: AttemptId; step: DirectStep }): void {
    const attempt = this.#attempt;
    if (attempt?.id !== attemptId) return;
    switch (step) {
      case 'use':
        return this.#use(attempt);
      case 'rest':
        return this.#rest(attempt);
      case 'return':
        return this.#return(attempt);
      case 'close':
        return this.#finish();
    }
  }

  #use(attempt: Attempt): void {
    const { connection } = attempt;
    if (!connection || attempt.stage !== 'trying') return;
    attempt.stage = 'using';
    this.#parts.publications.setDirect(connection);
    attempt.changeover = this.#change(attempt, true, 'playing');
  }

  #rest(attempt: Attempt): void {
    const { connection } = attempt;
    if (!connection || attempt.stage !== 'using') return;
    attempt.stage = 'resting';
    this.#parts.publications.setAtRest(true);
    attempt.watch = new DirectWatch({
      connection,
      clock: this.#parts.clock,
      speaks: () =>
        this.#producersOf(attempt).some(({ source, paused }) => source === 'microphone' && !paused),
      silent: () => this.#fail(attempt),
      heard: (speakers) => this.#parts.events.emit('speakers', speakers),
      ids: { self: this.#parts.selfId(), other: attempt.peerId },
    });
  }

  #return(attempt: Attempt): void {
    if (attempt.stage === 'returning' || attempt.stage === 'trying') return;
    attempt.stage = 'returning';
    this.#parts.publications.setAtRest(false);
    attempt.watch?.close();
    attempt.changeover?.close();
    attempt.changeover = this.#change(attempt, false, 'returned');
  }

  /** It does not work, or no longer. Nobody waits for the server's word to send to it again. */
  #fail(attempt: Attempt): void {
    if (this.#attempt !== attempt) return;
    this.#report(attempt, 'failed');
    this.#return(attempt);
  }

  #change(attempt: Attempt, toDirect: boolean, then: DirectPathState): Changeover {
    const { clock, receiverOf, roster } = this.#parts;
    return new Changeover({
      clock,
      pending: () =>
        this.#producersOf(attempt)
          .filter(({ id }) => this.#shown.has(id) !== toDirect && receiverOf(id))
          .map(({ id, kind, source, paused }) => {
            const direct = async () => await attempt.connection?.receiverStats(source);
            const server = async () => await receiverOf(id)?.stats();
            const [from, to] = toDirect ? [server, direct] : [direct, server];
            return { producerId: id, isVideo: kind === 'video', paused, from, to };
          }),
      change: (producerId) => {
        if (toDirect) this.#shown.add(producerId);
        else this.#shown.delete(producerId);
        const receiver = receiverOf(producerId);
        if (receiver) roster.setTrack(producerId, this.choose(producerId, receiver.track));
      },
      done: () => this.#report(attempt, then),
      failed: () => (toDirect ? this.#fail(attempt) : this.#report(attempt, then)),
    });
  }

  #finish(): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#attempt = undefined;
    attempt.changeover?.close();
    attempt.watch?.close();
    const { publications, roster, receiverOf } = this.#parts;
    publications.setAtRest(false);
    publications.setDirect(undefined);
    const shown = [...this.#shown];
    this.#shown.clear();
    for (const producerId of shown) {
      const receiver = receiverOf(producerId);
      if (receiver) roster.setTrack(producerId, receiver.track);
    }
    attempt.connection?.close();
  }

  /** What is paused for the server is not played: nobody can be muted by a moderator and go on speaking on a direct path. */
  #respectPause({
    id,
    source,
    paused,
  }: {
    id: ProducerId;
    source: KnownProducer['source'];
    paused: boolean;
  }) {
    const track = this.#shown.has(id) && this.#attempt?.connection?.track(source);
    if (track) track.enabled = !paused;
  }

  #directTrack(producerId: ProducerId): MediaStreamTrack | undefined {
    const producer = this.#parts.roster.find(producerId)?.producer;
    const track = producer && this.#attempt?.connection?.track(producer.source);
    if (track) track.enabled = !producer.paused;
    return track;
  }

  #producersOf({ peerId }: Attempt): KnownProducer[] {
    return [...(this.#parts.roster.participants.get(peerId)?.producers.values() ?? [])];
  }

  #forAttempt(id: AttemptId, act: (connection: DirectConnection) => void): void {
    const attempt = this.#attempt;
    if (attempt?.id !== id) return;
    void attempt.work.add(() => {
      if (this.#attempt === attempt && attempt.connection) act(attempt.connection);
    });
  }

  #report({ id: attemptId, session }: Attempt, state: DirectPathState): void {
    this.#ask(session.request('reportDirectPath', { attemptId, state }));
  }

  /** Refused: the attempt is over, and its end on the way to us. */
  #ask(request: Promise<null>): void {
    request.catch(() => undefined);
  }
}
