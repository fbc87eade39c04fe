import type { CloseReason } from '../../protocol/errors.ts';
import type { IceServer } from '../../protocol/media.ts';
import type { ParticipantId, SenderSettings } from '../../protocol/messages.ts';
import type { Outbox } from '../../protocol/outbox.ts';
import type { Participant } from '../rooms/participant.ts';
import type { RoomRegistry } from '../rooms/registry.ts';
import type { Room } from '../rooms/room.ts';

/** Where somebody sits once joined. */
export interface Seat {
  room: Room;
  participant: Participant;
}

/** What a handler may use. Sessions make it; handlers of the state `joined` get the seat beside it. */
export interface Context {
  readonly rooms: RoomRegistry;
  readonly senderSettings: SenderSettings;
  /** STUN and TURN servers for this participant, at the address by which its connection reached us. */
  readonly iceServers: (participantId: ParticipantId) => IceServer[];
  readonly outbox: Outbox;
  readonly seat: Seat | undefined;
  take(seat: Seat): void;
  /** The session ends after the answer has been sent. */
  finish(reason: CloseReason): void;
}
