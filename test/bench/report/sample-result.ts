import type { BenchResult, Percentiles, TimelineEntry } from '../../../bench/report/result.ts';

/** A meeting of four as the bench found it once. */
export function sampleResult(changes: Partial<BenchResult> = {}): BenchResult {
  return {
    format: 1,
    scenario: 'meeting',
    numbers: { seconds: 5, settle: 5, 'join-rate': 20, participants: 4 },
    camera: { width: 1280, height: 720, framesPerSecond: 30 },
    environment: {
      date: '2026-11-27T02:56:48.218Z',
      commit: 'e1929c921737',
      cpu: 'AMD EPYC',
      cores: 2,
      memoryOctets: 25_276_502_016,
      kernel: 'Linux 6.18.44 #1 SMP PREEMPT_DYNAMIC',
      node: 'v24.21.0',
      mediasoup: '3.27.1',
      worker: 'built 3.27.1-linux-x64-debian12-f74f68f47588',
      libdatachannel: '0.24.5',
      loadBefore: 0.6,
    },
    verdict: { state: 'valid', reasons: [], remarks: [] },
    clients: { planned: 4, ready: 4, failed: [] },
    join: {
      room: times(4, 23.4, 56.1),
      firstPacket: times(4, 154, 363),
      firstFrame: times(4, 416, 487),
    },
    measured: measured(2451, 31),
    timeline: Array.from({ length: 12 }, (_, index) => entry(index + 1)),
    ...changes,
  };
}

/** @param cost µs of worker CPU per packet out */
export function measured(outPacketsPerSecond: number, cost: number): BenchResult['measured'] & object {
  return {
    seconds: 5,
    participants: 4,
    traffic: {
      inPacketsPerSecond: 1259,
      inMbitPerSecond: 9.7,
      outPacketsPerSecond,
      outMbitPerSecond: outPacketsPerSecond / 121,
      probePacketsPerSecond: 79,
      controlPacketsPerSecond: 175,
      videoFramesPerSecond: 359,
    },
    loss: {
      percent: 0.033,
      packets: 4,
      recoveredPackets: 0,
      duplicatePackets: 0,
      askedAgain: 40,
      askedAgainByServer: 0,
      sentAgainToServer: 0,
      keyFramesAskedFor: 4,
    },
    latency: {
      audio: times(807, 0.26, 1.25),
      video: times(11_450, 0.27, 1.22),
      retransmitted: undefined,
      floor: times(120, 0.2, 0.9),
    },
    server: {
      workers: 2,
      workerCpuPercent: 7.6,
      busiestWorkerPercent: 7.6,
      microsecondsPerForwardedPacket: cost,
      microsecondsPerPacket: cost * 0.66,
      nodeCpuPercent: 2.5,
      nodeEventLoopP99Ms: 10.9,
      nodeResidentOctets: 221_700_000,
      workerResidentOctets: 27_900_000,
      nodeOctetsPerParticipant: 3_900_000,
      workerOctetsPerParticipant: 1_600_000,
    },
    signalling: {
      messagesPerParticipant: 52,
      octetsPerParticipant: 11_400,
      messagesPerParticipantMinute: 96,
      octetsPerParticipantMinute: 3000,
    },
    harness: {
      processes: 1,
      cpuPercent: 19.9,
      busiestLoopPercent: 11.4,
      loopDelayP99Ms: 1,
      latenessP99Ms: 1.5,
      skippedFrames: 0,
      residentOctets: 139_800_000,
    },
    machine: { busyPercent: 14.9, otherCores: 0 },
    sockets: { serverDropped: 0, serverWaitingOctets: 0, harnessDropped: 0, harnessWaitingOctets: 2300 },
  };
}

function times(count: number, p50: number, p99: number): Percentiles {
  return { count, p50, p95: (p50 + p99) / 2, p99, max: p99 * 1.5 };
}

/** A second of it. */
export function entry(second: number): TimelineEntry {
  return {
    second,
    step: second < 2 ? '4 join' : second < 7 ? 'settling' : 'measuring',
    ready: Math.min(4, second),
    inPacketsPerSecond: 1250 + second,
    outPacketsPerSecond: 2300 + second * 10,
    inMbitPerSecond: 9.7,
    outMbitPerSecond: 20,
    lossPercent: second === 3 ? 1 : 0,
    latencyP50Ms: second < 2 ? undefined : 0.3,
    latencyP99Ms: second < 2 ? undefined : 1.2,
    workerCpuPercent: 7,
    nodeCpuPercent: 3,
  };
}
