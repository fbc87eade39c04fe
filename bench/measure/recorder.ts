import type { Fleet } from '../fleet.ts';
import type { LoadSample } from '../load-messages.ts';
import type { Measured, ServerMeasured, TimelineEntry } from '../report/result.ts';
import type { Footprint, FootprintMoment } from './footprint.ts';
import { Histogram } from './histogram.ts';
import { machineNow } from './machine-clock.ts';
import { addCounters, type MediaCounters, subtractCounters } from './media-meter.ts';
import { percentilesIn } from './percentiles.ts';
import { machineUsage } from './process-usage.ts';
import type { ServerProbe, ServerReading } from './server-probe.ts';
import { type SocketQueues, SocketWatch } from './socket-queues.ts';
import { difference, loss, serverCpu, signalling, sum, traffic, workerCpu } from './summaries.ts';

/** One moment: what all load processes and the server have counted so far. */
interface Reading {
  at: number;
  counters: MediaCounters;
  harnessCpuMs: number;
  server: ServerReading | undefined;
  machine: { busyMs: number; idleMs: number };
  serverSockets: SocketQueues;
  harnessSockets: SocketQueues;
}
/** What accumulates from reading to reading. */
interface Window {
  from: Reading;
  audio: Histogram;
  video: Histogram;
  retransmitted: Histogram;
  floor: Histogram;
  lateness: Histogram;
  loopDelayP99Ms: number;
  busiestLoop: number;
  serverWaiting: number[];
  harnessWaiting: number[];
  residentOctets: number;
}

/** Reads harness and server together, second by second, and sums up the measured window. */
export class Recorder {
  readonly timeline: TimelineEntry[] = [];
  /** In the order in which they were taken. */
  readonly footprints: Footprint[] = [];
  readonly #fleet: Fleet;
  readonly #probe: ServerProbe;
  readonly #serverSockets: SocketWatch;
  readonly #harnessSockets: SocketWatch;
  readonly #startedAt = machineNow();
  #last: Reading | undefined;
  #window: Window | undefined;
  /** The server with nobody in it. */
  #idle: ServerReading | undefined;

  constructor(fleet: Fleet, probe: ServerProbe) {
    this.#fleet = fleet;
    this.#probe = probe;
    this.#serverSockets = new SocketWatch(probe.workerPids);
    this.#harnessSockets = new SocketWatch(fleet.pids);
  }

  async begin(): Promise<void> {
    this.#idle = await this.#probe.readRemote(machineNow());
    await this.tick('start');
    this.timeline.length = 0;
  }

