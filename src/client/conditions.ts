import type { Emitter } from '../base/emitter.ts';
import type { AnyNotification, HeldBackReason, ParticipantId, ProducerId } from '../protocol/messages.ts';
import type { ConnectionQuality, MeetingEvents } from './meeting.ts';

/** What the server tells about lines: which videos cannot come now, and how well everybody is connected. */
export class Conditions {
  readonly #events: Emitter<MeetingEvents>;
  readonly #quality = new Map<ParticipantId, ConnectionQuality>();
  #heldBack: ReadonlyMap<ProducerId, HeldBackReason> = new Map();

  constructor(events: Emitter<MeetingEvents>) {
    this.#events = events;
    events.on('participant-left', ({ participant }) => this.#quality.delete(participant.id));
  }

  get heldBack(): ReadonlyMap<ProducerId, HeldBackReason> {
    return this.#heldBack;
  }

  get quality(): ReadonlyMap<ParticipantId, ConnectionQuality> {
    return this.#quality;
  }

  /** @returns false: about something else */
  apply(notification: AnyNotification): boolean {
    if (notification.name === 'videosHeldBack') {
      this.#holdBack(new Map(notification.body.videos.map(({ producerId, reason }) => [producerId, reason])));
      return true;
    }
    if (notification.name !== 'connectionQuality') return false;
    for (const { participantId, level, reason } of notification.body.participants) {
      const quality: ConnectionQuality = { level, ...(reason === '' ? {} : { reason }) };
      this.#quality.set(participantId, quality);
      this.#events.emit('connection-quality', { participantId, ...quality });
    }
    return true;
  }

  /** A new session or new transports: what was told belongs to the old ones. */
  forget(): void {
    const known = [...this.#quality.keys()];
    this.#quality.clear();
    for (const participantId of known)
      this.#events.emit('connection-quality', { participantId, level: 'good' });
    this.#holdBack(new Map());
  }

  #holdBack(heldBack: ReadonlyMap<ProducerId, HeldBackReason>): void {
    if (heldBack.size === 0 && this.#heldBack.size === 0) return;
    this.#heldBack = heldBack;
    this.#events.emit('videos-held-back', { heldBack });
  }
}
