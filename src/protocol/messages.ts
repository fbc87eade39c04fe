import type { ErrorCode } from './errors.ts';
import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  IceServer,
  MediaKind,
  MediaSource,
  RtpCapabilities,
  RtpParameters,
} from './media.ts';

/** Branded, so that no id can stand where another kind of id is meant. */
export type RoomId = string & { readonly '': 'RoomId' };
export type ParticipantId = string & { readonly '': 'ParticipantId' };
export type TransportId = string & { readonly '': 'TransportId' };
export type ProducerId = string & { readonly '': 'ProducerId' };
/** One try to reach the other directly, up to its end. */
export type AttemptId = string & { readonly '': 'AttemptId' };
export type ConsumerId = string & { readonly '': 'ConsumerId' };

export type Role = 'moderator' | 'participant' | 'viewer';
export type Direction = 'send' | 'receive';
export type ConsumerType = 'simple' | 'simulcast' | 'svc';
export type LeaveReason = 'left' | 'lost' | 'removed';

export interface RoomInfo {
  id: RoomId;
  name: string;
  /** Path and fragment of the invitation link; empty without the right to invite. */
  invitationPath: string;
  /** For typing in; empty without the right to invite. */
  code: string;
}
export interface ProducerInfo {
  id: ProducerId;
  kind: MediaKind;
  source: MediaSource;
  paused: boolean;
}
export interface ParticipantInfo {
  id: ParticipantId;
  displayName: string;
  role: Role;
  producers: ProducerInfo[];
}
export interface ConsumerInfo {
  id: ConsumerId;
  producerId: ProducerId;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  type: ConsumerType;
  producerPaused: boolean;
}
export interface TransportInfo {
  transportId: TransportId;
  iceParameters: IceParameters;
  iceCandidates: IceCandidate[];
  dtlsParameters: DtlsParameters;
  /** For networks that let nothing else through. */
  iceServers?: IceServer[];
}
export interface SenderSettings {
  /** MIME types, most preferred first. */
  videoCodecs: string[];
}
export interface JoinAnswer {
  participantId: ParticipantId;
  role: Role;
  rights: string[];
  room: RoomInfo;
  /** Everybody else, with their producers. */
  participants: ParticipantInfo[];
  routerCapabilities: RtpCapabilities;
  senderSettings: SenderSettings;
  voices: Voices;
}
/** Which microphones are worth subscribing to. In a room with few of them there is no limit: all are. */
export interface Voices {
  limited: boolean;
  /** when limited; others are not forwarded */
  producerIds: ProducerId[];
}

