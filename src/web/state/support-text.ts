import type {
  ConnectionQuality,
  ConnectionState,
  HeldBackReason,
  LineMoment,
  MediaRoute,
  MediaState,
  ParticipantId,
  ProducerId,
  TransportRoute,
} from '../../client/index.ts';
import type { DataChoice } from './data-choice.ts';
import type { LayerNumbers, Statistics, StreamNumbers } from './statistics.ts';

export interface SupportFacts {
  version: string;
  protocol: number;
  browser: string;
  at: Date;
  roomId: string;
  selfId: ParticipantId;
  connection: ConnectionState;
  media: MediaState;
  dataUse: DataChoice;
  quality: ConnectionQuality | undefined;
  route: MediaRoute;
  heldBack: ReadonlyMap<ProducerId, HeldBackReason>;
  statistics: Statistics;
  line: readonly LineMoment[];
}

/** One line for so many seconds of the line's history. */
const lineStep = 10;

/**
 * Everything a person would have to read out to support, in English whatever the page speaks. Ids as the server's log
 * has them; no names, no addresses, no links. Pure.
 */
export function supportText(facts: SupportFacts): string {
  const { statistics, quality, heldBack } = facts;
  const { sent, received, route, availableOutgoingBitrate } = statistics;
  return [
    `Plenum ${facts.version} (protocol ${facts.protocol})`,
    `time: ${facts.at.toISOString()}`,
    `browser: ${facts.browser}`,
    `room: ${facts.roomId}, participant: ${facts.selfId}`,
    `signalling: ${facts.connection}, media: ${facts.media}, data use: ${facts.dataUse}`,
    `quality: ${quality ? [quality.level, quality.reason].filter(Boolean).join(', ') : 'not measured'}`,
    `route: ${facts.route.path}, ${facts.route.reason}`,
    `path: ${route ? `${route.protocol}, ${candidatesText(route)}` : 'none'}`,
    `round trip: ${milliseconds(statistics.roundTripMs)}, possible upload: ${kilobits(availableOutgoingBitrate)}`,
    '',
    'sent:',
    ...(sent.length > 0 ? sent.flatMap(streamLines) : ['  nothing']),
    '',
    'received:',
    ...(received.length > 0
      ? received.flatMap(({ id, streams }) => [
          `  from ${id}:`,
          ...streams.flatMap((stream) => streamLines(stream).map((line) => `  ${line}`)),
        ])
      : ['  nothing']),
    ...(heldBack.size > 0 ? ['', 'held back:', ...[...heldBack].map(([id, why]) => `  ${id}: ${why}`)] : []),
    '',
    'line (seconds ago, received, sent, lost of received / sent, jitter, round trip):',
    ...lineLines(facts.line),
  ].join('\n');
}

/** host → srflx; never an address */
export function candidatesText({ localType, remoteType, relayProtocol }: TransportRoute): string {
  const relay = relayProtocol ? `, relay over ${relayProtocol}` : '';
  return `${localType ?? '?'} → ${remoteType ?? '?'}${relay}`;
}

function streamLines(stream: StreamNumbers): string[] {
  const { source, codec, bitrate, lost, jitterMs, freezes, frozenMs, layers } = stream;
  const facts = [
    codec,
    kilobits(bitrate),
    sizeText(stream),
    lost === undefined ? undefined : `${percent(lost)} lost`,
    jitterMs === undefined ? undefined : `jitter ${milliseconds(jitterMs)}`,
    freezes === undefined ? undefined : `${freezes} freezes (${milliseconds(frozenMs)})`,
  ];
  return [
    `  ${source}: ${facts.filter(Boolean).join(', ')}`,
    ...layers.map((layer, index) => `    layer ${index}: ${layerText(layer)}`),
  ];
}

function layerText(layer: LayerNumbers): string {
  const limited = layer.limitedBy ? `limited by ${layer.limitedBy}` : undefined;
  const parts = [kilobits(layer.bitrate), sizeText(layer), limited];
  return layer.active ? parts.filter(Boolean).join(', ') : 'idle';
}

function sizeText({ width, height, framesPerSecond }: Partial<StreamNumbers>): string | undefined {
  if (!width || !height) return undefined;
  return `${width}x${height}${framesPerSecond === undefined ? '' : ` at ${Math.round(framesPerSecond)}/s`}`;
}

function lineLines(line: readonly LineMoment[]): string[] {
  const last = line.at(-1);
  if (!last) return ['  nothing measured'];
  const chosen = line.filter((_, index) => (line.length - 1 - index) % lineStep === 0);
  return chosen.map((moment) => {
    const { at, receivedBitrate, sentBitrate, receivedLost, sentLost, jitterMs, roundTripMs } = moment;
    const lost = `${percent(receivedLost)} / ${percent(sentLost)}`;
    return [
      `  ${Math.round((last.at - at) / 1000)}`,
      kilobits(receivedBitrate),
      kilobits(sentBitrate),
      lost,
      milliseconds(jitterMs),
      milliseconds(roundTripMs),
    ].join(', ');
  });
}

function kilobits(bitrate: number | undefined): string {
  return bitrate === undefined ? '-' : `${Math.round(bitrate / 1000)} kbit/s`;
}
function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${(share * 100).toFixed(1)} %`;
}
function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${Math.round(value)} ms`;
}
