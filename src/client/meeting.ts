import type { MediaKind, MediaSource } from '../protocol/media.ts';
import type {
  DataCeiling,
  HeldBackReason,
  LeaveReason,
  ParticipantId,
  ProducerId,
  QualityLevel,
  QualityReason,
  Role,
  RoomInfo,
  RouteName,
  RouteReason,
  View,
} from '../protocol/messages.ts';
import type { ReceiverStats, SenderStats, TransportStats } from './engine/engine.ts';
import type { MeetingError, MeetingErrorCode } from './meeting-error.ts';

/** A stay in a meeting. Everything it shows is current when an event about it is emitted. All methods throw MeetingError only. */
export interface Meeting {
  readonly self: Self;
  readonly room: RoomInfo;
  readonly connection: ConnectionState;
  readonly media: MediaState;
  /** Everybody else. */
  readonly participants: ReadonlyMap<ParticipantId, RemoteParticipant>;
  /** What we publish, by source. */
  readonly publications: ReadonlyMap<MediaSource, Publication>;
  /** Of the subscribed videos, those the server cannot send now: they come back by themselves. */
  readonly heldBack: ReadonlyMap<ProducerId, HeldBackReason>;
  /** How well everybody is connected, ourselves included; whoever is missing has not been measured yet. */
  readonly quality: ReadonlyMap<ParticipantId, ConnectionQuality>;
  readonly dataCeiling: DataCeiling;
  /** How media travels now, and why. The server decides. */
  readonly route: MediaRoute;

  /** @returns a function that removes the listener again */
  on<N extends keyof MeetingEvents>(event: N, listener: (event: MeetingEvents[N]) => void): () => void;

  /**
   * Sends a track. The track stays the caller's (the meeting never stops it), but its `enabled` is the publication's while it is published.
   * @param options.paused starts muted
   * @throws MeetingError `already-published`, `not-allowed`, `publish-unsupported`, `track-ended`, `closed`, …
   */
  publish(source: MediaSource, track: MediaStreamTrack, options?: { paused?: boolean }): Promise<Publication>;
  /**
   * Asks for other people's media. Calls of one moment become one request. Resolves when all tracks are there;
   * each is also told by `track`. Producers that are gone or cannot be played are left out (a `problem` event tells of the latter).
   */
  subscribe(producerIds: Iterable<ProducerId>): Promise<void>;
  unsubscribe(producerIds: Iterable<ProducerId>): Promise<void>;
  /**
   * Tells which videos are visible and how large (device pixels): what is missing is not sent, and nobody gets more
   * pixels than they show. Call it whenever something changes; it is told the server as seldom as possible. Until the
   * first call everything subscribed counts as visible and large. Never throws.
   */
  setViews(views: Iterable<View>): void;
  /**
   * Limits what is spent, in each direction. Audio only: own camera and screen are paused and no video is received,
   * until it is lifted; what is published and subscribed stays so. Never throws.
   */
  setDataCeiling(ceiling: DataCeiling): void;

  /** While it is hidden nothing goes directly to another participant, who would learn our address. Never throws. */
  setHideAddress(hideAddress: boolean): void;

  muteParticipant(participantId: ParticipantId, source: MediaSource): Promise<void>;
  removeParticipant(participantId: ParticipantId): Promise<void>;
  endMeeting(): Promise<void>;
  /** Says goodbye and closes everything. Never fails; idempotent. */
  leave(): Promise<void>;

  stats(): Promise<MeetingStats>;
  /** How both directions of our line were over the last two minutes, second by second, newest last. */
  readonly lineHistory: readonly LineMoment[];
}

export interface Self {
  /** Changes when the meeting had to be joined anew. */
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly role: Role;
  /** See src/server/accounts/rights.ts: publish, subscribe, invite, moderate, end-meeting. */
  readonly rights: ReadonlySet<string>;
}
export interface RemoteParticipant {
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly role: Role;
  readonly producers: ReadonlyMap<ProducerId, RemoteProducer>;
}
export interface RemoteProducer {
  readonly id: ProducerId;
  readonly kind: MediaKind;
  readonly source: MediaSource;
  readonly paused: boolean;
  /** There once it is subscribed and ready to play. */
  readonly track?: MediaStreamTrack;
}

