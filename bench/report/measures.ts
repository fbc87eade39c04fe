import { type MeasureGroup, one, percentiles, row } from './measure.ts';
import { memoryMeasures } from './memory-measures.ts';

export const joining: MeasureGroup = {
  name: 'Joining (ms from the first attempt to connect)',
  note: 'p50 / p95 / p99 / max',
  rows: [
    percentiles('in the room', 'less', ({ join }) => join?.room),
    percentiles('first packet received', 'less', ({ join }) => join?.firstPacket),
    percentiles('first whole picture', 'less', ({ join }) => join?.firstFrame),
    percentiles('resumed after a break', 'less', ({ join }) => join?.resumed),
    row(
      'event-loop delay p99 meanwhile',
      one('ms', 'less', ({ join }) => join?.eventLoopP99Ms),
    ),
  ],
};

const media: MeasureGroup = {
  name: 'Media',
  rows: [
    row(
      'measured',
      one('s', 'neither', ({ measured: m }) => m?.seconds),
      one('pieces', 'neither', ({ measured: m }) => m?.participants, 'participants'),
    ),
    row(
      'in',
      one('packets/s', 'neither', ({ measured: m }) => m?.traffic?.inPacketsPerSecond),
      one('Mbit/s', 'neither', ({ measured: m }) => m?.traffic?.inMbitPerSecond),
    ),
    row(
      'out',
      one('packets/s', 'more', ({ measured: m }) => m?.traffic?.outPacketsPerSecond),
      one('Mbit/s', 'more', ({ measured: m }) => m?.traffic?.outMbitPerSecond),
    ),
    row(
      'pictures received',
      one('/s', 'more', ({ measured: m }) => m?.traffic?.videoFramesPerSecond),
    ),
    row(
      'beside them, both ways',
      one('/s', 'neither', ({ measured: m }) => m?.traffic?.probePacketsPerSecond, 'probes'),
      one('/s', 'neither', ({ measured: m }) => m?.traffic?.controlPacketsPerSecond, 'RTCP'),
    ),
    row(
      'loss after repair',
      one('%', 'less', ({ measured: m }) => m?.loss?.percent),
      one('pieces', 'less', ({ measured: m }) => m?.loss?.packets, 'packets'),
      one('pieces', 'neither', ({ measured: m }) => m?.loss?.recoveredPackets, 'recovered'),
      one('pieces', 'less', ({ measured: m }) => m?.loss?.askedAgain, 'NACKs'),
      one('pieces', 'less', ({ measured: m }) => m?.loss?.keyFramesAskedFor, 'PLIs'),
    ),
    row(
      'repair on the way in',
      one('pieces', 'less', ({ measured: m }) => m?.loss?.askedAgainByServer, 'NACKs from the server'),
      one('pieces', 'neither', ({ measured: m }) => m?.loss?.sentAgainToServer, 'packets sent again'),
    ),
  ],
};

const latency: MeasureGroup = {
  name: 'Forwarding latency (ms)',
  note: 'p50 / p95 / p99 / max',
  rows: [
    percentiles('audio', 'less', ({ measured }) => measured?.latency?.audio),
    percentiles('video', 'less', ({ measured }) => measured?.latency?.video),
    percentiles('by retransmission', 'less', ({ measured }) => measured?.latency?.retransmitted),
    percentiles('floor: the harness alone', 'neither', ({ measured }) => measured?.latency?.floor),
  ],
};

const server: MeasureGroup = {
  name: 'Server',
  rows: [
    row(
      'workers',
      one('pieces', 'neither', ({ measured: m }) => m?.server?.workers),
    ),
    row(
      'worker CPU of a core',
      one('%', 'less', ({ measured: m }) => m?.server?.workerCpuPercent),
      one('%', 'less', ({ measured: m }) => m?.server?.busiestWorkerPercent, 'busiest'),
    ),
    // µs per packet is ms per 1,000.
    row(
      'worker CPU per packet out',
      one('µs', 'less', ({ measured: m }) => m?.server?.microsecondsPerForwardedPacket),
      one('µs', 'less', ({ measured: m }) => m?.server?.microsecondsPerPacket, 'in or out'),
    ),
    row(
      'Node CPU of a core',
      one('%', 'less', ({ measured: m }) => m?.server?.nodeCpuPercent),
    ),
    row(
      'event-loop delay p99',
      one('ms', 'less', ({ measured: m }) => m?.server?.nodeEventLoopP99Ms),
    ),
    row(
      'RSS',
      one('octets', 'less', ({ measured: m }) => m?.server?.nodeResidentOctets, 'Node'),
      one('octets', 'less', ({ measured: m }) => m?.server?.workerResidentOctets, 'workers'),
    ),
    row(
      'RSS growth per participant',
      one('octets', 'less', ({ measured: m }) => m?.server?.nodeOctetsPerParticipant, 'Node'),
      one('octets', 'less', ({ measured: m }) => m?.server?.workerOctetsPerParticipant, 'workers'),
    ),
  ],
};

const signalling: MeasureGroup = {
  name: 'Signalling',
  rows: [
    row(
      'per participant, with joining',
      one('pieces', 'less', ({ measured: m }) => m?.signalling?.messagesPerParticipant, 'messages'),
      one('octets', 'less', ({ measured: m }) => m?.signalling?.octetsPerParticipant),
    ),
    row(
      'per participant and minute',
      one('pieces', 'less', ({ measured: m }) => m?.signalling?.messagesPerParticipantMinute, 'messages'),
      one('octets', 'less', ({ measured: m }) => m?.signalling?.octetsPerParticipantMinute),
    ),
  ],
};

const harness: MeasureGroup = {
  name: 'Harness',
  rows: [
    row(
      'load processes',
      one('pieces', 'neither', ({ measured: m }) => m?.harness?.processes),
      one('%', 'neither', ({ measured: m }) => m?.harness?.cpuPercent, 'CPU of a core'),
      one('octets', 'neither', ({ measured: m }) => m?.harness?.residentOctets, 'RSS'),
    ),
    row(
      'keeping up (p99)',
      one('ms', 'neither', ({ measured: m }) => m?.harness?.latenessP99Ms, 'packets late by'),
      one('ms', 'neither', ({ measured: m }) => m?.harness?.loopDelayP99Ms, 'loop delay'),
      one('%', 'neither', ({ measured: m }) => m?.harness?.busiestLoopPercent, 'busiest loop'),
    ),
    row(
      'waiting in sockets, at most',
      one('octets', 'neither', ({ measured: m }) => m?.sockets?.serverWaitingOctets, 'server'),
      one('octets', 'neither', ({ measured: m }) => m?.sockets?.harnessWaitingOctets, 'clients'),
    ),
    row(
      'lost at full sockets',
      one('pieces', 'less', ({ measured: m }) => m?.sockets?.serverDropped, 'by the server'),
      one('pieces', 'neither', ({ measured: m }) => m?.sockets?.harnessDropped, 'by clients'),
    ),
    row(
      'machine',
      one('%', 'neither', ({ measured: m }) => m?.machine?.busyPercent, 'busy'),
      one('cores', 'neither', ({ measured: m }) => m?.machine?.otherCores, 'other programs'),
    ),
  ],
};

/** Everything that is shown of a run and compared between runs: one list for terminal, HTML and comparison. */
export const measureGroups: readonly MeasureGroup[] = [
  joining,
  media,
  latency,
  server,
  memoryMeasures,
  signalling,
  harness,
];
