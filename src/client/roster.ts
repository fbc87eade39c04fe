import type { Emitter } from '../base/emitter.ts';
import type {
  AnyNotification,
  LeaveReason,
  ParticipantId,
  ParticipantInfo,
  ProducerId,
  ProducerInfo,
} from '../protocol/messages.ts';
import type { MeetingEvents, RemoteParticipant, RemoteProducer } from './meeting.ts';

/** Our own, changeable view of what the meeting shows as read-only. Objects live as long as what they stand for. */
export interface KnownProducer extends RemoteProducer {
  paused: boolean;
  track?: MediaStreamTrack;
}
export interface KnownParticipant extends RemoteParticipant {
  displayName: string;
  readonly producers: Map<ProducerId, KnownProducer>;
}

/** Everybody else in the room and what they publish: state first, then the event about it. */
export class Roster {
  readonly participants = new Map<ParticipantId, KnownParticipant>();
  readonly #events: Emitter<MeetingEvents>;

  constructor(events: Emitter<MeetingEvents>) {
    this.#events = events;
  }

  /** Becomes this list, telling only the differences: after joining anew most are still there. */
  replace(list: ParticipantInfo[]): void {
    const present = new Set(list.map(({ id }) => id));
    for (const id of [...this.participants.keys()]) if (!present.has(id)) this.#left(id, 'lost');
    for (const info of list) {
      const known = this.participants.get(info.id);
      if (!known) {
        this.#joined(info);
        continue;
      }
      known.displayName = info.displayName;
      const producing = new Set(info.producers.map(({ id }) => id));
      for (const id of [...known.producers.keys()]) if (!producing.has(id)) this.#producerRemoved(known, id);
      for (const producer of info.producers) {
        if (known.producers.has(producer.id)) this.#producerChanged(known, producer.id, producer.paused);
        else this.#producerAdded(known, producer);
      }
    }
  }

  /** @returns false: not about other people */
  apply(notification: AnyNotification): boolean {
    switch (notification.name) {
      case 'participantJoined':
        this.#joined(notification.body.participant);
        return true;
      case 'participantLeft':
        this.#left(notification.body.participantId, notification.body.reason);
        return true;
      case 'producerAdded':
      case 'producerChanged':
      case 'producerRemoved': {
        // Unknown only if it left in the moment we joined: nothing to show.
        const participant = this.participants.get(notification.body.participantId);
        if (participant) this.#applyProducer(participant, notification);
        return true;
      }
      default:
        return false;
    }
  }

  find(producerId: ProducerId): { participant: KnownParticipant; producer: KnownProducer } | undefined {
    for (const participant of this.participants.values()) {
      const producer = participant.producers.get(producerId);
      if (producer) return { participant, producer };
    }
    return undefined;
  }

  /** A producer can be played now, or (undefined) no longer is. */
  setTrack(producerId: ProducerId, track: MediaStreamTrack | undefined): void {
    const found = this.find(producerId);
    if (!found || found.producer.track === track) return;
    if (track) {
      found.producer.track = track;
      this.#tell('track', { ...found, track });
    } else {
      delete found.producer.track;
      this.#tell('producer-changed', found);
    }
  }

  #applyProducer(
    participant: KnownParticipant,
    notification: Extract<AnyNotification, { name: 'producerAdded' | 'producerChanged' | 'producerRemoved' }>,
  ): void {
    switch (notification.name) {
      case 'producerAdded':
        return this.#producerAdded(participant, notification.body.producer);
      case 'producerChanged':
        return this.#producerChanged(participant, notification.body.producerId, notification.body.paused);
      case 'producerRemoved':
        return this.#producerRemoved(participant, notification.body.producerId);
    }
  }

  #joined({ id, displayName, role, producers }: ParticipantInfo): void {
    if (this.participants.has(id)) return;
    const participant: KnownParticipant = { id, displayName, role, producers: new Map() };
    this.participants.set(id, participant);
    this.#tell('participant-joined', { participant });
    for (const producer of producers) this.#producerAdded(participant, producer);
  }

  #left(id: ParticipantId, reason: LeaveReason): void {
    const participant = this.participants.get(id);
    if (!participant) return;
    for (const producerId of [...participant.producers.keys()])
      this.#producerRemoved(participant, producerId);
    this.participants.delete(id);
    this.#tell('participant-left', { participant, reason });
  }

  #producerAdded(participant: KnownParticipant, info: ProducerInfo): void {
    if (participant.producers.has(info.id)) return;
    // At most one of each source: after a media reset the new one takes the place of the one that died with its worker.
    for (const { id, source } of participant.producers.values()) {
      if (source === info.source) this.#producerRemoved(participant, id);
    }
    const producer: KnownProducer = { ...info };
    participant.producers.set(info.id, producer);
    this.#tell('producer-added', { participant, producer });
  }

  #producerChanged(participant: KnownParticipant, id: ProducerId, paused: boolean): void {
    const producer = participant.producers.get(id);
    if (!producer || producer.paused === paused) return;
    producer.paused = paused;
    this.#tell('producer-changed', { participant, producer });
  }

  #producerRemoved(participant: KnownParticipant, id: ProducerId): void {
    const producer = participant.producers.get(id);
    if (!producer) return;
    participant.producers.delete(id);
    this.#tell('producer-removed', { participant, producer });
  }

  #tell<N extends keyof MeetingEvents>(name: N, event: MeetingEvents[N]): void {
    this.#events.emit(name, event);
  }
}