/** One source of ours that others can subscribe to. It outlives reconnections and media resets. */
export interface Publication {
  readonly source: MediaSource;
  /** null while muted with nothing to send, see replaceTrack. */
  readonly track: MediaStreamTrack | null;
  readonly paused: boolean;
  readonly closed: boolean;
  /** Nothing is sent from this moment on, even while the server cannot be reached. Resolves when the others have been told. */
  mute(): Promise<void>;
  /** @throws MeetingError `track-ended` without a live track */
  unmute(): Promise<void>;
  /** Another device. null only while muted, so that the camera's light can go off (stop the track yourself). */
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  /** Idempotent. Does not stop the track. */
  close(): Promise<void>;
}

export interface ConnectionQuality {
  level: QualityLevel;
  /** What is wrong, unless it is good. */
  reason?: QualityReason;
}

/** sfu: through the server; p2p: directly to the only other participant. */
export interface MediaRoute {
  path: RouteName;
  reason: RouteReason;
}

/** Signalling. While reconnecting, media usually goes on. */
export type ConnectionState = 'connected' | 'reconnecting' | 'closed';
/** `idle`: nothing published or subscribed yet. `interrupted`: being restored. `failed`: tried in vain, still trying. */
export type MediaState = 'idle' | 'connecting' | 'connected' | 'interrupted' | 'failed';

export interface MeetingEvents {
  'participant-joined': { participant: RemoteParticipant };
  'participant-left': { participant: RemoteParticipant; reason: LeaveReason };
  'producer-added': { participant: RemoteParticipant; producer: RemoteProducer };
  /** Paused or resumed, or the track was given back by unsubscribe. */
  'producer-changed': { participant: RemoteParticipant; producer: RemoteProducer };
  'producer-removed': { participant: RemoteParticipant; producer: RemoteProducer };
  /** A subscribed producer's track is there, or was replaced after a media reset. */
  track: { participant: RemoteParticipant; producer: RemoteProducer; track: MediaStreamTrack };
  /** Loudest first, volume in dBov (-127 to 0); may contain ourselves. dominant: who holds the floor. */
  speakers: { speakers: { participantId: ParticipantId; volume: number }[]; dominant?: ParticipantId };
  'videos-held-back': { heldBack: ReadonlyMap<ProducerId, HeldBackReason> };
  'connection-quality': { participantId: ParticipantId } & ConnectionQuality;
  connection: { state: ConnectionState; reason?: MeetingErrorCode };
  media: { state: MediaState; error?: MeetingError };
  route: MediaRoute;
  /** Muted, unmuted, another track, track ended, closed. mutedBy: a moderator did it. */
  'publication-changed': { publication: Publication; mutedBy?: ParticipantId };
  /** Something failed that nobody asked for in a call (and that is not the end): show it. */
  problem: { error: MeetingError };
  /** The last event. `left` and `removed` are reasons too. error is there when a person should be told something went wrong. */
  ended: { reason: MeetingErrorCode; error?: MeetingError };
}

/** Over about a second, ending at `at`. Absent: the browser does not tell, or there was nothing to measure. */
export interface LineMoment {
  /** ms on the meeting's clock */
  at: number;
  /** bit/s on the wire */
  sentBitrate: number;
  receivedBitrate: number;
  /** 0 to 1; of the worst stream for what is sent */
  sentLost?: number;
  receivedLost?: number;
  jitterMs?: number;
  roundTripMs?: number;
  /** bit/s, the browser's estimate of what it could send */
  availableOutgoingBitrate?: number;
}
export interface MeetingStats {
  send?: TransportStats;
  receive?: TransportStats;
  publications: ({ source: MediaSource; paused: boolean } & SenderStats)[];
  subscriptions: ({
    producerId: ProducerId;
    participantId: ParticipantId;
    source: MediaSource;
  } & ReceiverStats)[];
}
