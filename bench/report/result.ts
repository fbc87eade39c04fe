import type { Capacity } from '../capacity.ts';
import type { Environment } from '../environment.ts';
import type { Footprint } from '../measure/footprint.ts';
import type { Memory, Slopes } from '../measure/memory.ts';

/** ms */
export interface Percentiles {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** What one run has found: what is printed and written as JSON. Rates are of the measured window, octets are of RTP (without SRTP, UDP and IP). */
export interface BenchResult {
  format: 1;
  scenario: string;
  numbers: Readonly<Record<string, number>>;
  camera: { width: number; height: number; framesPerSecond: number };
  environment: Environment;
  verdict: Verdict;
  clients: { planned: number; ready: number; failed: { index: number; reason: string }[] };
  /** ms since the client began to connect */
  join: {
    room: Percentiles | undefined;
    firstPacket: Percentiles | undefined;
    firstFrame: Percentiles | undefined;
    /** after all signalling had broken: ms since it was possible again */
    resumed?: Percentiles | undefined;
    /** the server's, ms, while they joined; contains the sampling interval of 10 ms */
    eventLoopP99Ms?: number | undefined;
  };
  /** What the server holds per participant, and what it gives back. Not known of servers that were not started here. */
  memory?: Memory | undefined;
  /** Of a soak: what grows with time. */
  slopes?: Slopes | undefined;
  footprints?: Footprint[];
  /** Of a search for the largest size: what was tried. The rest of the result is that of the largest that was carried. */
  capacity?: Capacity;
  measured: Measured | undefined;
  /** One entry a second, the join phase included. Empty when the scenario was repeated: each run has its own. */
  timeline: TimelineEntry[];
  /** The runs of a repeated scenario; all numbers besides are medians of theirs, leaf by leaf. */
  repeats?: BenchResult[];
}

/** `valid`, or why the numbers do not speak of the server. */
export interface Verdict {
  state: 'valid' | 'harness-limited' | 'invalid';
  reasons: string[];
  /** What should be known when reading the numbers. */
  remarks: string[];
}

export interface Measured {
  seconds: number;
  participants: number;
  traffic: {
    inPacketsPerSecond: number;
    inMbitPerSecond: number;
    outPacketsPerSecond: number;
    outMbitPerSecond: number;
    /** bandwidth probes and padding, besides the above */
    probePacketsPerSecond: number;
    controlPacketsPerSecond: number;
    videoFramesPerSecond: number;
  };
  loss: {
    /** after retransmission */
    percent: number;
    packets: number;
    recoveredPackets: number;
    duplicatePackets: number;
    /** packets named in receivers' NACKs; late ones that came after all are among them */
    askedAgain: number;
    /** the way to the server: NACKs from it, answered by retransmissions */
    askedAgainByServer: number;
    sentAgainToServer: number;
    keyFramesAskedFor: number;
  };
  /** Sender to receiver through the server; floor: the same harness without a server. */
  latency: {
    audio: Percentiles | undefined;
    video: Percentiles | undefined;
    retransmitted: Percentiles | undefined;
    floor: Percentiles | undefined;
  };
  server: ServerMeasured | undefined;
  signalling: {
    /** per participant, from the first join to the end of the measurement */
    messagesPerParticipant: number;
    octetsPerParticipant: number;
    /** per participant and minute within the measurement */
    messagesPerParticipantMinute: number;
    octetsPerParticipantMinute: number;
  };
  harness: {
    processes: number;
    /** per cent of one core, all processes */
    cpuPercent: number;
    busiestLoopPercent: number;
    loopDelayP99Ms: number;
    latenessP99Ms: number;
    skippedFrames: number;
    residentOctets: number;
  };
  machine: {
    busyPercent: number;
    /** cores used by what is neither server nor harness */
    otherCores: number;
  };
  /** Where packets piled up: datagrams lost at full receive buffers, and the most that waited when looked at once a second. */
  sockets: {
    serverDropped: number;
    serverWaitingOctets: number;
    harnessDropped: number;
    harnessWaitingOctets: number;
  };
}

export interface ServerMeasured {
  workers: number;
  /** per cent of one core, all workers */
  workerCpuPercent: number;
  busiestWorkerPercent: number;
  /** All worker CPU, divided by the packets that receivers got: µs per packet, ms per 1,000. */
  microsecondsPerForwardedPacket: number | undefined;
  /** The same, divided by the packets that came in or went out. */
  microsecondsPerPacket: number | undefined;
  nodeCpuPercent: number | undefined;
  nodeEventLoopP99Ms: number | undefined;
  nodeResidentOctets: number | undefined;
  workerResidentOctets: number | undefined;
  /** growth since the server was ready, divided by the participants */
  nodeOctetsPerParticipant: number | undefined;
  workerOctetsPerParticipant: number | undefined;
}

export interface TimelineEntry {
  /** since the run began */
  second: number;
  step: string;
  ready: number;
  inPacketsPerSecond: number;
  outPacketsPerSecond: number;
  inMbitPerSecond: number;
  outMbitPerSecond: number;
  lossPercent: number;
  latencyP50Ms: number | undefined;
  latencyP99Ms: number | undefined;
  workerCpuPercent: number | undefined;
  nodeCpuPercent: number | undefined;
  nodeEventLoopP99Ms?: number | undefined;
  nodeResidentOctets?: number | undefined;
  workerResidentOctets?: number | undefined;
}
