import type {
  ReceivedCounters,
  ReceiverStats,
  SenderStats,
  SentCounters,
  SentLayerStats,
  TransportRoute,
  TransportState,
  TransportStats,
} from './engine.ts';

/** One entry of an RTCStatsReport: the names are W3C's (webrtc-stats), what is there depends on the browser. */
interface Entry {
  id: string;
  type: string;
  [name: string]: unknown;
}

export function transportStats(report: RTCStatsReport, state: TransportState): TransportStats {
  const all = entries(report);
  const transport = all.find(({ type }) => type === 'transport');
  // Firefox has no transport entry but marks the pair.
  const pair =
    byId(all, transport?.['selectedCandidatePairId']) ??
    all.find((e) => e.type === 'candidate-pair' && e['selected']);
  const local = byId(all, pair?.['localCandidateId']);
  const remote = byId(all, pair?.['remoteCandidateId']);
  return clean({
    state,
    bytesSent: number(transport?.['bytesSent']) ?? number(pair?.['bytesSent']) ?? 0,
    bytesReceived: number(transport?.['bytesReceived']) ?? number(pair?.['bytesReceived']) ?? 0,
    roundTripMs: milliseconds(pair?.['currentRoundTripTime']),
    availableOutgoingBitrate: number(pair?.['availableOutgoingBitrate']),
    received: received(all),
    sent: sent(all),
    route: local && remote && route(local, remote),
  });
}

function route(local: Entry, remote: Entry): TransportRoute {
  return clean({
    protocol: local['protocol'] === 'tcp' ? ('tcp' as const) : ('udp' as const),
    relayed: local['candidateType'] === 'relay' || remote['candidateType'] === 'relay',
    localType: text(local['candidateType']),
    remoteType: text(remote['candidateType']),
    relayProtocol: text(local['relayProtocol']),
    local: address(local),
    remote: address(remote),
  });
}

function received(all: Entry[]): ReceivedCounters | undefined {
  // The probator of mediasoup-client receives nothing but bandwidth probes.
  const streams = all.filter((e) => e.type === 'inbound-rtp' && e['trackIdentifier'] !== 'probator');
  if (streams.length === 0) return undefined;
  const audio = streams.filter((e) => e['kind'] === 'audio');
  const jitters = (audio.length > 0 ? audio : streams).flatMap(({ jitter }) => milliseconds(jitter) ?? []);
  return clean({
    packetsReceived: sum(streams, 'packetsReceived'),
    packetsLost: Math.max(0, sum(streams, 'packetsLost') - sum(streams, 'retransmittedPacketsReceived')),
    freezes: sum(streams, 'freezeCount'),
    jitterMs: jitters.length > 0 ? Math.max(...jitters) : undefined,
    audio: audio.map((stream) => ({
      id: stream.id,
      packets: sum([stream], 'packetsReceived'),
      samples: sum([stream], 'totalSamplesReceived'),
      concealedSamples: sum([stream], 'concealedSamples') - sum([stream], 'silentConcealedSamples'),
      jitterBufferDelayMs: sum([stream], 'jitterBufferDelay') * 1000,
      jitterBufferEmitted: sum([stream], 'jitterBufferEmittedCount'),
    })),
  });
}

function sent(all: Entry[]): SentCounters | undefined {
  const streams = all.filter(({ type }) => type === 'outbound-rtp');
  if (streams.length === 0) return undefined;
  const audio = streams.filter((e) => e['kind'] === 'audio');
  const lost = streams.flatMap(({ id }) => {
    const remote = all.find((e) => e.type === 'remote-inbound-rtp' && e['localId'] === id);
    const share = number(remote?.['fractionLost']);
    return share === undefined ? [] : [share];
  });
  // Video is repaired and may be made smaller, audio is what suffers: the worst stream counts, not the mean.
  const fractionLost = lost.length > 0 ? Math.max(...lost) : undefined;
  return clean({
    packetsSent: sum(streams, 'packetsSent'),
    fractionLost,
    audioPacketsSent: sum(audio, 'packetsSent'),
    audioSendDelayMs: sum(audio, 'totalPacketSendDelay') * 1000,
    limitedByBandwidth: streams.some((stream) => stream['qualityLimitationReason'] === 'bandwidth'),
  });
}

export function senderStats(report: RTCStatsReport): SenderStats {
  const all = entries(report);
  const sent = all.filter(({ type }) => type === 'outbound-rtp');
  const byRid = sent.sort((a, b) => String(a['rid'] ?? '').localeCompare(String(b['rid'] ?? '')));
  return clean({
    codec: codecName(all, sent[0]),
    layers: byRid.map((layer): SentLayerStats => {
      const remote = all.find(({ type, localId }) => type === 'remote-inbound-rtp' && localId === layer.id);
      return clean({
        rid: text(layer['rid']),
        active: typeof layer['active'] === 'boolean' ? layer['active'] : undefined,
        bytesSent: number(layer['bytesSent']) ?? 0,
        packetsSent: number(layer['packetsSent']) ?? 0,
        framesSent: number(layer['framesSent']),
        width: number(layer['frameWidth']),
        height: number(layer['frameHeight']),
        framesPerSecond: number(layer['framesPerSecond']),
        limitedBy: text(layer['qualityLimitationReason']),
        packetsLost: number(remote?.['packetsLost']),
        roundTripMs: milliseconds(remote?.['roundTripTime']),
      });
    }),
  });
}

export function receiverStats(report: RTCStatsReport): ReceiverStats {
  const all = entries(report);
  const received = all.find(({ type }) => type === 'inbound-rtp');
  return clean({
    codec: codecName(all, received),
    bytesReceived: number(received?.['bytesReceived']) ?? 0,
    packetsReceived: number(received?.['packetsReceived']) ?? 0,
    packetsLost: number(received?.['packetsLost']) ?? 0,
    jitterMs: milliseconds(received?.['jitter']),
    framesDecoded: number(received?.['framesDecoded']),
    framesDropped: number(received?.['framesDropped']),
    freezes: number(received?.['freezeCount']),
    frozenMs: milliseconds(received?.['totalFreezesDuration']),
    width: number(received?.['frameWidth']),
    height: number(received?.['frameHeight']),
    framesPerSecond: number(received?.['framesPerSecond']),
    audioEnergy: number(received?.['totalAudioEnergy']),
  });
}

function entries(report: RTCStatsReport): Entry[] {
  const all: Entry[] = [];
  report.forEach((entry: Entry) => {
    all.push(entry);
  });
  return all;
}

function byId(all: Entry[], id: unknown): Entry | undefined {
  return all.find((entry) => entry.id === id);
}

function codecName(all: Entry[], stream: Entry | undefined): string | undefined {
  return text(byId(all, stream?.['codecId'])?.['mimeType']);
}

function address(candidate: Entry): string {
  return `${String(candidate['address'] ?? candidate['ip'] ?? '')}:${String(candidate['port'] ?? '')}`;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function sum(streams: Entry[], name: string): number {
  return streams.reduce((total, stream) => total + (number(stream[name]) ?? 0), 0);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The browser counts in seconds. */
function milliseconds(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 1000 : undefined;
}

type Clean<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Absent means: the browser does not tell. */
function clean<T extends object>(values: T): Clean<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Clean<T>;
}
