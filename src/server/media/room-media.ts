import type { types } from 'mediasoup';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import { Queue } from '../../base/queue.ts';
import { Refusal } from '../../protocol/errors.ts';
import type { MediaSource, RtpCapabilities } from '../../protocol/media.ts';
import type { ProducerId, ProducerInfo } from '../../protocol/messages.ts';
import { Adaptation } from './adaptation.ts';
import { Endpoint, type EndpointRoom, type TransportChange } from './endpoint.ts';
import { Pipes } from './pipes.ts';
import type { Received } from './received.ts';
import { RoomRouter } from './room-router.ts';
import type { MediaSettings } from './settings.ts';
import type { Traffic } from './traffic.ts';
import type { Wishes } from './wishes.ts';
import type { MediaWorker, Workers } from './workers.ts';

export interface RoomMediaParts {
  workers: Workers;
  settings: MediaSettings;
  /** ms between two looks at who speaks */
  speakerIntervalMs: number;
  traffic: Traffic;
  transportChanged: (change: TransportChange) => void;
  clock: Clock;
  log: Log;
}

export interface ProducerLevel {
  producerId: ProducerId;
  /** dBov, -127 to 0 */
  volume: number;
}

interface RoomMediaEvents {
  producerOpened: { endpoint: Endpoint; producer: ProducerInfo };
  producerClosed: { endpoint: Endpoint; producerId: ProducerId };
  /** Loudest first; empty: silence. */
  speakers: { levels: ProducerLevel[]; dominant: ProducerId | undefined };
  /** Its worker died. The endpoint is closed; its participant needs a new one. */
  endpointLost: { endpoint: Endpoint };
}

/** The media of one room over as many workers as it needs. */
export class RoomMedia implements EndpointRoom {
  readonly events: Emitter<RoomMediaEvents>;
  readonly adaptation: Adaptation;
  readonly #parts: RoomMediaParts;
  readonly #routers = new Set<RoomRouter>();
  readonly #endpoints = new Set<Endpoint>();
  readonly #pipes: Pipes;
  readonly #placing = new Queue();
  readonly #owners = new Map<ProducerId, Endpoint>();
  readonly #levels = new Map<RoomRouter, ProducerLevel[]>();
  readonly #stopWatching: () => void;
  #dominant: ProducerId | undefined;
  #closed = false;

  /** @throws Refusal `media-unavailable` while no worker is alive */
  static async create(parts: RoomMediaParts): Promise<RoomMedia> {
    const media = new RoomMedia(parts);
    try {
      await media.#place();
      return media;
    } catch (error) {
      media.close();
      throw error;
    }
  }

  private constructor(parts: RoomMediaParts) {
    this.#parts = parts;
    this.#pipes = new Pipes(parts.log);
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    this.adaptation = new Adaptation({
      settings: parts.settings,
      endpoints: () => this.endpoints,
      ownerOf: (producerId) => this.#owners.get(producerId),
      clock: parts.clock,
      log: parts.log,
    });
    this.#stopWatching = parts.workers.events.on('lost', ({ worker }) => this.#workerLost(worker));
  }

  /** The same on every worker. */
  async routerCapabilities(): Promise<RtpCapabilities> {
    const { router } = await this.#placing.add(() => this.#place());
    return router.rtpCapabilities as RtpCapabilities;
  }

  /** Routers of this room: more than one when it spans workers. */
  get routerCount(): number {
    return this.#routers.size;
  }

  get pipeCount(): number {
    return this.#pipes.count;
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#endpoints];
  }

