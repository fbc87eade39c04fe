import { frozenTime } from '../weak-link/freezes.ts';
import type { SituationResult } from '../weak-link/judge-situation.ts';
import { growth, pausedSpans, shareOfSound, streamOf } from '../weak-link/looks.ts';
import type { SituationRecord } from '../weak-link/situation-run.ts';
import { type Chart, chartSvg, type Series } from './chart.ts';

type Points = Series['points'];

/** What happened in one situation, over time: line and rates, the speaker's picture, the speaker's voice. */
export function situationChart({ name, summary }: SituationResult, record: SituationRecord): string {
  const { windows } = record;
  const start = windows[0]?.window.from ?? 0;
  const end = windows.at(-1)?.window.to ?? start + 1;
  const at = (time: number) => (time - start) / 1000;
  const narrow = windows
    .flatMap(({ phase }) => [phase.down?.rate ?? 0, phase.up?.rate ?? 0])
    .filter((rate) => rate > 0 && rate <= 1_000_000);
  const chart: Chart = {
    title: `${name}: ${summary}`,
    seconds: Math.max(1, at(end)),
    bands: windows.map(({ phase, window }) => ({
      from: at(window.from),
      to: at(window.to),
      label: phase.name,
    })),
    panels: [
      ratesPanel(record, at, 'kbit/s'),
      ...narrow.slice(0, 1).map((rate) => ({
        ...ratesPanel(record, at, 'kbit/s, near the narrow line'),
        most: (2 * rate) / 1000,
      })),
      picturePanel(record, at, { from: start, to: end }),
      fpsPanel(record, at),
      voicePanel(record, at),
      queuePanel(record, at),
    ],
  };
  return chartSvg(chart);
}

function ratesPanel(
  { line, windows, downlink }: SituationRecord,
  at: (time: number) => number,
  label: string,
) {
  const kilobits = (way: 'up' | 'down'): Points =>
    line.map((entry) => ({ at: at(entry.at), value: (entry[way].bytes * 8) / Math.max(1, entry.overMs) }));
  const limit = (way: 'up' | 'down'): Points =>
    windows.flatMap(({ phase, window }) => {
      const rate = phase[way]?.rate;
      const value = phase[way]?.down ? 0 : rate && rate / 1000;
      return [
        { at: at(window.from), value },
        { at: at(window.to), value },
      ];
    });
  const ofServer = (value: (entry: (typeof downlink)[number]) => number | undefined): Points =>
    downlink.map((entry) => ({ at: at(entry.at), value: value(entry) }));
  const most = Math.max(0, ...line.map(({ down, overMs }) => (down.bytes * 8) / Math.max(1, overMs)));
  // Estimates far above everything that flows would press the rest to the ground.
  const near = (value: number | undefined) =>
    value === undefined || value / 1000 > 2 * most ? undefined : value / 1000;
  return {
    label,
    top: 100,
    series: [
      { label: 'through the line, down', color: '#0969da', style: 'line', points: kilobits('down') },
      { label: 'up', color: '#8c959f', style: 'line', points: kilobits('up') },
      { label: 'line, down', color: '#cf222e', style: 'step', points: limit('down') },
      { label: 'line, up', color: '#bc4c00', style: 'step', points: limit('up') },
      {
        label: 'server’s limit',
        color: '#8250df',
        style: 'step',
        points: ofServer((entry) => near(entry.limit)),
      },
      {
        label: 'server’s estimate',
        color: '#1a7f37',
        style: 'dots',
        points: ofServer((entry) => near(entry.estimate)),
      },
    ],
  } satisfies Chart['panels'][number];
}

function picturePanel(
  { page, watched }: SituationRecord,
  at: (time: number) => number,
  window: { from: number; to: number },
) {
  const paused = pausedSpans(page, watched);
  const { gaps } = frozenTime(
    page.flatMap(({ painted }) => painted),
    window,
    paused,
  );
  const span = ({ from, to }: { from: number; to: number }) => ({ from: at(from), to: at(to) });
  const heights: Points = page.map((sample) => ({
    at: at(sample.at),
    value: streamOf(sample, watched, 'video')?.height,
  }));
  return {
    label: 'lines of the picture',
    top: 720,
    series: [{ label: watched, color: '#0969da', style: 'step', points: heights }],
    marks: [
      ...gaps.map((gap) => ({ ...span(gap), color: '#ffb3b3', label: 'frozen' })),
      ...paused.map((gap) => ({ ...span(gap), color: '#d8d8d8', label: 'marked as held back' })),
    ],
  } satisfies Chart['panels'][number];
}

function fpsPanel({ page, watched }: SituationRecord, at: (time: number) => number) {
  const rates = (names: (name: string) => boolean): Points =>
    page.slice(4).map((sample, index) => {
      const before = page[index];
      const seconds = (sample.at - (before?.at ?? 0)) / 1000;
      const streams = sample.received.filter(({ kind, name }) => kind === 'video' && names(name ?? ''));
      const frames = streams.map((stream) =>
        growth([before?.received.find(({ id }) => id === stream.id), stream], (one) => one.frames),
      );
      const value = frames.reduce((sum, one) => sum + one, 0) / Math.max(1, frames.length) / seconds;
      return { at: at(sample.at), value };
    });
  return {
    label: 'pictures a second',
    top: 25,
    series: [
      { label: watched, color: '#0969da', style: 'line', points: rates((name) => name === watched) },
      {
        label: 'mean of the others',
        color: '#bf8700',
        style: 'line',
        points: rates((name) => name !== watched),
      },
    ],
  } satisfies Chart['panels'][number];
}

function voicePanel({ page, watched }: SituationRecord, at: (time: number) => number) {
  const shares: Points = page.slice(4).map((sample, index) => {
    const pair = [page[index], sample].map((one) => one && streamOf(one, watched, 'audio'));
    return { at: at(sample.at), value: (shareOfSound(pair, ({ concealed }) => concealed) ?? 0) * 100 };
  });
  return {
    label: '% of speech made up',
    top: 10,
    series: [{ label: watched, color: '#cf222e', style: 'line', points: shares }],
  } satisfies Chart['panels'][number];
}

function queuePanel({ line, behind }: SituationRecord, at: (time: number) => number) {
  return {
    label: 'ms',
    top: 100,
    series: [
      {
        label: 'longest queue, down',
        color: '#0969da',
        style: 'line',
        points: line.map(({ at: time, down }) => ({ at: at(time), value: down.longestQueueMs })),
      },
      {
        label: 'up',
        color: '#bc4c00',
        style: 'line',
        points: line.map(({ at: time, up }) => ({ at: at(time), value: up.longestQueueMs })),
      },
      {
        label: 'round trip',
        color: '#8250df',
        style: 'line',
        points: behind.map(({ at: time, roundTripMs }) => ({ at: at(time), value: roundTripMs })),
      },
    ],
  } satisfies Chart['panels'][number];
}
