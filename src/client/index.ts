/** Plenum's client SDK for browsers and Node: see README.md. */

export type { MediaKind, MediaSource } from '../protocol/media.ts';
export type {
  DataCeiling,
  HeldBackReason,
  LeaveReason,
  ParticipantId,
  ProducerId,
  QualityLevel,
  QualityReason,
  Role,
  RoomId,
  RoomInfo,
  RouteName,
  RouteReason,
  View,
} from '../protocol/messages.ts';
export type {
  MediaEngine,
  MediaTransport,
  ProduceOffer,
  ReceivedAudioCounters,
  ReceivedCounters,
  Receiver,
  ReceiverStats,
  ReceiveTransport,
  SendCallbacks,
  Sender,
  SenderStats,
  SendLimit,
  SendOptions,
  SendTransport,
  SentCounters,
  SentLayerStats,
  TransportCallbacks,
  TransportRoute,
  TransportState,
  TransportStats,
} from './engine/engine.ts';
export { joinMeeting } from './join-meeting.ts';
export type { JoinOptions } from './join-options.ts';
export type {
  ConnectionQuality,
  ConnectionState,
  LineMoment,
  MediaRoute,
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
