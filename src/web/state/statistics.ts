import type { MediaSource, MeetingStats, ParticipantId, TransportRoute } from '../../client/index.ts';

/** The meeting's counters at one moment. */
export interface StatisticsSample {
  /** ms */
  at: number;
  stats: MeetingStats;
}

/** One layer of something we send; lowest first. */
export interface LayerNumbers {
  active: boolean;
  /** bit/s */
  bitrate: number;
  width?: number;
  height?: number;
  framesPerSecond?: number;
  limitedBy?: string;
}
/** One source, sent or received, over about the last second; freezes since it began. */
export interface StreamNumbers {
  key: string;
  source: MediaSource;
  codec?: string;
  /** bit/s */
  bitrate: number;
  /** 0 to 1 */
  lost?: number;
  jitterMs?: number;
  width?: number;
  height?: number;
  framesPerSecond?: number;
  freezes?: number;
  frozenMs?: number;
  layers: readonly LayerNumbers[];
}
export interface Statistics {
  at: number;
  route?: TransportRoute;
  roundTripMs?: number;
  availableOutgoingBitrate?: number;
  sent: readonly StreamNumbers[];
  received: readonly { id: ParticipantId; streams: readonly StreamNumbers[] }[];
}

type Publication = MeetingStats['publications'][number];
type Subscription = MeetingStats['subscriptions'][number];

const order: readonly MediaSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];

/** @param before undefined: the first look, without rates */
export function statisticsBetween(before: StatisticsSample | undefined, now: StatisticsSample): Statistics {
  const seconds = before ? Math.max(1, now.at - before.at) / 1000 : Number.POSITIVE_INFINITY;
  const { send, receive, publications, subscriptions } = now.stats;
  const sent = publications.map((publication) => {
    const earlier = before?.stats.publications.find(({ source }) => source === publication.source);
    return sentNumbers(earlier, publication, seconds);
  });
  const received = new Map<ParticipantId, StreamNumbers[]>();
  for (const subscription of subscriptions) {
    const { producerId, participantId } = subscription;
    const earlier = before?.stats.subscriptions.find((other) => other.producerId === producerId);
    const streams = received.get(participantId) ?? [];
    received.set(participantId, [...streams, receivedNumbers(earlier, subscription, seconds)]);
  }
  const route = receive?.route ?? send?.route;
  const roundTripMs = receive?.roundTripMs ?? send?.roundTripMs;
  return {
    at: now.at,
    ...present({ route, roundTripMs, availableOutgoingBitrate: send?.availableOutgoingBitrate }),
    sent: inOrder(sent),
    received: [...received].map(([id, streams]) => ({ id, streams: inOrder(streams) })),
  };
}

function sentNumbers(before: Publication | undefined, now: Publication, seconds: number): StreamNumbers {
  const layers = now.layers.map((layer, index): LayerNumbers => {
    const bitrate = rate(before?.layers[index]?.bytesSent, layer.bytesSent, seconds);
    const { width, height, framesPerSecond, limitedBy } = layer;
    return {
      active: bitrate > 0,
      bitrate,
      ...present({ width, height, framesPerSecond, limitedBy: limitedBy === 'none' ? undefined : limitedBy }),
    };
  });
  const packets = total(now, 'packetsSent') - total(before, 'packetsSent');
  const lost = Math.max(0, total(now, 'packetsLost') - total(before, 'packetsLost'));
  const largest = layers.findLast(({ active }) => active);
  return {
    key: now.source,
    source: now.source,
    bitrate: layers.reduce((sum, { bitrate }) => sum + bitrate, 0),
    ...present({
      codec: codecName(now.codec),
      lost: before && packets > 0 ? Math.min(1, lost / packets) : undefined,
      width: largest?.width,
      height: largest?.height,
      framesPerSecond: largest?.framesPerSecond,
    }),
    layers: now.source === 'camera' || now.source === 'screen' ? layers : [],
  };
}

function receivedNumbers(
  before: Subscription | undefined,
  now: Subscription,
  seconds: number,
): StreamNumbers {
  const arrived = now.packetsReceived - (before?.packetsReceived ?? 0);
  const lost = Math.max(0, now.packetsLost - (before?.packetsLost ?? 0));
  const { jitterMs, width, height, framesPerSecond } = now;
  const isVideo = now.source === 'camera' || now.source === 'screen';
  return {
    key: now.producerId,
    source: now.source,
    bitrate: rate(before?.bytesReceived, now.bytesReceived, seconds),
    ...present({
      codec: codecName(now.codec),
      lost: before && arrived + lost > 0 ? lost / (arrived + lost) : undefined,
      jitterMs,
      width,
      height,
      framesPerSecond,
      freezes: isVideo ? now.freezes : undefined,
      frozenMs: isVideo ? now.frozenMs : undefined,
    }),
    layers: [],
  };
}

function rate(before: number | undefined, now: number, seconds: number): number {
  return before === undefined ? 0 : Math.round((Math.max(0, now - before) * 8) / seconds);
}

function total(publication: Publication | undefined, name: 'packetsSent' | 'packetsLost'): number {
  return publication?.layers.reduce((sum, layer) => sum + (layer[name] ?? 0), 0) ?? 0;
}

/** `video/VP8` → `VP8` */
function codecName(mimeType: string | undefined): string | undefined {
  return mimeType?.split('/').at(-1);
}

function inOrder(streams: readonly StreamNumbers[]): StreamNumbers[] {
  return streams.toSorted((a, b) => order.indexOf(a.source) - order.indexOf(b.source));
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
