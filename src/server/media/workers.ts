import { availableParallelism } from 'node:os';
import type { types } from 'mediasoup';
import * as mediasoup from 'mediasoup';
import { backoffDelay } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { Lifecycle } from '../../base/lifecycle.ts';
import type { Log } from '../../base/log.ts';
import { Refusal } from '../../protocol/errors.ts';
import type { AnnouncedAddresses } from '../nat/announced-addresses.ts';
import type { MediaSettings } from './settings.ts';

/**
 * All media of a worker comes through one UDP socket. The usual 208 kB hold some 90 packets of 1,200 octets: a lecture of
 * 100 viewers lost up to 7 % of its packets there. Not more than this, though: on a starved machine a longer queue is only
 * more delay. The system doubles it, and cuts it to what net.core.rmem_max and wmem_max allow.
 */
const socketBufferOctets = 1024 * 1024;

/**
 * A sender that has room shows it only when asked: while it sends less than its estimate it probes, every second instead
 * of every five, with little, and at low rates with enough octets that headers do not falsify the measure.
 * Names and defaults: alr_experiment.cc and probe_controller.cc in libwebrtc. See README.md, "A bad line".
 */
const fieldTrials = [
  'WebRTC-Bwe-AlrLimitedBackoff/Enabled/',
  'WebRTC-Bwe-AlrProbing/alr_interval:1000ms,alr_scale:1.3/',
  'WebRTC-Bwe-ProbingBehavior/min_probe_packets_sent:5,min_probe_delta:5ms,min_probe_duration:20ms,max_probe_delay:20ms/',
].join('');

/** Where workers receive media: an address of this machine and, behind a NAT, the one to tell clients beside it. */
export interface ListenAddress {
  ip: string;
  announcedAddress?: string;
}

export interface WorkersParts {
  settings: MediaSettings;
  listenAddresses: readonly ListenAddress[];
  /** Where these are reached from outside. */
  announced: AnnouncedAddresses;
  /** path of the mediasoup-worker binary */
  workerBinary: string;
  clock: Clock;
  log: Log;
}

interface WorkersEvents {
  /** The process is gone, and with it every router on it. */
  lost: { worker: MediaWorker };
  started: { worker: MediaWorker };
}

export interface WorkerStats {
  index: number;
  pid: number;
  /** µs of CPU since the worker started, all threads */
  cpuMicroseconds: number;
  /** kB, the largest resident set so far */
  maxResidentKilobytes: number;
}

/** One mediasoup worker process with its WebRtcServer: one UDP and one TCP port for all its transports. */
export class MediaWorker {
  readonly index: number;
  /** Where its ports are reached from outside. */
  readonly announced: AnnouncedAddresses;
  readonly #worker: types.Worker;
  readonly #server: types.WebRtcServer;
  /** Where it receives over UDP. */
  readonly udpPorts: readonly { ip: string; port: number }[];
  readonly #loads = new Set<() => number>();

  constructor(
    index: number,
    worker: types.Worker,
    server: types.WebRtcServer,
    udpPorts: readonly { ip: string; port: number }[],
    announced: AnnouncedAddresses,
  ) {
    this.index = index;
    this.udpPorts = udpPorts;
    this.announced = announced;
    this.#worker = worker;
    this.#server = server;
  }

  get pid(): number {
    return this.#worker.pid ?? 0;
  }

  get webRtcServer(): types.WebRtcServer {
    return this.#server;
  }

  get isAlive(): boolean {
    return !this.#worker.closed;
  }

