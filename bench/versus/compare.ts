import type { BenchResult } from '../report/result.ts';

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
  better: 'less' | undefined;
  /** Medians over the runs. */
  plenum: number | undefined;
  other: number | undefined;
  /** other ÷ plenum */
  ratio: number | undefined;
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
    const ours = median(plenum.flatMap((run) => of(run) ?? []));
    const theirs = median(other.flatMap((run) => of(run) ?? []));
    const comparable =
      ours !== undefined && theirs !== undefined && ours > 0 && Math.max(ours, theirs) > negligible;
    return { name, unit, better, plenum: ours, other: theirs, ratio: comparable ? theirs / ours : undefined };
  });
}

/** Where two systems did not forward the same, prices per packet can be compared and nothing else. */
const sameLoadLimit = 0.05;
/** Runs on a shared machine differ by so much without a reason. */
const noise = 0.1;

/** Who is ahead where, in whole sentences. */
export function conclusions(rows: readonly ComparedRow[], title: string): string[] {
  const judged = rows.filter(({ better, ratio }) => better === 'less' && ratio !== undefined);
  const list = (wanted: (ratio: number) => boolean) =>
    judged
      .filter(({ ratio }) => wanted(ratio as number))
      .map(({ name, ratio = 1 }) => `${name.trim()} (${factor(ratio)})`)
      .join('; ');
  const ahead = list((ratio) => ratio > 1 + noise);
  const behind = list((ratio) => ratio < 1 / (1 + noise));
  const equal = judged
    .filter(({ ratio = 1 }) => ratio <= 1 + noise && ratio >= 1 / (1 + noise))
    .map(({ name }) => name.trim());
  return [
    `Plenum is ahead of ${title} in: ${ahead || 'nothing'}.`,
    `${title} is ahead of Plenum in: ${behind || 'nothing'}.`,
    ...(equal.length > 0 ? [`No difference (within ${noise * 100} %) in: ${equal.join('; ')}.`] : []),
  ];
}

/** @returns what makes the comparison doubtful */
export function doubts(rows: readonly ComparedRow[]): string[] {
  const forwarded = rows.find(({ name, unit }) => name === out.name && unit === out.unit)?.ratio;
  if (forwarded === undefined) return ['one of them forwarded nothing'];
  if (Math.abs(forwarded - 1) <= sameLoadLimit) return [];
  return [
    `they did not forward the same number of packets (${((forwarded - 1) * 100).toFixed(0)} %): CPU per packet can still be compared, the rest hardly`,
  ];
}

/** By how much the better one is better. */
function factor(ratio: number): string {
  return ratio === 0 ? 'none' : `${Math.max(ratio, 1 / ratio).toFixed(2)} ×`;
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
