import { Emitter } from '../../base/emitter.ts';
import { randomId } from '../../base/ids.ts';
import { Lifecycle } from '../../base/lifecycle.ts';
import type { Log } from '../../base/log.ts';
import { type CloseReason, Refusal } from '../../protocol/errors.ts';
import type { MediaSource, RtpCapabilities } from '../../protocol/media.ts';
import type {
  LeaveReason,
  NotificationName,
  Notifications,
  ParticipantId,
  ParticipantInfo,
  ProducerId,
  Role,
  RoomId,
} from '../../protocol/messages.ts';
import { Notice } from '../../protocol/notice.ts';
import type { Outbox } from '../../protocol/outbox.ts';
import type { Endpoint } from '../media/endpoint.ts';
import type { Quality } from '../media/policy/quality.ts';
import type { ProducerLevel, RoomMedia } from '../media/room-media.ts';
import { Participant } from './participant.ts';
import { RoomRoute, type RoomRouteParts, type Route } from './route.ts';

export interface RoomParts {
  id: RoomId;
  name: string;
  code: string;
  invitationPath: string;
  maxParticipants: number;
  media: RoomMedia;
  routerCapabilities: RtpCapabilities;
  route: Pick<RoomRouteParts, 'settings' | 'allowedByServer' | 'allowedByRoom' | 'clock'>;
  log: Log;
}

/** A meeting that is going on: its people, and who of them is told what. */
export class Room {
  readonly id: RoomId;
  readonly name: string;
  readonly code: string;
  readonly invitationPath: string;
  readonly media: RoomMedia;
  readonly routerCapabilities: RtpCapabilities;
  readonly route: RoomRoute;
  readonly events: Emitter<{ empty: undefined; routeChanged: Route }>;
  readonly #log: Log;
  readonly #maxParticipants: number;
  readonly #participants = new Map<ParticipantId, Participant>();
  readonly #owners = new Map<Endpoint, Participant>();
  readonly #lifecycle: Lifecycle<CloseReason>;
  #speakersTold = '';

