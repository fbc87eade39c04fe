import type { LinkCounters } from '../link-emulator/link.ts';
import { calmSince, frozenTime } from './freezes.ts';
import type { PageSample, ReceivedStream } from './page-probe.ts';

/** What passed on the line between two looks. */
export interface LineSample {
  at: number;
  /** ms since the look before */
  overMs: number;
  up: LinkCounters;
  down: LinkCounters;
}

/** What the server's log says about the way to the page. */
export interface DownlinkEntry {
  at: number;
  phase: string;
  /** bit/s */
  limit: number | undefined;
  estimate: number | undefined;
}

export interface Window {
  from: number;
  to: number;
}

export interface Recorded {
  page: readonly PageSample[];
  line: readonly LineSample[];
}

/** What one phase was like for the person behind the line. */
export interface PhaseMeasures {
  seconds: number;
  /** part of the speaker's sound that was made up, 0 to 1, after the settling time */
  concealed: number | undefined;
  /** ms without a new picture of the speaker although nothing said why */
  frozenMs: number;
  /** the same as the browser counts it */
  browserFrozenMs: number;
  /** ms in which the page said that the picture is held back */
  pausedMs: number;
  framesPerSecond: number;
  /** lines of the speaker's picture: the last, and how often it changed */
  height: number;
  changes: number;
  /** s until no freeze and no change of the size came for a while; undefined: never */
  settledAfter: number | undefined;
  /** from settledWithin to the end of the phase */
  afterwards: { framesPerSecond: number; changesPerMinute: number; lineUsed: number | undefined };
  /** s until the speaker's picture had full size for good; undefined: never */
  fullAfter: number | undefined;
  /** s until the speaker could be seen and heard; undefined: never */
  flowsAfter: number | undefined;
  /** bit/s through the line */
  downRate: number;
  upRate: number;
  /** packets dropped at the full queue, and those lost, as a share of all */
  downDropped: number;
  downLost: number;
  longestQueueMs: number;
  /** part of the time in which some tile of another was marked as held back, 0 to 1 */
  othersHeldBack: number;
  notices: string[];
}

/** Adaptation may take this long before speech counts. */
const speechSettleMs = 3000;
/** The goals speak of a line that has settled in 5 s. */
const settledWithinMs = 5000;

/** @param rate bit/s of the line downwards; 0: unlimited. @param fullHeight lines of the largest layer */
export function measurePhase(
  { page, line }: Recorded,
  window: Window,
  speaker: string,
  line_: { rate: number; fullHeight: number },
): PhaseMeasures {
  const inside = page.filter(({ at }) => at >= window.from && at <= window.to);
  const pictures = page.flatMap(({ painted }) => painted);
  const paused = pausedSpans(inside, speaker);
  const frozen = frozenTime(pictures, window, paused);
  const changes = heightChanges(inside, speaker);
  const lateWindow = { from: Math.min(window.to, window.from + settledWithinMs), to: window.to };
  const minutes = (lateWindow.to - lateWindow.from) / 60_000;
  const lateRate = rateOf(line, lateWindow, 'down');
  const lines = line.filter(({ at }) => at > window.from && at <= window.to + 500);
  const total = (pick: (counters: LinkCounters) => number) =>
    lines.reduce((sum, { down }) => sum + pick(down), 0);
  const offered = total(({ packets, lost, dropped }) => packets + lost + dropped);
  const troubles = [...frozen.gaps.map(({ to }) => to), ...changes.map(({ at }) => at)];
  const videos = inside.map((sample) => streamOf(sample, speaker, 'video'));
  return {
    seconds: (window.to - window.from) / 1000,
    concealed: concealment(inside, speaker, window.from + speechSettleMs),
    frozenMs: frozen.ms,
    browserFrozenMs: growth(videos, ({ frozenMs }) => frozenMs),
    pausedMs: paused.reduce((sum, { from, to }) => sum + to - from, 0),
    framesPerSecond: fps(pictures, window),
    height: videos.findLast((video) => video)?.height ?? 0,
    changes: changes.length,
    settledAfter: seconds(calmSince(troubles, window), window),
    afterwards: {
      framesPerSecond: fps(pictures, lateWindow),
      changesPerMinute: changes.filter(({ at }) => at >= lateWindow.from).length / Math.max(minutes, 1 / 60),
      lineUsed: line_.rate > 0 ? lateRate / line_.rate : undefined,
    },
    fullAfter: seconds(fullSince(inside, speaker, line_.fullHeight), window),
    flowsAfter: seconds(flowsSince(inside, pictures, speaker, window), window),
    downRate: rateOf(line, window, 'down'),
    upRate: rateOf(line, window, 'up'),
    downDropped: total(({ dropped }) => dropped) / Math.max(1, offered),
    downLost: total(({ lost }) => lost) / Math.max(1, offered),
    longestQueueMs: Math.max(0, ...lines.map(({ down }) => down.longestQueueMs)),
    othersHeldBack:
      inside.filter(({ tiles }) => tiles.some(({ name, heldBack }) => heldBack && name !== speaker)).length /
      Math.max(1, inside.length),
    notices: [...new Set(inside.flatMap(({ notices }) => notices))],
  };
}

