import { judgeChange } from '../report/judgement.ts';
import type { BenchResult } from '../report/result.ts';
import { type Spread, spreadOf } from '../report/spread.ts';

/** One number of a run. */
export interface Quantity {
  name: string;
  unit: string;
  /** What is better; undefined: neither, it says what the others are worth. */
  better: 'less' | undefined;
  /** Below this both are as good as nothing: a ratio would be noise. */
  negligible?: number;
  of: (run: BenchResult) => number | undefined;
}

export interface ComparedRow {
  name: string;
  unit: string;
  /** Over the runs of each. */
  plenum: Spread | undefined;
  other: Spread | undefined;
  /** other ÷ plenum, of the medians */
  ratio: number | undefined;
  /** Who is better by more than chance; `neither` where that cannot be said, undefined where nothing is better. */
  ahead: 'plenum' | 'other' | 'neither' | undefined;
}

/** µs of CPU per forwarded packet, from per cent of a core. */
function perPacket(percent: number | undefined, run: BenchResult): number | undefined {
  const packets = run.measured?.traffic.outPacketsPerSecond;
  return percent === undefined || !packets ? undefined : (percent * 10_000) / packets;
}

/** Processes that a system does not have count nothing. */
function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

const out: Quantity = {
  name: 'forwarded',
  unit: 'packets/s',
  better: undefined,
  of: ({ measured }) => measured?.traffic.outPacketsPerSecond,
};

export const quantities: readonly Quantity[] = [
  out,
  { ...out, unit: 'Mbit/s', of: ({ measured }) => measured?.traffic.outMbitPerSecond },
  { ...out, name: 'sent to it', of: ({ measured }) => measured?.traffic.inPacketsPerSecond },
  {
    name: 'CPU per forwarded packet',
    unit: 'µs',
    better: 'less',
    of: (run) => {
      const server = run.measured?.server;
      return perPacket(sum(server?.workerCpuPercent, server?.nodeCpuPercent), run);
    },
  },
  {
    name: '  media processes',
    unit: 'µs',
    better: 'less',
    of: (run) => run.measured?.server?.microsecondsPerForwardedPacket,
  },
  {
    name: '  Node',
    unit: 'µs',
    // In the sum above; others have none, or their own work in it.
    better: undefined,
    of: (run) => perPacket(run.measured?.server?.nodeCpuPercent, run),
  },
  ...(['video', 'audio'] as const).flatMap((kind) =>
    (['p50', 'p99'] as const).map(
      (at): Quantity => ({
        name: `latency, ${kind}, ${at}`,
        unit: 'ms',
        better: 'less',
        of: ({ measured }) => measured?.latency[kind]?.[at],
      }),
    ),
  ),
  {
    name: 'memory per participant',
    unit: 'MB',
    better: 'less',
    of: ({ memory }) =>
      memory && (memory.nodeResidentPerParticipant + memory.workerResidentPerParticipant) / 1e6,
  },
  ...(
    [
      ['in the room', 'room'],
      ['first picture', 'firstFrame'],
    ] as const
  ).flatMap(([name, key]) =>
    (['p50', 'p95', 'p99'] as const).map(
      (at): Quantity => ({
        name: `${name}, ${at}`,
        unit: 'ms',
        better: 'less',
        of: ({ join }) => join[key]?.[at],
      }),
    ),
  ),
  {
    name: 'lost after repair',
    unit: '%',
    better: 'less',
    negligible: 0.1,
    of: ({ measured }) => measured?.loss.percent,
  },
];

export function compare(plenum: readonly BenchResult[], other: readonly BenchResult[]): ComparedRow[] {
  return quantities.map(({ name, unit, better, negligible = 0, of }) => {
    const ours = spreadOf(plenum.map(of));
    const theirs = spreadOf(other.map(of));
    const row = { name, unit, plenum: ours, other: theirs };
    if (!ours || !theirs || Math.max(ours.median, theirs.median) <= negligible)
      return { ...row, ratio: undefined, ahead: undefined };
    const ratio = ours.median > 0 ? theirs.median / ours.median : undefined;
    return { ...row, ratio, ahead: better && whoIsAhead(ours, theirs) };
  });
}

function whoIsAhead(plenum: Spread, other: Spread): ComparedRow['ahead'] {
  const judgement = judgeChange(plenum, other, 'less');
  if (judgement === 'better') return 'other';
  return judgement === 'worse' ? 'plenum' : 'neither';
}

/** Where two systems did not forward the same, prices per packet can be compared and nothing else. */
const sameLoadLimit = 0.05;
/** Who is ahead where, in whole sentences. */
export function conclusions(rows: readonly ComparedRow[], title: string): string[] {
  const list = (who: ComparedRow['ahead']) =>
    rows
      .filter(({ ahead }) => ahead === who)
      .map(({ name, ratio }) => name.trim() + (who === 'neither' ? '' : factor(ratio)))
      .join('; ');
  return [
    `Plenum is ahead of ${title} in: ${list('plenum') || 'nothing'}.`,
    `${title} is ahead of Plenum in: ${list('other') || 'nothing'}.`,
    ...(list('neither') ? [`No difference beyond chance in: ${list('neither')}.`] : []),
  ];
}

/** Comparable although the two did not forward the same. */
export function isPerPacket({ unit }: ComparedRow): boolean {
  return unit === 'µs';
}

/** @returns what makes the comparison doubtful */
export function doubts(rows: readonly ComparedRow[]): string[] {
  const forwarded = rows.find(({ name, unit }) => name === out.name && unit === out.unit)?.ratio;
  if (forwarded === undefined) return ['one of them forwarded nothing'];
  if (Math.abs(forwarded - 1) <= sameLoadLimit) return [];
  return [
    `they did not forward the same number of packets (${((forwarded - 1) * 100).toFixed(0)} %): CPU per packet can still be compared, the rest cannot`,
  ];
}

/** By how much the better one is better. */
function factor(ratio: number | undefined): string {
  return ratio ? ` (${Math.max(ratio, 1 / ratio).toFixed(2)} ×)` : '';
}
