import { parseScalabilityMode, type types } from 'mediasoup';
import type { Log } from '../../base/log.ts';
import { Refusal } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { DtlsParameters, IceCandidate, MediaSource, RtpCapabilities } from '../../protocol/media.ts';
import type {
  Answer,
  ConsumerId,
  ConsumerInfo,
  Direction,
  ProduceAsk,
  ProducerId,
  ProducerInfo,
  TransportId,
  TransportInfo,
} from '../../protocol/messages.ts';
import { toldCandidates } from './ice-candidates.ts';
import { Received } from './received.ts';
import { refused } from './refused.ts';
import type { RoomRouter } from './room-router.ts';
import type { MediaSettings } from './settings.ts';
import type { Traffic } from './traffic.ts';
import { transportInfo } from './transport-info.ts';
import type { Wishes } from './wishes.ts';

/** What an endpoint needs of its room; RoomMedia implements it. */
export interface EndpointRoom {
  /** @returns release gives the place back when the consumer is gone; undefined: there is no such producer */
  bring(
    producerId: ProducerId,
    to: RoomRouter,
  ): Promise<{ source: MediaSource; release: () => void } | undefined>;
  /** The way to the receiver is there, or there anew. */
  downlinkOpened(endpoint: Endpoint, transport: types.WebRtcTransport): void;
  /** Resolves when what was started flows, as far as it is to. */
  consumersStarted(endpoint: Endpoint): Promise<void>;
  producerOpened(endpoint: Endpoint, producer: ProducerInfo): void;
  /** Something that this endpoint receives was paused at its source, or resumed. */
  sourcePaused(endpoint: Endpoint, received: Received): void;
  /** Or resumed. */
  producerPaused(endpoint: Endpoint, producerId: ProducerId): void;
  producerClosed(endpoint: Endpoint, producerId: ProducerId): void;
  endpointClosed(endpoint: Endpoint): void;
  /** A transport of somebody changed its ICE or DTLS state. */
  transportChanged(change: TransportChange): void;
}

export type TransportChange =
  | { what: 'ice'; state: types.IceState }
  | { what: 'dtls'; state: types.DtlsState }
  | { what: 'connected'; protocol: types.TransportProtocol };

export interface EndpointParts {
  room: EndpointRoom;
  roomRouter: RoomRouter;
  settings: MediaSettings;
  traffic: Traffic;
  /** What the participant told about receiving. */
  wishes: Wishes;
  log: Log;
}

interface PublishedProducer {
  producer: types.Producer;
  source: MediaSource;
  encodings: number;
}

/** bit/s */
const highestOutgoingBitrate = 20_000_000;