export function streamOf(
  sample: PageSample,
  name: string,
  kind: 'audio' | 'video',
): ReceivedStream | undefined {
  return sample.received.find((stream) => stream.name === name && stream.kind === kind);
}

/** Growth of a counter; a stream that was replaced begins anew. */
export function growth(
  streams: readonly (ReceivedStream | undefined)[],
  counter: (stream: ReceivedStream) => number,
): number {
  let sum = 0;
  let before: ReceivedStream | undefined;
  for (const stream of streams) {
    if (!stream) continue;
    if (before?.id === stream.id) sum += Math.max(0, counter(stream) - counter(before));
    before = stream;
  }
  return sum;
}

/** Of somebody who speaks all the time, so nothing of it is silence. */
function concealment(inside: readonly PageSample[], speaker: string, from: number): number | undefined {
  const streams = inside.filter(({ at }) => at >= from).map((sample) => streamOf(sample, speaker, 'audio'));
  const samples = growth(streams, (stream) => stream.samples);
  return samples > 0 ? growth(streams, ({ concealed }) => concealed) / samples : undefined;
}

function pausedSpans(inside: readonly PageSample[], speaker: string): Window[] {
  const spans: Window[] = [];
  inside.forEach(({ tiles, at }, index) => {
    if (!tiles.some(({ name, heldBack }) => name === speaker && heldBack)) return;
    spans.push({ from: at, to: inside[index + 1]?.at ?? at });
  });
  return spans;
}

function heightChanges(inside: readonly PageSample[], speaker: string): { at: number; height: number }[] {
  const changes: { at: number; height: number }[] = [];
  let before = 0;
  for (const sample of inside) {
    const height = streamOf(sample, speaker, 'video')?.height ?? 0;
    if (height === 0) continue;
    if (before !== 0 && height !== before) changes.push({ at: sample.at, height });
    before = height;
  }
  return changes;
}

function fullSince(inside: readonly PageSample[], speaker: string, fullHeight: number): number | undefined {
  const last = inside.findLastIndex(
    (sample) => (streamOf(sample, speaker, 'video')?.height ?? 0) < fullHeight,
  );
  return inside[last + 1]?.at;
}

/** The first moment with a picture and with sound that was not made up. */
function flowsSince(
  inside: readonly PageSample[],
  pictures: readonly { at: number }[],
  speaker: string,
  window: Window,
): number | undefined {
  const picture = pictures.find(({ at }) => at >= window.from && at <= window.to)?.at;
  const sound = inside.find((sample, index) => {
    const before = inside[index - 1];
    if (!before) return false;
    const pair = [streamOf(before, speaker, 'audio'), streamOf(sample, speaker, 'audio')];
    const samples = growth(pair, (stream) => stream.samples);
    return samples > 0 && growth(pair, ({ concealed }) => concealed) < 0.3 * samples;
  })?.at;
  return picture === undefined || sound === undefined ? undefined : Math.max(picture, sound);
}

function fps(pictures: readonly { at: number }[], { from, to }: Window): number {
  if (to <= from) return 0;
  return (pictures.filter(({ at }) => at >= from && at < to).length * 1000) / (to - from);
}

function rateOf(line: readonly LineSample[], { from, to }: Window, way: 'up' | 'down'): number {
  const lines = line.filter(({ at }) => at > from && at <= to);
  const ms = lines.reduce((sum, { overMs }) => sum + overMs, 0);
  return ms === 0 ? 0 : (lines.reduce((sum, entry) => sum + entry[way].bytes, 0) * 8000) / ms;
}

function seconds(at: number | undefined, { from }: Window): number | undefined {
  return at === undefined ? undefined : Math.max(0, at - from) / 1000;
}
