import type { types } from 'mediasoup';
import type { Clock } from '../../../base/clock.ts';
import { randomId } from '../../../base/ids.ts';
import { Lifecycle } from '../../../base/lifecycle.ts';
import type { Log } from '../../../base/log.ts';
import { type CloseReason, Refusal } from '../../../protocol/errors.ts';
import type { DtlsParameters, MediaKind, RtpParameters } from '../../../protocol/media.ts';
import type { CheckInfo, CheckPathCounts, TransportId } from '../../../protocol/messages.ts';
import { routerCodecs } from '../codecs.ts';
import { refused } from '../refused.ts';
import type { MediaSettings } from '../settings.ts';
import type { MediaWorker, Workers } from '../workers.ts';
import { CheckPath } from './check-path.ts';

export interface CheckParts {
  settings: MediaSettings;
  workers: Workers;
  clock: Clock;
  log: Log;
}

const watchMs = 1000;

/**
 * Somebody who tries the ways to the media workers. It is worth one participant at the most: routers of its own that
 * nothing else is on, a bit rate, a number of paths, and an end.
 */
export class Check {
  readonly lifecycle: Lifecycle<CloseReason>;
  /** Stands where a participant's id would. */
  readonly id = randomId(12);
  readonly #parts: CheckParts;
  readonly #workers: readonly MediaWorker[];
  readonly #routers = new Map<MediaWorker, Promise<types.Router>>();
  readonly #paths = new Map<TransportId, CheckPath>();
  #opened = 0;

  /** @throws Refusal `media-unavailable` */
  constructor(parts: CheckParts) {
    const { settings, clock } = parts;
    this.#parts = parts;
    // In the order of their ports: what a check finds does not depend on who else is here.
    this.#workers = parts.workers.all.filter((worker) => worker.isAlive);
    if (this.#workers.length === 0) throw new Refusal('media-unavailable');
    const stops = [
      clock.after(settings.check.maxSeconds * 1000, () => void this.lifecycle.close('check-over')),
      clock.every(watchMs, () => void this.#watch()),
    ];
    this.lifecycle = new Lifecycle(() => {
      for (const stop of stops) stop();
      this.#paths.clear();
      // Closes the transports on it too. One that is being made closes itself when it is there.
      for (const router of this.#routers.values()) router.then((made) => made.close()).catch(() => undefined);
    });
  }

  /** @throws Refusal */
  info(): Promise<CheckInfo> {
    const { maxSeconds, maxBitrate, maxPaths } = this.#parts.settings.check;
    return this.#asking(async () => ({
      limitMs: maxSeconds * 1000,
      maxBitrate,
      maxPaths,
      workers: this.#workers.length,
      routerCapabilities: (await this.#router(this.#worker(0)))
        .rtpCapabilities as CheckInfo['routerCapabilities'],
    }));
  }

  /** @throws Refusal */
  open(workerIndex: number): Promise<CheckPath['info']> {
    const worker = this.#worker(workerIndex);
    const { maxPaths, maxBitrate } = this.#parts.settings.check;
    if (this.#opened >= maxPaths) throw new Refusal('too-many', 'paths');
    this.#opened += 1;
    return this.#asking(async () => {
      const router = await this.#router(worker);
      const transport = await router.createWebRtcTransport({
        webRtcServer: worker.webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: maxBitrate,
        iceConsentTimeout: this.#parts.settings.iceConsentTimeoutSeconds,
      });
      await transport.setMaxIncomingBitrate(maxBitrate);
      await transport.setMaxOutgoingBitrate(maxBitrate);
      const path = new CheckPath(transport, router, worker);
      const { info } = path;
      this.#paths.set(info.transportId, path);
      transport.observer.once('close', () => this.#paths.delete(info.transportId));
      return info;
    });
  }

  connect(transportId: TransportId, dtlsParameters: DtlsParameters): Promise<void> {
    const path = this.#path(transportId);
    return this.#asking(() => path.connect(dtlsParameters));
  }

  async echo(
    transportId: TransportId,
    kind: MediaKind,
    rtpParameters: RtpParameters,
  ): Promise<{ rtpParameters: RtpParameters }> {
    const path = this.#path(transportId);
    return { rtpParameters: await this.#asking(() => path.echo(kind, rtpParameters)) };
  }

  measure(transportId: TransportId): Promise<CheckPathCounts> {
    const path = this.#path(transportId);
    return this.#asking(() => path.measure());
  }

  closePath(transportId: TransportId): void {
    this.#path(transportId).close();
  }

  #worker(index: number): MediaWorker {
    const worker = this.#workers[index];
    if (!worker) throw new Refusal('not-found', 'worker');
    return worker;
  }

  #path(transportId: TransportId): CheckPath {
    const path = this.#paths.get(transportId);
    if (!path) throw new Refusal('not-found', 'transportId');
    return path;
  }

  #router(worker: MediaWorker): Promise<types.Router> {
    const known = this.#routers.get(worker);
    if (known) return known;
    const made = worker.createRouter(routerCodecs(this.#parts.settings.videoCodecs), () => 1);
    this.#routers.set(worker, made);
    made.catch(() => this.#routers.delete(worker));
    return made;
  }

  /** What mediasoup throws is the client's fault or the worker's death. */
  async #asking<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      if (!this.lifecycle.isOpen) throw new Refusal('media-unavailable');
      return answer;
    } catch (error) {
      throw refused(error, this.#workers[0]?.isAlive ?? false, this.#parts.log);
    }
  }

  /** The limit told to the client by congestion control is for browsers; this one is for everybody. */
  async #watch(): Promise<void> {
    const rates = await Promise.all(
      [...this.#paths.values()].map((path) => path.incomingBitrate().catch(() => 0)),
    );
    const bitrate = rates.reduce((sum, rate) => sum + rate, 0);
    // Probes and an estimate that settles overshoot for a moment.
    if (bitrate <= this.#parts.settings.check.maxBitrate * 2) return;
    this.#parts.log.info({ bitrate }, 'check sends too much; ended');
    await this.lifecycle.close('too-fast');
  }
}