  /** Consumers on this worker, those about to be created included. */
  get load(): number {
    let load = 0;
    for (const part of this.#loads) load += part();
    return load;
  }

  /** @param load tells how many consumers the router's room has, or will soon have, here */
  async createRouter(
    mediaCodecs: types.RouterRtpCodecCapability[],
    load: () => number,
  ): Promise<types.Router> {
    if (this.#worker.closed) throw new Refusal('media-unavailable');
    this.#loads.add(load);
    try {
      const router = await this.#worker.createRouter({ mediaCodecs });
      router.observer.once('close', () => this.#loads.delete(load));
      return router;
    } catch (error) {
      this.#loads.delete(load);
      throw error;
    }
  }

  async stats(): Promise<WorkerStats> {
    const usage = await this.#worker.getResourceUsage();
    return {
      index: this.index,
      pid: this.pid,
      cpuMicroseconds: (usage.ru_utime + usage.ru_stime) * 1000,
      maxResidentKilobytes: usage.ru_maxrss,
    };
  }

  /** Resolves when the process is gone and its ports are free. */
  async close(): Promise<void> {
    if (this.#worker.subprocessClosed) return;
    const gone = new Promise<void>((resolve) => this.#worker.once('subprocessclose', resolve));
    this.#worker.close();
    await gone;
  }
}

/** The workers of this machine. One that dies is replaced; who had routers on it learns it from `lost`. */
export class Workers {
  readonly events: Emitter<WorkersEvents>;
  readonly #parts: WorkersParts;
  readonly #workers = new Map<number, MediaWorker>();
  readonly #count: number;
  readonly #lifecycle = new Lifecycle<void>(() => this.#close());
  #deaths = 0;

  static async create(parts: WorkersParts): Promise<Workers> {
    const workers = new Workers(parts);
    try {
      await Promise.all(Array.from({ length: workers.#count }, (_, index) => workers.#start(index)));
    } catch (error) {
      await workers.close();
      throw error;
    }
    return workers;
  }

  private constructor(parts: WorkersParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    this.#count = parts.settings.workers || availableParallelism();
  }

  /** In the order of their ports, whichever of them started first: rooms are placed the same way every time. */
  get all(): readonly MediaWorker[] {
    return [...this.#workers.values()].sort((a, b) => a.index - b.index);
  }

  /** Workers there should be; fewer are alive while one is being replaced. */
  get wanted(): number {
    return this.#count;
  }

  get mediasoupVersion(): string {
    return mediasoup.version;
  }

  /** Workers that died since the start. */
  get deaths(): number {
    return this.#deaths;
  }

  /**
   * Waits while every worker is dead: a replacement takes a fraction of a second, and whoever asks now would only ask again.
   * @throws Refusal `media-unavailable` when none has started after 5 s
   */
  async anyAlive(): Promise<void> {
    if (this.all.some((worker) => worker.isAlive)) return;
    const { promise, resolve } = Promise.withResolvers<'started' | 'timeout'>();
    const stopListening = this.events.on('started', () => resolve('started'));
    const stopWaiting = this.#parts.clock.after(5000, () => resolve('timeout'));
    const outcome = await promise;
    stopListening();
    stopWaiting();
    if (outcome === 'timeout') throw new Refusal('media-unavailable');
  }

  /** @throws Refusal `media-unavailable` while no worker is alive */
  leastLoaded(except: ReadonlySet<MediaWorker> = new Set()): MediaWorker {
    let best: MediaWorker | undefined;
    for (const worker of this.all) {
      if (worker.isAlive && !except.has(worker) && (!best || worker.load < best.load)) best = worker;
    }
    if (!best) throw new Refusal('media-unavailable');
    return best;
  }

  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  async #start(index: number): Promise<void> {
    const { settings, workerBinary, log } = this.#parts;
    const worker = await mediasoup.createWorker({
      workerBin: workerBinary,
      logLevel: 'warn',
      libwebrtcFieldTrials: fieldTrials,
      appData: { index },
    });
    let server: types.WebRtcServer;
    let udpPorts: { ip: string; port: number }[];
    try {
      server = await worker.createWebRtcServer({
        listenInfos: this.#listenInfos(settings.firstPort && settings.firstPort + index),
      });
      udpPorts = (await server.dump()).udpSockets.map(({ ip, port }) => ({ ip, port }));
    } catch (error) {
      worker.close();
      throw error;
    }
    if (!this.#lifecycle.isOpen) {
      worker.close();
      return;
    }
    const mediaWorker = new MediaWorker(index, worker, server, udpPorts, this.#parts.announced);
    this.#workers.set(index, mediaWorker);
    worker.once('died', (error) => {
      this.#deaths += 1;
      this.#workers.delete(index);
      log.error({ worker: index, pid: worker.pid, error: error.message }, 'media worker died; replacing it');
      this.events.emit('lost', { worker: mediaWorker });
      void this.#replace(index, 0);
    });
    log.info(
      { worker: index, pid: worker.pid, port: settings.firstPort && settings.firstPort + index },
      'media worker runs',
    );
    this.events.emit('started', { worker: mediaWorker });
  }

  /** Tries until it works: the port of a killed process can take a moment to be free. */
  async #replace(index: number, attempt: number): Promise<void> {
    if (!this.#lifecycle.isOpen) return;
    try {
      await this.#start(index);
    } catch (error) {
      const delayMs = backoffDelay({ firstMs: 100, highestMs: 10_000, jitter: 0 }, attempt, 0);
      this.#parts.log.error(
        { worker: index, error: String(error), delayMs },
        'media worker did not start; trying again',
      );
      this.#parts.clock.after(delayMs, () => void this.#replace(index, attempt + 1));
    }
  }

  #listenInfos(port: number): types.TransportListenInfo[] {
    return this.#parts.listenAddresses.flatMap(({ ip, announcedAddress }) =>
      (['udp', 'tcp'] as const).map((protocol) => ({
        protocol,
        ip,
        ...(protocol === 'udp'
          ? { recvBufferSize: socketBufferOctets, sendBufferSize: socketBufferOctets }
          : {}),
        // mediasoup takes "no port" for any free one.
        ...(port ? { port } : {}),
        // The inner address stays a candidate: clients in the same network cannot be sure of hairpinning.
        ...(announcedAddress ? { announcedAddress, exposeInternalIp: true } : {}),
      })),
    );
  }

  async #close(): Promise<void> {
    const workers = this.all;
    this.#workers.clear();
    this.events.removeAll();
    await Promise.all(workers.map((worker) => worker.close()));
  }
}
