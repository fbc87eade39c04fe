import type { LinkCounters } from '../link-emulator/link.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import { calmSince, frozenTime } from './freezes.ts';
import {
  bufferMs,
  flowsSince,
  fps,
  fullSince,
  growth,
  heightChanges,
  movingOrPaused,
  pausedSpans,
  rateOf,
  shareOfSound,
  streamOf,
} from './looks.ts';
import type { LineSample, Measuring, PhaseMeasures, Recorded, Window } from './measures.ts';
import type { PageSample } from './page-probe.ts';

/** Adaptation may take this long before speech counts. */
const speechSettleMs = 3000;
/** The goals speak of a line that has settled in 5 s. */
const settledWithinMs = 5000;

export function measurePhase(recorded: Recorded, window: Window, measuring: Measuring): PhaseMeasures {
  return {
    seconds: (window.to - window.from) / 1000,
    ...measureSpeaker(recorded.page, window, measuring),
    ...measureLine(recorded.line, window),
    ...measureSent(recorded.behind, window),
    ...measureSettled(recorded, window, measuring),
  };
}

function measureSpeaker(page: readonly PageSample[], window: Window, { speaker, fullHeight }: Measuring) {
  const inside = page.filter(({ at }) => at >= window.from && at <= window.to);
  const pictures = page.flatMap(({ painted }) => painted);
  const paused = pausedSpans(inside, speaker);
  const videos = inside.map((sample) => streamOf(sample, speaker, 'video'));
  const sounds = inside
    .filter(({ at }) => at >= window.from + speechSettleMs)
    .map((sample) => streamOf(sample, speaker, 'audio'));
  const explained = inside.filter(
    ({ tiles, notices }) =>
      notices.length > 0 || tiles.some(({ name, heldBack }) => name === speaker && heldBack),
  );
  return {
    concealed: shareOfSound(sounds, ({ concealed }) => concealed),
    concealedAudibly: shareOfSound(
      sounds,
      ({ concealed, silentlyConcealed }) => concealed - silentlyConcealed,
    ),
    slowedDown: shareOfSound(sounds, ({ slowedDown }) => slowedDown),
    soundBufferMs: bufferMs(sounds),
    frozenMs: frozenTime(pictures, window, paused).ms,
    browserFrozenMs: growth(videos, ({ frozenMs }) => frozenMs),
    pausedMs: paused.reduce((sum, { from, to }) => sum + to - from, 0),
    explained: explained.length / Math.max(1, inside.length),
    movingOrPaused: movingOrPaused(pictures, window, paused),
    framesPerSecond: fps(pictures, window),
    height: videos.findLast((video) => video)?.height ?? 0,
    changes: heightChanges(inside, speaker).length,
    fullAfter: seconds(fullSince(inside, speaker, fullHeight), window),
    flowsAfter: seconds(flowsSince(inside, pictures, speaker, window), window),
    othersHeldBack:
      inside.filter(({ tiles }) => tiles.some(({ name, heldBack }) => heldBack && name !== speaker)).length /
      Math.max(1, inside.length),
    notices: [...new Set(inside.flatMap(({ notices }) => notices))],
  };
}

function measureSettled({ page, line }: Recorded, window: Window, { speaker, rate }: Measuring) {
  const inside = page.filter(({ at }) => at >= window.from && at <= window.to);
  const pictures = page.flatMap(({ painted }) => painted);
  const changes = heightChanges(inside, speaker).map(({ at }) => at);
  const freezes = frozenTime(pictures, window, pausedSpans(inside, speaker)).gaps;
  const late = { from: Math.min(window.to, window.from + settledWithinMs), to: window.to };
  const minutes = Math.max(1 / 60, (late.to - late.from) / 60_000);
  return {
    settledAfter: seconds(
      calmSince([...freezes, ...changes.map((at) => ({ from: at, to: at }))], window),
      window,
    ),
    afterwards: {
      framesPerSecond: fps(pictures, late),
      changesPerMinute: changes.filter((at) => at >= late.from).length / minutes,
      lineUsed: rate > 0 ? rateOf(line, late, 'down') / rate : undefined,
    },
  };
}

function measureLine(line: readonly LineSample[], window: Window) {
  const lines = line.filter(({ at, overMs }) => at - overMs >= window.from && at <= window.to);
  const total = (pick: (counters: LinkCounters) => number) =>
    lines.reduce((sum, { down }) => sum + pick(down), 0);
  const offered = Math.max(
    1,
    total(({ packets, lost, dropped }) => packets + lost + dropped),
  );
  const queues = lines.map(({ down }) => down.longestQueueMs);
  return {
    downRate: rateOf(line, window, 'down'),
    upRate: rateOf(line, window, 'up'),
    downDropped: total(({ dropped }) => dropped) / offered,
    downLost: total(({ lost }) => lost) / offered,
    longestQueueMs: Math.max(0, ...queues),
    usualLongestQueueMs: percentilesOf(queues)?.p95 ?? 0,
  };
}

/** Of cameras only; encodings that rest have a rate of 0. */
function measureSent(behind: readonly PageSample[], window: Window) {
  const inside = behind.filter(({ at }) => at >= window.from && at <= window.to);
  const [first, last] = [inside[0], inside.at(-1)];
  const sent = (last?.sent ?? []).flatMap((stream) => {
    const before = first?.sent.find(({ id }) => id === stream.id);
    if (stream.kind !== 'video' || !before || !first || !last) return [];
    const rate = ((stream.bytes - before.bytes) * 8000) / Math.max(1, last.at - first.at);
    return [{ rid: stream.rid ?? '', rate }];
  });
  sent.sort((a, b) => a.rid.localeCompare(b.rid));
  const all = sent.reduce((sum, { rate }) => sum + rate, 0);
  const smallest = sent[0]?.rate ?? 0;
  return { sent, sentOfSmallest: smallest > 0 ? all / smallest : undefined };
}

function seconds(at: number | undefined, { from }: Window): number | undefined {
  return at === undefined ? undefined : Math.max(0, at - from) / 1000;
}
