import type { BenchResult, Measured, Percentiles, ServerMeasured } from './result.ts';

type Row = [label: string, value: string] | { heading: string };

/** The result as people read it on a terminal. */
export function resultTable(result: BenchResult): string {
  const rows: Row[] = [...head(result), ...joining(result)];
  if (result.measured) rows.push(...measuredRows(result.measured));
  const width = Math.max(...rows.map((row) => ('heading' in row ? 0 : row[0].length)));
  const lines = rows.map((row) =>
    'heading' in row ? `\n${row.heading}` : `  ${row[0].padEnd(width)}  ${row[1]}`,
  );
  return `${[...lines, ...closing(result)].join('\n')}\n`;
}

function head({ scenario, numbers, camera, environment, clients }: BenchResult): Row[] {
  const given = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  return [
    {
      heading: `${scenario}: ${given.join(', ')}, camera ${camera.width}x${camera.height}@${camera.framesPerSecond}`,
    },
    [
      'machine',
      `${environment.cpu}, ${environment.cores} cores, load ${environment.loadBefore.toFixed(1)} before`,
    ],
    ['system', environment.kernel],
    [
      'versions',
      `Node ${environment.node}, mediasoup ${environment.mediasoup}, libdatachannel ${environment.libdatachannel}`,
    ],
    ['worker', environment.worker],
    ['commit', environment.commit],
    ['clients', `${clients.ready} of ${clients.planned} ready, ${clients.failed.length} failed`],
  ];
}

function joining({ join }: BenchResult): Row[] {
  return [
    { heading: 'Joining (ms from the first attempt to connect)     p50 / p95 / p99 / max' },
    ['in the room', three(join.room)],
    ['first packet received', three(join.firstPacket)],
    ['first whole picture', three(join.firstFrame)],
  ];
}

function measuredRows(measured: Measured): Row[] {
  const { traffic, loss, latency, signalling, harness, machine, sockets } = measured;
  const rows: Row[] = [
    { heading: `Media, ${measured.seconds.toFixed(1)} s` },
    ['in', `${count(traffic.inPacketsPerSecond)} packets/s, ${traffic.inMbitPerSecond.toFixed(1)} Mbit/s`],
    ['out', `${count(traffic.outPacketsPerSecond)} packets/s, ${traffic.outMbitPerSecond.toFixed(1)} Mbit/s`],
    ['pictures received', `${count(traffic.videoFramesPerSecond)}/s`],
    [
      'probes; RTCP both ways',
      `${count(traffic.probePacketsPerSecond)}/s; ${count(traffic.controlPacketsPerSecond)}/s`,
    ],
    [
      'loss',
      `${loss.percent.toFixed(3)} % after repair (${loss.packets} packets; ${loss.recoveredPackets} recovered, ${loss.askedAgain} NACKs, ${loss.keyFramesAskedFor} PLIs)`,
    ],
    [
      'repair on the way in',
      `${loss.askedAgainByServer} NACKs from the server, ${loss.sentAgainToServer} packets sent again`,
    ],
    { heading: 'Forwarding latency (ms)                            p50 / p95 / p99 / max' },
    ['audio', three(latency.audio)],
    ['video', three(latency.video)],
    ['by retransmission', three(latency.retransmitted)],
    ['floor: the harness alone', three(latency.floor)],
  ];
  if (measured.server) rows.push(...serverRows(measured.server));
  rows.push(
    { heading: 'Signalling' },
    [
      'per participant, with joining',
      `${signalling.messagesPerParticipant.toFixed(0)} messages, ${octets(signalling.octetsPerParticipant)}`,
    ],
    [
      'per participant and minute',
      `${signalling.messagesPerParticipantMinute.toFixed(0)} messages, ${octets(signalling.octetsPerParticipantMinute)}`,
    ],
    { heading: 'Harness' },
    [
      'load processes',
      `${harness.processes}, ${percent(harness.cpuPercent)} of a core, ${octets(harness.residentOctets)}`,
    ],
    [
      'keeping up',
      `packets late by ${harness.latenessP99Ms.toFixed(1)} ms (p99), loop delay ${harness.loopDelayP99Ms.toFixed(1)} ms (p99), busiest loop ${percent(harness.busiestLoopPercent)}`,
    ],
    [
      'waiting in sockets, at most',
      `server ${octets(sockets.serverWaitingOctets)} (${sockets.serverDropped} lost), clients ${octets(sockets.harnessWaitingOctets)} (${sockets.harnessDropped} lost)`,
    ],
    [
      'machine',
      `${percent(machine.busyPercent)} busy, other programs ${machine.otherCores.toFixed(2)} cores`,
    ],
  );
  return rows;
}

function serverRows(server: ServerMeasured): Row[] {
  const unknown = '–';
  const size = (value: number | undefined) => (value === undefined ? unknown : octets(value));
  return [
    { heading: 'Server' },
    [
      `workers (${server.workers})`,
      `${percent(server.workerCpuPercent)} of a core, busiest ${percent(server.busiestWorkerPercent)}`,
    ],
    [
      'worker CPU per packet out',
      server.microsecondsPerForwardedPacket === undefined
        ? unknown
        : `${server.microsecondsPerForwardedPacket.toFixed(2)} µs (ms per 1,000); per packet in or out ${server.microsecondsPerPacket?.toFixed(2)} µs`,
    ],
    ['Node', server.nodeCpuPercent === undefined ? unknown : `${percent(server.nodeCpuPercent)} of a core`],
    [
      'event-loop delay p99',
      server.nodeEventLoopP99Ms === undefined ? unknown : `${server.nodeEventLoopP99Ms.toFixed(1)} ms`,
    ],
    ['RSS', `Node ${size(server.nodeResidentOctets)}, workers ${size(server.workerResidentOctets)}`],
    [
      'RSS growth per participant',
      `Node ${size(server.nodeOctetsPerParticipant)}, workers ${size(server.workerOctetsPerParticipant)}`,
    ],
  ];
}

function closing({ verdict, clients }: BenchResult): string[] {
  const lines = ['', verdict.state === 'valid' ? 'The run is valid.' : `The run is ${verdict.state}:`];
  lines.push(...verdict.reasons.map((reason) => `  ${reason}`));
  if (verdict.state === 'harness-limited')
    lines.push('  These numbers show the limit of the load clients, not of the server.');
  lines.push(...verdict.remarks.map((remark) => `  Note: ${remark}`));
  for (const { index, reason } of clients.failed.slice(0, 10)) lines.push(`  client ${index}: ${reason}`);
  if (clients.failed.length > 10)
    lines.push(`  and ${clients.failed.length - 10} more (all are in the JSON)`);
  return lines;
}

function three(values: Percentiles | undefined): string {
  if (!values) return '–';
  return `${[values.p50, values.p95, values.p99, values.max].map(number).join(' / ')}   (${values.count})`;
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

function octets(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  return Math.abs(value) >= 1000 ? `${(value / 1000).toFixed(1)} kB` : `${value.toFixed(0)} B`;
}