  constructor(parts: RoomParts) {
    this.id = parts.id;
    this.name = parts.name;
    this.code = parts.code;
    this.invitationPath = parts.invitationPath;
    this.media = parts.media;
    this.routerCapabilities = parts.routerCapabilities;
    this.#maxParticipants = parts.maxParticipants;
    this.#log = parts.log;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    this.route = new RoomRoute({
      ...parts.route,
      people: () => [...this.#participants.values()],
      rest: (participant, resting) => {
        if (participant.hasEndpoint) this.media.adaptation.rest(participant.endpoint, resting);
      },
      changed: (route) => this.events.emit('routeChanged', route),
      log: parts.log,
    });
    this.#lifecycle = new Lifecycle((reason) => this.#close(reason));
    this.#listen();
  }

  get isOpen(): boolean {
    return this.#lifecycle.isOpen;
  }

  get participantCount(): number {
    return this.#participants.size;
  }

  get participants(): Iterable<Participant> {
    return this.#participants.values();
  }

  /**
   * From here on the participant is told everything that happens; `others` is what was before that.
   * @throws Refusal `room-full`
   */
  join(who: { displayName: string; role: Role; outbox: Outbox }): {
    participant: Participant;
    others: ParticipantInfo[];
  } {
    if (!this.isOpen) throw new Refusal('room-ended');
    if (this.#participants.size >= this.#maxParticipants) throw new Refusal('room-full');
    const id = randomId(16) as ParticipantId;
    const participant = new Participant({ ...who, id, log: this.#log.child({ participant: id }) });
    const others = [...this.#participants.values()].map((other) => other.info());
    this.#tellOthers(undefined, 'participantJoined', { participant: participant.info() });
    this.#participants.set(id, participant);
    participant.log.info({ role: who.role, participants: this.#participants.size }, 'participant joined');
    this.route.joined(participant);
    return { participant, others };
  }

  /** Idempotent: a participant can be removed and lose the connection in the same moment. */
  leave(participant: Participant, reason: LeaveReason): void {
    if (!this.#participants.delete(participant.id)) return;
    // Told before the endpoint closes: one message says that all of somebody's producers are gone.
    this.#tellOthers(participant, 'participantLeft', { participantId: participant.id, reason });
    this.route.left(participant);
    this.#dropEndpoint(participant);
    participant.log.info({ reason, participants: this.#participants.size }, 'participant left');
    if (this.#participants.size === 0 && this.isOpen) this.events.emit('empty', undefined);
  }

  /** The participant's media, made when first needed. */
  async endpointOf(participant: Participant): Promise<Endpoint> {
    if (participant.hasEndpoint) return participant.endpoint;
    const endpoint = await this.media.createEndpoint(participant.log, participant.wishes);
    if (
      this.#participants.get(participant.id) !== participant ||
      participant.hasEndpoint ||
      endpoint.isClosed
    ) {
      endpoint.close();
      throw new Refusal('media-unavailable');
    }
    this.#owners.set(endpoint, participant);
    participant.setEndpoint(endpoint);
    return endpoint;
  }

  async setPaused(participant: Participant, producerId: ProducerId, paused: boolean): Promise<void> {
    await participant.endpoint.setProducerPaused(producerId, paused);
    if (!paused) this.#lift(participant, producerId);
    this.#tellOthers(participant, 'producerChanged', { participantId: participant.id, producerId, paused });
  }

  /** Pauses somebody's source; only that person can resume it. */
  async mute(by: Participant, participantId: ParticipantId, source: MediaSource): Promise<void> {
    const target = this.#participant(participantId);
    const producer = target.hasEndpoint && target.endpoint.producers().find((its) => its.source === source);
    if (!producer) throw new Refusal('not-found', 'source');
    if (producer.paused) return;
    await this.setPaused(target, producer.id, true);
    target.forcedMutes.add(producer.id);
    target.outbox.notify('mutedByModerator', { producerId: producer.id, byParticipantId: by.id });
    this.route.look();
  }

  remove(by: Participant, participantId: ParticipantId): void {
    const target = this.#participant(participantId);
    this.leave(target, 'removed');
    target.outbox.close('removed');
    by.log.info({ removed: participantId }, 'participant removed');
  }

  /** What a moderator has muted is on again, or gone. */
  #lift(participant: Participant, producerId: ProducerId): void {
    if (participant.forcedMutes.delete(producerId)) this.route.look();
  }

  /** The server is reached at other addresses now. */
  addressesChanged(): void {
    this.#tellOthers(undefined, 'addressesChanged', {});
  }

  close(reason: CloseReason): Promise<void> {
    return this.#lifecycle.close(reason);
  }

  #participant(id: ParticipantId): Participant {
    const participant = this.#participants.get(id);
    if (!participant) throw new Refusal('not-found', 'participantId');
    return participant;
  }

  #dropEndpoint(participant: Participant): void {
    if (!participant.hasEndpoint) return;
    const { endpoint } = participant;
    this.#owners.delete(endpoint);
    participant.setEndpoint(undefined);
    endpoint.close();
  }

  #listen(): void {
    this.media.events.on('producerOpened', ({ endpoint, producer }) => {
      const owner = this.#owners.get(endpoint);
      if (owner) this.#tellOthers(owner, 'producerAdded', { participantId: owner.id, producer });
    });
    this.media.events.on('producerClosed', ({ endpoint, producerId }) => {
      const owner = this.#owners.get(endpoint);
      if (!owner) return;
      this.#lift(owner, producerId);
      this.#tellOthers(owner, 'producerRemoved', { participantId: owner.id, producerId });
    });
    this.media.events.on('endpointLost', ({ endpoint }) => {
      const owner = this.#owners.get(endpoint);
      if (!owner) return;
      this.#dropEndpoint(owner);
      owner.outbox.notify('mediaReset', { reason: 'worker-died' });
      this.route.mediaLost();
    });
    this.media.adaptation.events.on('encodingsWanted', ({ endpoint, ...wanted }) =>
      this.#owners.get(endpoint)?.outbox.notify('encodingsWanted', wanted),
    );
    this.media.adaptation.events.on('heldBack', ({ endpoint, videos }) =>
      this.#owners.get(endpoint)?.outbox.notify('videosHeldBack', { videos }),
    );
    this.media.adaptation.events.on('voices', (voices) =>
      this.#tellOthers(undefined, 'voicesChanged', voices),
    );
    this.media.adaptation.events.on('quality', ({ changes, to }) => this.#tellQuality(changes, to));
    this.media.events.on('speakers', ({ levels, dominant }) => this.#tellSpeakers(levels, dominant));
  }

  /** Told only when it changes for the eye: who, in which order, in steps of 10 dB. */
  #tellSpeakers(levels: readonly ProducerLevel[], dominant: ProducerId | undefined): void {
    const ownerOf = this.#participantsByProducer();
    const speakers = levels.flatMap(({ producerId, volume }) => {
      const participantId = ownerOf.get(producerId);
      return participantId ? [{ participantId, volume }] : [];
    });
    const dominantParticipantId: ParticipantId | '' = (dominant && ownerOf.get(dominant)) ?? '';
    const key = [
      dominantParticipantId,
      ...speakers.map((s) => `${s.participantId}${Math.round(s.volume / 10)}`),
    ].join();
    if (key === this.#speakersTold) return;
    this.#speakersTold = key;
    this.#tellOthers(undefined, 'speakers', { speakers, dominantParticipantId });
  }

  #tellQuality(changes: { endpoint: Endpoint; quality: Quality }[], to: Endpoint | undefined): void {
    const participants = changes.flatMap(({ endpoint, quality }) => {
      const owner = this.#owners.get(endpoint);
      return owner ? [{ participantId: owner.id, ...quality }] : [];
    });
    if (participants.length === 0) return;
    if (to) this.#owners.get(to)?.outbox.notify('connectionQuality', { participants });
    else this.#tellOthers(undefined, 'connectionQuality', { participants });
  }

  #participantsByProducer(): Map<ProducerId, ParticipantId> {
    const owners = new Map<ProducerId, ParticipantId>();
    for (const [endpoint, { id }] of this.#owners) {
      for (const producer of endpoint.producers()) owners.set(producer.id, id);
    }
    return owners;
  }

  #tellOthers<N extends NotificationName>(
    except: Participant | undefined,
    name: N,
    body: Notifications[N],
  ): void {
    const notice = Notice.of(name, body);
    for (const participant of this.#participants.values()) {
      if (participant !== except) participant.outbox.tell(notice);
    }
  }

  #close(reason: CloseReason): void {
    this.route.close();
    for (const participant of [...this.#participants.values()]) {
      this.#participants.delete(participant.id);
      this.#dropEndpoint(participant);
      participant.outbox.close(reason);
    }
    this.media.close();
    this.events.removeAll();
    this.#log.info({ reason }, 'room closed');
  }
}
