import type { CloseReason } from '../../protocol/errors.ts';
import type { IceServer } from '../../protocol/media.ts';
import type { RouteReport, SenderSettings } from '../../protocol/messages.ts';
import type { Outbox } from '../../protocol/outbox.ts';
import type { Check } from '../media/check/check.ts';
import type { Checks } from '../media/check/checks.ts';
import type { Participant } from '../rooms/participant.ts';
import type { RoomRegistry } from '../rooms/registry.ts';
import type { Room } from '../rooms/room.ts';

/** Where somebody sits once joined. */
export interface Seat {
  room: Room;
  participant: Participant;
}

/** What a handler may use. Sessions make it; handlers of the state `joined` get the seat beside it, of `checking` the check. */
export interface Context {
  readonly rooms: RoomRegistry;
  readonly checks: Checks;
  /** Who counts as one for limits. */
  readonly client: string;
  readonly senderSettings: SenderSettings;
  /**
   * STUN and TURN servers for this participant, or this check, at the address by which its connection reached us.
   * @param lifetimeMs of the credentials; default: the configured one
   */
  readonly iceServers: (id: string, lifetimeMs?: number) => IceServer[];
  readonly outbox: Outbox;
  readonly seat: Seat | undefined;
  readonly check: Check | undefined;
  take(seat: Seat): void;
  takeCheck(check: Check): void;
  /** For metrics. */
  routeReported(route: RouteReport): void;
  /** The session ends after the answer has been sent. */
  finish(reason: CloseReason): void;
}