/** Every request: what is asked and what is answered. null: nothing to say but that it is done. */
export interface Requests {
  join: { ask: { token: string; displayName: string }; answer: JoinAnswer };
  leave: { ask: Nothing; answer: null };
  setCapabilities: { ask: { capabilities: RtpCapabilities }; answer: null };
  createTransport: { ask: { direction: Direction }; answer: TransportInfo };
  connectTransport: { ask: { transportId: TransportId; dtlsParameters: DtlsParameters }; answer: null };
  restartIce: { ask: { transportId: TransportId }; answer: IceRestart };
  produce: { ask: ProduceAsk; answer: { producerId: ProducerId } };
  closeProducer: { ask: { producerId: ProducerId }; answer: null };
  pauseProducer: { ask: { producerId: ProducerId }; answer: null };
  resumeProducer: { ask: { producerId: ProducerId }; answer: null };
  subscribe: {
    ask: { transportId: TransportId; producerIds: ProducerId[] };
    answer: { consumers: ConsumerInfo[]; missingProducerIds: ProducerId[] };
  };
  unsubscribe: { ask: { consumerIds: ConsumerId[] }; answer: null };
  startConsumers: { ask: { consumerIds: ConsumerId[] }; answer: null };
  setViews: { ask: { views: View[] }; answer: null };
  setDataCeiling: { ask: DataCeiling; answer: null };
  reportReception: { ask: ReceptionReport; answer: null };
  startCheck: { ask: Nothing; answer: CheckInfo };
  openCheckPath: { ask: { worker: number }; answer: TransportInfo };
  connectCheckPath: { ask: { transportId: TransportId; dtlsParameters: DtlsParameters }; answer: null };
  echoCheckPath: {
    ask: { transportId: TransportId; kind: MediaKind; rtpParameters: RtpParameters };
    answer: { rtpParameters: RtpParameters };
  };
  measureCheckPath: { ask: { transportId: TransportId }; answer: CheckPathCounts };
  closeCheckPath: { ask: { transportId: TransportId }; answer: null };
  reportRoute: { ask: RouteReport; answer: null };
  setDirectMedia: { ask: DirectAbility; answer: null };
  sendDirectDescription: { ask: { attemptId: AttemptId } & DirectDescription; answer: null };
  sendDirectCandidates: { ask: { attemptId: AttemptId; candidates: DirectCandidate[] }; answer: null };
  reportDirectPath: { ask: { attemptId: AttemptId; state: DirectPathState }; answer: null };
  muteParticipant: { ask: { participantId: ParticipantId; source: MediaSource }; answer: null };
  removeParticipant: { ask: { participantId: ParticipantId }; answer: null };
  endMeeting: { ask: Nothing; answer: null };
}
/** The bounds of a check and what it has to do with. See check.proto for each field. */
export interface CheckInfo {
  limitMs: number;
  maxBitrate: number;
  maxPaths: number;
  workers: number;
  routerCapabilities: RtpCapabilities;
}
/** Counted by the worker since `echoCheckPath`. */
export interface CheckPathCounts {
  protocol: 'udp' | 'tcp' | '';
  packetsReceived: number;
  packetsSent: number;
  octetsReceived: number;
  octetsSent: number;
}
/** How a client's packets travel, seen from its end. */
export interface RouteReport {
  candidateType: 'host' | 'srflx' | 'prflx' | 'relay';
  protocol: 'udp' | 'tcp' | 'tls';
}
export interface IceRestart {
  iceParameters: IceParameters;
  /** all of the server's: its addresses may have changed */
  iceCandidates: IceCandidate[];
  /** replace the earlier ones, whose credentials expire */
  iceServers?: IceServer[];
}
/** Where a video stands on the screen of its receiver, in device pixels. */
export interface View {
  producerId: ProducerId;
  width: number;
  height: number;
  pinned: boolean;
}
/** What somebody wants to spend at most in each direction, in bit/s; 0: as much as the line carries. */
export interface DataCeiling {
  bitrate: number;
  audioOnly: boolean;
}
/** How media arrives at a participant and leaves it, over the last `intervalMs`. See requests.proto for each field. */
export interface ReceptionReport {
  intervalMs: number;
  receivedBitrate: number;
  packetsReceived: number;
  packetsLost: number;
  concealed: number;
  jitterBufferMs: number;
  freezes: number;
  roundTripMs: number;
  availableOutgoingBitrate: number;
  uplinkLost: number;
}
/** Whether media may go directly to the other when two are alone. */
export interface DirectAbility {
  /** This client has what it takes. */
  possible: boolean;
  /** The person does not want the other to learn their address. */
  hideAddress: boolean;
}
export interface DirectDescription {
  type: 'offer' | 'answer';
  sdp: string;
}
/** An empty candidate says that there are no more. */
export interface DirectCandidate {
  candidate: string;
  mid: string;
  usernameFragment: string;
}
/** What one of the two tells about the direct path. */
export type DirectPathState = 'connected' | 'playing' | 'returned' | 'failed';
/**
 * What both are to do. use: send on the direct path too, and play it once it flows. rest: send nothing to the server.
 * return: send to the server again, and play that once it flows. close: the direct path is over.
 */
export type DirectStep = 'use' | 'rest' | 'return' | 'close';
export type RouteName = 'sfu' | 'p2p';
export type RouteReason =
  | 'direct'
  | 'trying'
  | 'settling'
  | 'switched-off'
  | 'room'
  | 'alone'
  | 'more-than-two'
  | 'not-able'
  | 'address-hidden'
  | 'data-ceiling'
  | 'muted-by-moderator'
  | 'media-reset'
  | 'no-path'
  | 'path-lost'
  | 'bad-line';
