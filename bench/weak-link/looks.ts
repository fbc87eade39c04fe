import { overlap } from './freezes.ts';
import type { LineSample, Window } from './measures.ts';
import type { PageSample, ReceivedStream } from './page-probe.ts';

/** What many looks at a page or at the line say together. */

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

/** @returns a counter of samples as a share of all, 0 to 1; undefined: there was no sound */
export function shareOfSound(
  streams: readonly (ReceivedStream | undefined)[],
  counter: (stream: ReceivedStream) => number,
): number | undefined {
  const samples = growth(streams, (stream) => stream.samples);
  return samples > 0 ? growth(streams, counter) / samples : undefined;
}

export function bufferMs(streams: readonly (ReceivedStream | undefined)[]): number | undefined {
  const emitted = growth(streams, ({ bufferEmitted }) => bufferEmitted);
  return emitted > 0 ? (growth(streams, ({ bufferDelay }) => bufferDelay) * 1000) / emitted : undefined;
}

/** Whole seconds of the window; one that is paused for most of it counts as paused. */
export function movingOrPaused(
  pictures: readonly { at: number }[],
  window: Window,
  paused: readonly Window[],
): number {
  const count = Math.max(1, Math.floor((window.to - window.from) / 1000));
  const good = Array.from({ length: count }, (_, index) => {
    const second = { from: window.from + index * 1000, to: window.from + (index + 1) * 1000 };
    return fps(pictures, second) >= 5 || overlap(second, paused) >= 500;
  });
  return good.filter(Boolean).length / count;
}

export function pausedSpans(inside: readonly PageSample[], speaker: string): Window[] {
  const spans: Window[] = [];
  inside.forEach(({ tiles, at }, index) => {
    if (!tiles.some(({ name, heldBack }) => name === speaker && heldBack)) return;
    spans.push({ from: at, to: inside[index + 1]?.at ?? at });
  });
  return spans;
}

export function heightChanges(
  inside: readonly PageSample[],
  speaker: string,
): { at: number; height: number }[] {
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

export function fullSince(
  inside: readonly PageSample[],
  speaker: string,
  fullHeight: number,
): number | undefined {
  const last = inside.findLastIndex(
    (sample) => (streamOf(sample, speaker, 'video')?.height ?? 0) < fullHeight,
  );
  return inside[last + 1]?.at;
}

/** The first moment with pictures that move, three within a second, and with sound that was not made up. */
export function flowsSince(
  inside: readonly PageSample[],
  pictures: readonly { at: number }[],
  speaker: string,
  window: Window,
): number | undefined {
  const fresh = pictures.filter(({ at }) => at >= window.from && at <= window.to);
  const picture = fresh.find(
    ({ at }, index) => (fresh[index + 2]?.at ?? Number.POSITIVE_INFINITY) - at <= 1000,
  )?.at;
  const sound = inside.find((sample, index) => {
    const before = inside[index - 1];
    if (!before) return false;
    const pair = [streamOf(before, speaker, 'audio'), streamOf(sample, speaker, 'audio')];
    const samples = growth(pair, (stream) => stream.samples);
    return samples > 0 && growth(pair, ({ concealed }) => concealed) < 0.3 * samples;
  })?.at;
  return picture === undefined || sound === undefined ? undefined : Math.max(picture, sound);
}

export function fps(pictures: readonly { at: number }[], { from, to }: Window): number {
  if (to <= from) return 0;
  return (pictures.filter(({ at }) => at >= from && at < to).length * 1000) / (to - from);
}

export function rateOf(line: readonly LineSample[], { from, to }: Window, way: 'up' | 'down'): number {
  const lines = line.filter(({ at }) => at > from && at <= to);
  const ms = lines.reduce((sum, { overMs }) => sum + overMs, 0);
  return ms === 0 ? 0 : (lines.reduce((sum, entry) => sum + entry[way].bytes, 0) * 8000) / ms;
}