/** The media of one participant on one router: a transport in each direction, what is published and what is received. */
export class Endpoint {
  readonly roomRouter: RoomRouter;
  readonly #parts: EndpointParts;
  readonly #transports = new Map<Direction, types.WebRtcTransport>();
  readonly #producers = new Map<ProducerId, PublishedProducer>();
  readonly #received = new Map<ConsumerId, Received>();
  readonly #receivedFrom = new Map<ProducerId, Received>();
  readonly #stopWishing: () => void;
  #capabilities: RtpCapabilities | undefined;
  #closed = false;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.roomRouter = parts.roomRouter;
    parts.roomRouter.connected.add(this);
    this.#stopWishing = parts.wishes.onChange(() => this.#limitIncoming());
  }

  get consumerCount(): number {
    return this.#received.size;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** For metrics: the transports that are open now. */
  get transports(): readonly types.WebRtcTransport[] {
    return [...this.#transports.values()];
  }

  get openConsumers(): readonly types.Consumer[] {
    return [...this.#received.values()].map(({ consumer }) => consumer);
  }

  get received(): Iterable<Received> {
    return this.#received.values();
  }

  receivedFrom(producerId: ProducerId): Received | undefined {
    return this.#receivedFrom.get(producerId);
  }

  get videos(): Received[] {
    const videos: Received[] = [];
    for (const received of this.#received.values()) if (received.isVideo) videos.push(received);
    return videos;
  }

  get wishes(): Wishes {
    return this.#parts.wishes;
  }

  get log(): Log {
    return this.#parts.log;
  }

  producer(producerId: ProducerId): types.Producer | undefined {
    return this.#producers.get(producerId)?.producer;
  }

  sourceOf(producerId: ProducerId): MediaSource | undefined {
    return this.#producers.get(producerId)?.source;
  }

  /** How many encodings or spatial layers of it can be left out or asked for; audio has one. */
  encodingCountOf(producerId: ProducerId): number {
    return this.#producers.get(producerId)?.encodings ?? 0;
  }

  producers(): ProducerInfo[] {
    return [...this.#producers.values()].map(info);
  }

  setCapabilities(capabilities: RtpCapabilities): void {
    this.#capabilities = capabilities;
  }

  /** A second transport of a direction replaces the first: that is how a client starts over. */
  async createTransport(direction: Direction): Promise<Omit<TransportInfo, 'iceServers'>> {
    const { settings, traffic } = this.#parts;
    const incoming = this.#incomingLimit;
    const transport = await this.#worker(() =>
      this.roomRouter.router.createWebRtcTransport({
        webRtcServer: this.roomRouter.worker.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        // The estimator's first guess is not raised later by a higher ceiling: the ceiling, set below, holds it down instead.
        initialAvailableOutgoingBitrate: highestOutgoingBitrate,
        iceConsentTimeout: settings.iceConsentTimeoutSeconds,
      }),
    );
    if (direction === 'send') await this.#worker(() => transport.setMaxIncomingBitrate(incoming));
    else await this.#worker(() => transport.setMaxOutgoingBitrate(settings.initialOutgoingBitrate));
    if (this.#closed) {
      transport.close();
      throw new Refusal('media-unavailable');
    }
    this.#transports.get(direction)?.close();
    this.#transports.set(direction, transport);
    if (direction === 'send' && incoming !== this.#incomingLimit) this.#limitIncoming();
    traffic.watchTransport(transport);
    this.#observe(direction, transport);
    if (direction === 'receive') this.#parts.room.downlinkOpened(this, transport);
    return transportInfo(transport, this.roomRouter.worker);
  }

  async connectTransport(transportId: TransportId, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#transport(transportId);
    await this.#worker(() => transport.connect({ dtlsParameters: dtlsParameters as types.DtlsParameters }));
  }

  /** @returns the candidates too: the addresses may have changed since the last time */
  async restartIce(transportId: TransportId): Promise<Answer<'restartIce'>> {
    const transport = this.#transport(transportId);
    const { usernameFragment, password } = await this.#worker(() => transport.restartIce());
    return {
      iceParameters: { usernameFragment, password, iceLite: true },
      iceCandidates: this.#candidates(transport),
    };
  }

  async produce(ask: ProduceAsk): Promise<ProducerId> {
    const transport = this.#transport(ask.transportId, 'send');
    for (const { source } of this.#producers.values()) {
      if (source === ask.source) throw new Refusal('already-published', ask.source);
    }
    if (this.#producers.size >= limits.producersPerParticipant) throw new Refusal('too-many', 'producers');
    const producer = await this.#worker(() =>
      transport.produce({
        kind: ask.kind,
        // Structurally mediasoup's; the list of header extension URIs is narrower there and checked by mediasoup itself.
        rtpParameters: ask.rtpParameters as types.RtpParameters,
        paused: ask.paused,
      }),
    );
    if (this.#closed || transport.closed) {
      producer.close();
      throw new Refusal('media-unavailable');
    }
    const producerId = producer.id as ProducerId;
    const published = { producer, source: ask.source, encodings: encodingCount(producer) };
    this.#producers.set(producerId, published);
    this.#parts.traffic.watchProducer(producer);
    producer.observer.once('close', () => {
      this.#producers.delete(producerId);
      this.#parts.traffic.forget(producer);
      this.#parts.room.producerClosed(this, producerId);
    });
    this.#parts.room.producerOpened(this, info(published));
    if (ask.source === 'microphone') {
      // Not being shown as speaking is no reason to refuse somebody's voice.
      this.roomRouter.observe(producerId).catch((error: unknown) => {
        if (!producer.closed) this.#parts.log.warn({ error: String(error) }, 'speaker detection failed');
      });
    }
    return producerId;
  }

  async setProducerPaused(producerId: ProducerId, paused: boolean): Promise<void> {
    const producer = this.#published(producerId);
    await this.#worker(() => (paused ? producer.pause() : producer.resume()));
    this.#parts.room.producerPaused(this, producerId);
  }

  closeProducer(producerId: ProducerId): void {
    this.#published(producerId).close();
  }

  /** Consumers come paused. One that exists already is told again. */
  async subscribe(
    transportId: TransportId,
    producerIds: readonly ProducerId[],
  ): Promise<{ consumers: ConsumerInfo[]; missingProducerIds: ProducerId[] }> {
    const transport = this.#transport(transportId, 'receive');
    const capabilities = this.#capabilities;
    if (!capabilities) throw new Refusal('wrong-state', 'setCapabilities comes first');
    const wanted = [...new Set(producerIds)];
    const results = await Promise.all(wanted.map((id) => this.#consume(transport, id, capabilities)));
    // Not the producers are missing but what would have received them: the client asks again on its next transport.
    if (transport.closed) throw new Refusal('media-unavailable');
    return {
      consumers: results.filter((result) => result !== undefined),
      missingProducerIds: wanted.filter((_, index) => results[index] === undefined),
    };
  }

  async startConsumers(consumerIds: readonly ConsumerId[]): Promise<void> {
    // A consumer that closed meanwhile is no error: its producerRemoved is on the way to the client.
    for (const id of consumerIds) this.#received.get(id)?.start();
    await this.#worker(() => this.#parts.room.consumersStarted(this));
  }

  unsubscribe(consumerIds: readonly ConsumerId[]): void {
    for (const id of consumerIds) this.#received.get(id)?.consumer.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.roomRouter.connected.delete(this);
    this.#stopWishing();
    this.#parts.room.endpointClosed(this);
    // Closing a transport closes its producers and consumers in the worker with one message.
    for (const transport of this.#transports.values()) transport.close();
    this.#transports.clear();
  }

  /** bit/s that may come from this participant. */
  get #incomingLimit(): number {
    const { settings, wishes } = this.#parts;
    return Math.min(settings.maxIncomingBitrate, wishes.ceiling.bitrate || settings.maxIncomingBitrate);
  }

  /** The ceiling is asked for by `encodingsWanted`; the browser's own estimate is held below it too. */
  #limitIncoming(): void {
    const transport = this.#transports.get('send');
    transport?.setMaxIncomingBitrate(this.#incomingLimit).catch((error: unknown) => {
      if (!transport.closed) this.#parts.log.warn({ error: String(error) }, 'limit of an uplink failed');
    });
  }

  #candidates(transport: types.WebRtcTransport): IceCandidate[] {
    const { announced } = this.roomRouter.worker;
    return toldCandidates(transport.iceCandidates, (local) => announced.of(local));
  }

  async #consume(
    transport: types.WebRtcTransport,
    producerId: ProducerId,
    rtpCapabilities: RtpCapabilities,
  ): Promise<ConsumerInfo | undefined> {
    const existing = this.#receivedFrom.get(producerId);
    if (existing) return existing.info();
    let release: (() => void) | undefined;
    try {
      if (this.#producers.has(producerId)) return undefined;
      const brought = await this.#parts.room.bring(producerId, this.roomRouter);
      release = brought?.release;
      const capabilities = rtpCapabilities as types.RtpCapabilities;
      if (!brought || transport.closed) {
        release?.();
        return undefined;
      }
      const consumer = await transport.consume({
        producerId,
        rtpCapabilities: capabilities,
        paused: true,
        enableRtx: true,
      });
      const received = new Received(consumer, brought.source, () => this.#consumerClosed(received, brought));
      this.#received.set(received.id, received);
      this.#receivedFrom.set(producerId, received);
      this.#parts.traffic.watchConsumer(consumer);
      for (const event of ['producerpause', 'producerresume'] as const)
        consumer.on(event, () => this.#parts.room.sourcePaused(this, received));
      return received.info();
    } catch (error) {
      release?.();
      // In no codec that this client can receive; or the producer or the worker went away between two awaits, which the
      // client learns by a notification.
      this.#parts.log.debug({ producer: producerId, error: String(error) }, 'consume failed');
      return undefined;
    }
  }

  /** There are many consumers: each has one listener for its end. */
  #consumerClosed(received: Received, { release }: { release: () => void }): void {
    this.#received.delete(received.id);
    if (this.#receivedFrom.get(received.producerId) === received)
      this.#receivedFrom.delete(received.producerId);
    this.#parts.traffic.forget(received.consumer);
    release();
  }

  #observe(direction: Direction, transport: types.WebRtcTransport): void {
    const { room } = this.#parts;
    transport.on('icestatechange', (state) => room.transportChanged({ what: 'ice', state }));
    transport.on('dtlsstatechange', (state) => {
      room.transportChanged({ what: 'dtls', state });
      if (state === 'connected') {
        room.transportChanged({ what: 'connected', protocol: transport.iceSelectedTuple?.protocol ?? 'udp' });
      }
    });
    transport.observer.once('close', () => {
      this.#parts.traffic.forget(transport);
      if (this.#transports.get(direction) === transport) this.#transports.delete(direction);
    });
  }

  #transport(transportId: TransportId, direction?: Direction): types.WebRtcTransport {
    for (const [its, transport] of this.#transports) {
      if (transport.id === transportId && (direction === undefined || its === direction)) return transport;
    }
    throw new Refusal('not-found', 'transportId');
  }

  #published(producerId: ProducerId): types.Producer {
    const published = this.#producers.get(producerId);
    if (!published) throw new Refusal('not-found', 'producerId');
    return published.producer;
  }

  /** What the worker or mediasoup's own checks refuse is the client's fault or the worker's death, never ours to crash on. */
  async #worker<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw refused(error, this.roomRouter.isAlive, this.#parts.log);
    }
  }
}

function info({ producer, source }: PublishedProducer): ProducerInfo {
  return { id: producer.id as ProducerId, kind: producer.kind, source, paused: producer.paused };
}

/** To be asked once: mediasoup copies all parameters each time. Each can be left out: encodings of simulcast, layers of SVC. */
function encodingCount({ kind, rtpParameters }: types.Producer): number {
  if (kind === 'audio') return 1;
  const encodings = rtpParameters.encodings ?? [];
  if (encodings.length > 1) return encodings.length;
  return parseScalabilityMode(encodings[0]?.scalabilityMode).spatialLayers;
}
