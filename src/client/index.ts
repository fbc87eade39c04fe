/** Plenum's client SDK for browsers and Node: see README.md. */

export type { MediaKind, MediaSource } from '../protocol/media.ts';
export type { LeaveReason, ParticipantId, ProducerId, Role, RoomId, RoomInfo } from '../protocol/messages.ts';
export type {
  MediaEngine,
  MediaTransport,
  ProduceOffer,
  Receiver,
  ReceiverStats,
  ReceiveTransport,
  SendCallbacks,
  Sender,
  SenderStats,
  SendOptions,
  SendTransport,
  SentLayerStats,
  TransportCallbacks,
  TransportState,
  TransportStats,
} from './engine/engine.ts';
export { joinMeeting } from './join-meeting.ts';
export type { JoinOptions } from './join-options.ts';
export type {
  ConnectionState,
  MediaState,
  Meeting,
  MeetingEvents,
  MeetingStats,
  Publication,
  RemoteParticipant,
  RemoteProducer,
  Self,
} from './meeting.ts';
export {
  type ClientErrorCode,
  MeetingError,
  type MeetingErrorCode,
  meetingErrorText,
} from './meeting-error.ts';