  /** A place for one more participant, on the worker that has room for it. */
  createEndpoint(log: Log, wishes: Wishes): Promise<Endpoint> {
    // One at a time: two that choose at once would both take the last place.
    return this.#placing.add(async () => {
      const roomRouter = await this.#place();
      const { settings, traffic } = this.#parts;
      const endpoint = new Endpoint({ room: this, roomRouter, settings, traffic, wishes, log });
      this.#endpoints.add(endpoint);
      return endpoint;
    });
  }

  async bring(
    producerId: ProducerId,
    to: RoomRouter,
  ): Promise<{ source: MediaSource; release: () => void } | undefined> {
    const owner = this.#owners.get(producerId);
    const source = owner?.sourceOf(producerId);
    if (!owner || !source) return undefined;
    if (owner.roomRouter === to) return { source, release: () => undefined };
    const release = await this.#pipes.acquire(producerId, owner.roomRouter.router, to.router);
    return { source, release };
  }

  downlinkOpened(endpoint: Endpoint, transport: types.WebRtcTransport): void {
    this.adaptation.open(endpoint, transport);
  }

  consumersStarted(endpoint: Endpoint): Promise<void> {
    return this.adaptation.started(endpoint);
  }

  producerOpened(endpoint: Endpoint, producer: ProducerInfo): void {
    this.#owners.set(producer.id, endpoint);
    if (producer.source === 'microphone') this.adaptation.microphonesChanged();
    this.events.emit('producerOpened', { endpoint, producer });
  }

  sourcePaused(endpoint: Endpoint, { isVideo }: Received): void {
    if (isVideo) void this.adaptation.downlinkOf(endpoint)?.arrange();
  }

  producerPaused(endpoint: Endpoint, producerId: ProducerId): void {
    if (endpoint.sourceOf(producerId) === 'microphone') this.adaptation.microphonesChanged();
  }

  producerClosed(endpoint: Endpoint, producerId: ProducerId): void {
    this.#owners.delete(producerId);
    this.adaptation.producerClosed(producerId);
    this.adaptation.microphonesChanged();
    if (this.#dominant === producerId) this.#dominant = undefined;
    this.events.emit('producerClosed', { endpoint, producerId });
  }

  endpointClosed(endpoint: Endpoint): void {
    this.#endpoints.delete(endpoint);
    this.adaptation.forget(endpoint);
  }

  transportChanged(change: TransportChange): void {
    this.#parts.transportChanged(change);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopWatching();
    this.adaptation.close();
    for (const endpoint of this.endpoints) endpoint.close();
    for (const roomRouter of this.#routers) roomRouter.close();
    this.#routers.clear();
    this.events.removeAll();
  }

  /** The room's own router with most room; a router on a further worker when all of them are over the budget. */
  async #place(): Promise<RoomRouter> {
    const own = [...this.#routers].filter((router) => router.isAlive);
    const best = own.sort((a, b) => a.worker.load - b.worker.load)[0];
    const budget = this.#parts.settings.consumersPerWorker;
    if (best && best.worker.load + this.#expectedConsumers() <= budget) return best;
    if (!best) await this.#parts.workers.anyAlive();
    const taken = new Set(own.map((router) => router.worker));
    if (best && taken.size >= this.#parts.workers.all.length) return best;
    const worker = this.#parts.workers.leastLoaded(taken);
    // Everything is over the budget: staying together costs less than another pipe for each producer.
    if (best && worker.load >= best.worker.load) return best;
    return this.#open(worker);
  }

  /** What a newcomer will receive at most. */
  #expectedConsumers(): number {
    const { voicesAbove, voicePlaces, shownVideos } = this.#parts.settings.adaptation;
    let [microphones, others] = [0, 0];
    for (const [producerId, endpoint] of this.#owners) {
      if (endpoint.sourceOf(producerId) === 'microphone') microphones += 1;
      else others += 1;
    }
    const voices = microphones > voicesAbove ? voicePlaces : microphones;
    return voices + Math.min(others, shownVideos);
  }

  async #open(worker: MediaWorker): Promise<RoomRouter> {
    const { settings, speakerIntervalMs, log } = this.#parts;
    const opened = await RoomRouter.create(
      worker,
      settings,
      speakerIntervalMs,
      () => this.#expectedConsumers(),
      log,
    );
    if (this.#closed || !opened.isAlive) {
      opened.close();
      throw new Refusal('media-unavailable');
    }
    this.#routers.add(opened);
    opened.events.on('levels', (levels) => {
      this.#levels.set(opened, levels);
      this.#speakersChanged();
    });
    opened.events.on('dominant', ({ producerId }) => {
      this.#dominant = producerId;
      this.#speakersChanged();
    });
    return opened;
  }

  #speakersChanged(): void {
    const levels = [...this.#levels.values()].flat().sort((a, b) => b.volume - a.volume);
    this.adaptation.speakersChanged(levels, this.#dominant);
    this.events.emit('speakers', { levels, dominant: this.#dominant });
  }

  #workerLost(worker: MediaWorker): void {
    for (const roomRouter of [...this.#routers]) {
      if (roomRouter.worker !== worker) continue;
      this.#routers.delete(roomRouter);
      this.#levels.delete(roomRouter);
      for (const endpoint of this.endpoints) {
        if (endpoint.roomRouter !== roomRouter) continue;
        // Its producers are closed already: mediasoup closes everything of a dead worker before it tells that it died.
        endpoint.close();
        this.events.emit('endpointLost', { endpoint });
      }
      roomRouter.close();
    }
  }
}
