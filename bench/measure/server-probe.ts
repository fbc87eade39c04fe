import type { ServerUnderTest } from '../server-under-test.ts';
import { type Footprint, readFootprint } from './footprint.ts';
import { processUsage } from './process-usage.ts';
import { readServerMetrics, type ServerMetrics } from './server-metrics.ts';

/** One reading of the server's own consumption. */
export interface ServerReading {
  /** ms on the machine clock when the reading began */
  at: number;
  /** ms of CPU since its start, each worker */
  workerCpuMs: number[];
  workerResidentOctets: number | undefined;
  nodeCpuMs: number | undefined;
  nodeResidentOctets: number | undefined;
}

/** Reads what the server has used: from /proc when it runs here, else from its metrics. */
export class ServerProbe {
  readonly #server: ServerUnderTest;
  #worstLoopP99: number | undefined;

  constructor(server: ServerUnderTest) {
    this.#server = server;
  }

  read(now: number): ServerReading {
    const { pid, workerPids } = this.#server;
    const node = pid === undefined ? undefined : processUsage(pid);
    const workers = workerPids.map((worker) => processUsage(worker));
    return {
      at: now,
      workerCpuMs: workers.map((worker) => worker?.cpuMs ?? 0),
      workerResidentOctets:
        workers.length === 0 ? undefined : sum(workers.map((one) => one?.residentOctets ?? 0)),
      nodeCpuMs: node?.cpuMs,
      nodeResidentOctets: node?.residentOctets,
    };
  }

  /** Like read(), but asks the metrics page where there is no process to look at. */
  async readRemote(now: number): Promise<ServerReading | undefined> {
    const { pid, workerPids } = this.#server;
    if (pid !== undefined || workerPids.length > 0) return this.read(now);
    const metrics = await this.#page();
    const workerSeconds = metrics?.get('plenum_media_worker_cpu_seconds_total');
    if (!metrics || workerSeconds === undefined) return undefined;
    const nodeSeconds = metrics.get('plenum_process_cpu_seconds_total');
    return {
      at: now,
      workerCpuMs: [workerSeconds * 1000],
      workerResidentOctets: metrics.get('plenum_media_worker_resident_memory_bytes'),
      nodeCpuMs: nodeSeconds === undefined ? undefined : nodeSeconds * 1000,
      nodeResidentOctets: metrics.get('plenum_process_resident_memory_bytes'),
    };
  }

  /** @returns undefined where nobody can look into the server */
  weigh(when: Pick<Footprint, 'second' | 'moment' | 'participants'>): Promise<Footprint | undefined> {
    return readFootprint(this.#server, when);
  }

  /** The server's own event-loop delay since the last call, ms: the worst p99 told. @returns undefined without a metrics page */
  async eventLoopP99Ms(): Promise<number | undefined> {
    await this.#page();
    const worst = this.#worstLoopP99;
    this.#worstLoopP99 = undefined;
    return worst === undefined ? undefined : worst * 1000;
  }

  /** The page's delay starts anew with each reading, so every reading must be noted. */
  async #page(): Promise<ServerMetrics | undefined> {
    const metrics = await readServerMetrics(this.#server.metricsUrl);
    const p99 = metrics?.get('plenum_nodejs_eventloop_lag_p99_seconds');
    if (p99 !== undefined) this.#worstLoopP99 = Math.max(this.#worstLoopP99 ?? 0, p99);
    return metrics;
  }

  /** Empty for a server that does not run here. */
  get workerPids(): readonly number[] {
    return this.#server.workerPids;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
