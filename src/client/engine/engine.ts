import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  IceServer,
  MediaKind,
  MediaSource,
  RtpCapabilities,
  RtpParameters,
} from '../../protocol/media.ts';
import type {
  ConsumerId,
  ConsumerInfo,
  ProducerId,
  SenderSettings,
  TransportId,
  TransportInfo,
} from '../../protocol/messages.ts';

/**
 * What moves media for a meeting. One engine serves one stay in a room; the meeting closes it and asks for a new one
 * when it joins anew. An engine never talks to the server itself: it asks through the callbacks.
 */
export interface MediaEngine {
  /**
   * Called once, before anything else.
   * @returns what this side can receive
   * @throws MeetingError `media-unsupported`
   */
  load(routerCapabilities: RtpCapabilities): Promise<RtpCapabilities>;
  createSendTransport(info: TransportInfo, callbacks: SendCallbacks): SendTransport;
  createReceiveTransport(info: TransportInfo, callbacks: TransportCallbacks): ReceiveTransport;
  /** Closes what is left of its transports. Idempotent. */
  close(): void;
}

/** `disconnected` may heal by itself; `failed` does not without an ICE restart. */
export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface TransportCallbacks {
  /** Tells the server this end's DTLS parameters. Requests keep their order, so an engine need not wait before it produces. */
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  /** Every change of state, except the close that was asked for. */
  stateChanged(state: TransportState): void;
}
export interface SendCallbacks extends TransportCallbacks {
  /** Tells the server what is going to be sent. */
  produce(offer: ProduceOffer): Promise<ProducerId>;
}
export interface ProduceOffer {
  kind: MediaKind;
  source: MediaSource;
  rtpParameters: RtpParameters;
  paused: boolean;
}

export interface MediaTransport {
  readonly id: TransportId;
  readonly state: TransportState;
  /**
   * @param iceCandidates all of the server's: its addresses may have changed
   * @param iceServers replace the earlier ones
   */
  restartIce(
    iceParameters: IceParameters,
    iceCandidates: readonly IceCandidate[],
    iceServers?: readonly IceServer[],
  ): Promise<void>;
  stats(): Promise<TransportStats>;
  /** Closes its senders and receivers too. Idempotent. */
  close(): void;
}
export interface SendTransport extends MediaTransport {
  /** @throws MeetingError `publish-unsupported`, `track-ended`, or what `callbacks.produce` threw */
  produce(track: MediaStreamTrack, options: SendOptions): Promise<Sender>;
}
export interface ReceiveTransport extends MediaTransport {
  consume(consumer: ConsumerInfo): Promise<Receiver>;
}

export interface SendOptions {
  source: MediaSource;
  settings: SenderSettings;
  paused: boolean;
}

export interface Sender {
  readonly id: ProducerId;
  /** Sends nothing at all from now on. */
  pause(): void;
  resume(): void;
  /** null: nothing to send for now. The track that was sent before is not stopped. */
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  /** Sends no more than this from now on, whatever track it gets; replaces what was said before. */
  limit(limit: SendLimit): void;
  stats(): Promise<SenderStats>;
  close(): void;
}
/** At most so much of a source, in bit/s and in layers (encodings of simulcast, spatial layers of a scalable codec). */
export interface SendLimit {
  /** That many from the lowest on; 0: nothing at all. */
  encodings: number;
  /** For all of them together; Infinity: no limit but their own. */
  maxBitrate: number;
}
export interface Receiver {
  readonly id: ConsumerId;
  readonly track: MediaStreamTrack;
  stats(): Promise<ReceiverStats>;
  close(): void;
}

/** Counters grow from the start of the transport; absent: this engine or browser does not tell. */
export interface TransportStats {
  state: TransportState;
  bytesSent: number;
  bytesReceived: number;
  roundTripMs?: number;
  /** bit/s */
  availableOutgoingBitrate?: number;
  received?: ReceivedCounters;
  sent?: SentCounters;
  route?: TransportRoute;
}
/** How packets travel. */
export interface TransportRoute {
  protocol: 'udp' | 'tcp';
  relayed: boolean;
  /** host, srflx, prflx or relay */
  localType?: string;
  remoteType?: string;
  /** Between us and the relay: udp, tcp or tls. */
  relayProtocol?: string;
  /** Addresses with ports. */
  local: string;
  remote: string;
}
/** Over everything that a transport receives. */
export interface ReceivedCounters {
  packetsReceived: number;
  /** Not counting what a retransmission has repaired. */
  packetsLost: number;
  freezes: number;
  /** Of the worst stream; of audio where there is any. */
  jitterMs?: number;
  /** Each stream for itself: what counts is how those sound that carry speech now. */
  audio: ReceivedAudioCounters[];
}
export interface ReceivedAudioCounters {
  id: string;
  packets: number;
  samples: number;
  /** Made up because a packet was missing, without those made up while nobody spoke. */
  concealedSamples: number;
  jitterBufferDelayMs: number;
  jitterBufferEmitted: number;
}
/** Over everything that a transport sends. */
export interface SentCounters {
  packetsSent: number;
  /** Share of what was sent lately that the other side reports lost, 0 to 1. */
  fractionLost?: number;
  audioPacketsSent: number;
  /** Spent by audio packets between encoder and network, all added up. */
  audioSendDelayMs: number;
  /** The browser would send better video if the line allowed it. */
  limitedByBandwidth: boolean;
}
export interface SenderStats {
  codec?: string;
  /** Lowest first; one for audio. */
  layers: SentLayerStats[];
}
export interface SentLayerStats {
  rid?: string;
  active?: boolean;
  bytesSent: number;
  packetsSent: number;
  framesSent?: number;
  width?: number;
  height?: number;
  framesPerSecond?: number;
  /** none, cpu, bandwidth or other */
  limitedBy?: string;
  packetsLost?: number;
  roundTripMs?: number;
}
export interface ReceiverStats {
  codec?: string;
  bytesReceived: number;
  packetsReceived: number;
  packetsLost: number;
  jitterMs?: number;
  framesDecoded?: number;
  framesDropped?: number;
  freezes?: number;
  /** All freezes together. */
  frozenMs?: number;
  width?: number;
  height?: number;
  framesPerSecond?: number;
  /** grows with what is heard; browsers count only while the track plays */
  audioEnergy?: number;
}