  /** One reading. @returns the rates since the last */
  async tick(step: string): Promise<TimelineEntry> {
    const samples = await this.#fleet.sample();
    const reading = await this.#read(samples);
    const recent = { audio: new Histogram(), video: new Histogram() };
    for (const sample of samples) {
      recent.audio.merge(sample.latency.audio);
      recent.video.merge(sample.latency.video);
    }
    if (this.#window) accumulate(this.#window, samples, reading);
    const entry = this.#entry(step, this.#last ?? reading, reading, recent);
    this.#last = reading;
    this.timeline.push(entry);
    return entry;
  }

  /** The server's event-loop delay since this was last asked or a window began, ms: the worst p99. */
  eventLoopP99Ms(): Promise<number | undefined> {
    return this.#probe.eventLoopP99Ms();
  }

  /** What the server holds now; takes it a garbage collection. */
  async weigh(moment: FootprintMoment, participants: number): Promise<void> {
    const second = Math.round((machineNow() - this.#startedAt) / 100) / 10;
    const footprint = await this.#probe.weigh({ second, moment, participants });
    if (footprint) this.footprints.push(footprint);
  }

  /** Everything from the last reading on is measured. */
  async beginWindow(): Promise<void> {
    await this.#probe.eventLoopP99Ms();
    this.#serverSockets.refresh();
    this.#harnessSockets.refresh();
    await this.tick('measuring');
    this.#window = {
      from: this.#last as Reading,
      audio: new Histogram(),
      video: new Histogram(),
      retransmitted: new Histogram(),
      floor: new Histogram(),
      lateness: new Histogram(),
      loopDelayP99Ms: 0,
      busiestLoop: 0,
      serverWaiting: [],
      harnessWaiting: [],
      residentOctets: 0,
    };
  }

  /** @param participants in the room during the window */
  async endWindow(participants: number): Promise<Measured> {
    const window = this.#window;
    const to = this.#last;
    if (!window || !to) throw new Error('no window was begun');
    this.#window = undefined;
    const { from } = window;
    const seconds = (to.at - from.at) / 1000;
    const counted = subtractCounters(to.counters, from.counters);
    const eventLoopP99Ms = await this.#probe.eventLoopP99Ms();
    const machineMs = to.machine.busyMs - from.machine.busyMs;
    const idleMs = to.machine.idleMs - from.machine.idleMs;
    const harnessCpuMs = to.harnessCpuMs - from.harnessCpuMs;
    const ours = harnessCpuMs + serverCpu(from.server, to.server);
    return {
      seconds,
      participants,
      traffic: traffic(counted, seconds),
      loss: loss(counted),
      latency: {
        audio: percentilesIn(window.audio),
        video: percentilesIn(window.video),
        retransmitted: percentilesIn(window.retransmitted),
        floor: percentilesIn(window.floor),
      },
      server: this.#server(from, to, counted, participants, eventLoopP99Ms),
      signalling: signalling(to.counters, counted, participants, seconds),
      harness: {
        processes: this.#fleet.size,
        cpuPercent: (harnessCpuMs / seconds) * 0.1,
        busiestLoopPercent: window.busiestLoop * 100,
        loopDelayP99Ms: window.loopDelayP99Ms,
        latenessP99Ms: window.lateness.percentile(0.99) ?? 0,
        skippedFrames: counted.skippedFrames,
        residentOctets: window.residentOctets,
      },
      sockets: {
        serverDropped: to.serverSockets.dropped - from.serverSockets.dropped,
        serverWaitingOctets: Math.max(0, ...window.serverWaiting),
        harnessDropped: to.harnessSockets.dropped - from.harnessSockets.dropped,
        harnessWaitingOctets: Math.max(0, ...window.harnessWaiting),
      },
      machine: {
        busyPercent: (machineMs / Math.max(1, machineMs + idleMs)) * 100,
        otherCores: Math.max(0, machineMs - ours) / (seconds * 1000),
      },
    };
  }

  async #read(samples: readonly LoadSample[]): Promise<Reading> {
    const at = machineNow();
    return {
      at,
      counters: addCounters(samples.map(({ counters }) => counters)),
      harnessCpuMs: samples.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      server: await this.#probe.readRemote(at),
      machine: machineUsage(),
      serverSockets: this.#serverSockets.read(),
      harnessSockets: this.#harnessSockets.read(),
    };
  }

  #entry(
    step: string,
    from: Reading,
    to: Reading,
    recent: { audio: Histogram; video: Histogram },
  ): TimelineEntry {
    const seconds = Math.max(0.001, (to.at - from.at) / 1000);
    const counted = subtractCounters(to.counters, from.counters);
    const rates = traffic(counted, seconds);
    const main = recent.video.total > 0 ? recent.video : recent.audio;
    const both = from.server && to.server;
    const node = to.server?.nodeCpuMs;
    const nodeBefore = from.server?.nodeCpuMs;
    return {
      second: Math.round((to.at - this.#startedAt) / 100) / 10,
      step,
      ready: this.#fleet.reports.filter(({ state }) => state === 'ready').length,
      inPacketsPerSecond: rates.inPacketsPerSecond,
      outPacketsPerSecond: rates.outPacketsPerSecond,
      inMbitPerSecond: rates.inMbitPerSecond,
      outMbitPerSecond: rates.outMbitPerSecond,
      lossPercent: loss(counted).percent,
      latencyP50Ms: main.percentile(0.5),
      latencyP99Ms: main.percentile(0.99),
      workerCpuPercent: both ? sum(workerCpu(from.server, to.server)) / seconds / 10 : undefined,
      nodeResidentOctets: to.server?.nodeResidentOctets,
      workerResidentOctets: to.server?.workerResidentOctets,
      nodeCpuPercent:
        node === undefined || nodeBefore === undefined ? undefined : (node - nodeBefore) / seconds / 10,
    };
  }

  #server(
    from: Reading,
    to: Reading,
    counted: MediaCounters,
    participants: number,
    eventLoopP99Ms: number | undefined,
  ): ServerMeasured | undefined {
    if (!from.server || !to.server) return undefined;
    const seconds = (to.server.at - from.server.at) / 1000;
    const perWorker = workerCpu(from.server, to.server);
    const workerMs = sum(perWorker);
    const forwarded = counted.receivedPackets;
    const handled = forwarded + counted.sentPackets;
    const nodeMs = difference(to.server.nodeCpuMs, from.server.nodeCpuMs);
    const perParticipant = (now: number | undefined, idle: number | undefined) => {
      const grown = difference(now, idle);
      return grown === undefined || participants === 0 ? undefined : grown / participants;
    };
    return {
      workers: Math.max(this.#probe.workerPids.length, perWorker.length),
      workerCpuPercent: workerMs / seconds / 10,
      busiestWorkerPercent: Math.max(0, ...perWorker) / seconds / 10,
      microsecondsPerForwardedPacket: forwarded === 0 ? undefined : (workerMs * 1000) / forwarded,
      microsecondsPerPacket: handled === 0 ? undefined : (workerMs * 1000) / handled,
      nodeCpuPercent: nodeMs === undefined ? undefined : nodeMs / seconds / 10,
      nodeEventLoopP99Ms: eventLoopP99Ms,
      nodeResidentOctets: to.server.nodeResidentOctets,
      workerResidentOctets: to.server.workerResidentOctets,
      nodeOctetsPerParticipant: perParticipant(to.server.nodeResidentOctets, this.#idle?.nodeResidentOctets),
      workerOctetsPerParticipant: perParticipant(
        to.server.workerResidentOctets,
        this.#idle?.workerResidentOctets,
      ),
    };
  }
}

function accumulate(window: Window, samples: readonly LoadSample[], reading: Reading): void {
  window.serverWaiting.push(reading.serverSockets.waitingOctets);
  window.harnessWaiting.push(reading.harnessSockets.waitingOctets);
  let resident = 0;
  for (const sample of samples) {
    window.audio.merge(sample.latency.audio);
    window.video.merge(sample.latency.video);
    window.retransmitted.merge(sample.latency.retransmitted);
    window.floor.merge(sample.floor);
    window.lateness.merge(sample.lateness);
    window.loopDelayP99Ms = Math.max(window.loopDelayP99Ms, sample.loopDelayP99Ms);
    window.busiestLoop = Math.max(window.busiestLoop, sample.loopBusy);
    resident += sample.residentOctets;
  }
  window.residentOctets = resident;
}