export type HeldBackReason = 'slow-connection' | 'data-ceiling' | 'not-shown';
export type QualityLevel = 'good' | 'fair' | 'poor';
export type QualityReason =
  | 'uplink-rate'
  | 'uplink-loss'
  | 'downlink-rate'
  | 'downlink-loss'
  | 'delay'
  | 'jitter';
export type Nothing = Record<never, never>;
export interface ProduceAsk {
  transportId: TransportId;
  kind: MediaKind;
  source: MediaSource;
  rtpParameters: RtpParameters;
  paused: boolean;
}
export type RequestName = keyof Requests;
export type Ask<N extends RequestName> = Requests[N]['ask'];
export type Answer<N extends RequestName> = Requests[N]['answer'];

/** Everything the server tells without being asked. */
export interface Notifications {
  participantJoined: { participant: ParticipantInfo };
  participantLeft: { participantId: ParticipantId; reason: LeaveReason };
  producerAdded: { participantId: ParticipantId; producer: ProducerInfo };
  producerChanged: { participantId: ParticipantId; producerId: ProducerId; paused: boolean };
  producerRemoved: { participantId: ParticipantId; producerId: ProducerId };
  /** speakers: loudest first, volume in dBov (-127 to 0). dominantParticipantId: empty while nobody has spoken. */
  speakers: {
    speakers: { participantId: ParticipantId; volume: number }[];
    dominantParticipantId: ParticipantId | '';
  };
  /** Replaces what was said before. */
  voicesChanged: Voices;
  /** Transports, producers and consumers of the receiver are gone: create, publish and subscribe again. */
  mediaReset: { reason: string };
  mutedByModerator: { producerId: ProducerId; byParticipantId: ParticipantId };
  /** Of an own source, that many encodings from the lowest on are received by anybody; maxBitrate in bit/s, 0: none. */
  encodingsWanted: { producerId: ProducerId; encodings: number; maxBitrate: number };
  /** Of the subscribed videos, all that are not being sent to us now. */
  videosHeldBack: { videos: { producerId: ProducerId; reason: HeldBackReason }[] };
  /** Where it changed. reason: empty while good. */
  connectionQuality: {
    participants: { participantId: ParticipantId; level: QualityLevel; reason: QualityReason | '' }[];
  };
  routeChanged: { route: RouteName; reason: RouteReason };
  /** offers: the receiver of this makes the offer. */
  directRequested: { attemptId: AttemptId; participantId: ParticipantId; offers: boolean };
  directDescription: { attemptId: AttemptId } & DirectDescription;
  directCandidates: { attemptId: AttemptId; candidates: DirectCandidate[] };
  directStep: { attemptId: AttemptId; step: DirectStep };
  /** The server is reached at other addresses now: an ICE restart gets them. */
  addressesChanged: Nothing;
}
export type NotificationName = keyof Notifications;

export type AnyRequest = { [N in RequestName]: { name: N; ask: Ask<N> } }[RequestName];
export type AnyNotification = {
  [N in NotificationName]: { name: N; body: Notifications[N] };
}[NotificationName];

export interface Hello {
  lowestVersion: number;
  highestVersion: number;
  /** Name and version of the program, for the log. */
  client: string;
  resume?: { token: string; lastSequence: number };
}
export interface Welcome {
  version: number;
  server: string;
  resumed: boolean;
  resumeToken: string;
  resumeGraceMs: number;
  /** The last request id the server has taken from this session; later ones must be sent again. */
  lastRequestId: number;
  /** Silence longer than three of these means that the connection is dead. */
  pingIntervalMs: number;
}
export interface RefusalBody {
  code: ErrorCode;
  message: string;
  detail: string;
}
export type ClientFrame =
  | ({ type: 'hello' } & Hello)
  | ({ type: 'request'; id: number } & AnyRequest)
  | { type: 'acknowledge'; sequence: number };
export type ServerFrame =
  | ({ type: 'welcome' } & Welcome)
  | { type: 'response'; sequence: number; requestId: number; answer: Answer<RequestName> }
  | { type: 'refusal'; sequence: number; requestId: number; refusal: RefusalBody }
  /** in the order in which they happened */
  | { type: 'notifications'; sequence: number; all: AnyNotification[] }
  | { type: 'farewell'; closeCode: number; reason: string; detail: string }
  | { type: 'heartbeat' };
