import type { Footprint } from './footprint.ts';

/** Octets; after a full garbage collection each. */
export interface Memory {
  heapPerParticipant: number;
  nodeResidentPerParticipant: number;
  workerResidentPerParticipant: number;
  /** after everybody has left, as a part of what was there before anybody came; 1: all was given back */
  heapAfter: number | undefined;
  workerResidentAfter: number | undefined;
  descriptorsAfter: number | undefined;
  handlesAfter: number | undefined;
}

/** @returns undefined when the server was not weighed both empty and full */
export function memory(footprints: readonly Footprint[]): Memory | undefined {
  const last = (moment: Footprint['moment']) => footprints.findLast((one) => one.moment === moment);
  const [empty, full, after] = [last('empty'), last('full'), last('after')];
  if (!empty || !full || full.participants === 0) return undefined;
  type Octets = 'nodeHeapOctets' | 'nodeResidentOctets' | 'workerResidentOctets' | 'descriptors' | 'handles';
  const each = (what: Octets) => (full[what] - empty[what]) / full.participants;
  const part = (what: Octets) => after && after[what] / Math.max(1, empty[what]);
  return {
    heapPerParticipant: each('nodeHeapOctets'),
    nodeResidentPerParticipant: each('nodeResidentOctets'),
    workerResidentPerParticipant: each('workerResidentOctets'),
    heapAfter: part('nodeHeapOctets'),
    workerResidentAfter: part('workerResidentOctets'),
    descriptorsAfter: part('descriptors'),
    handlesAfter: part('handles'),
  };
}

export interface Slope {
  /** per hour */
  perHour: number;
  /** per hour as a part of the middle value */
  partPerHour: number;
  /** Whether it grows beyond what chance explains: see growth(). */
  grows: boolean;
}

export interface Slopes {
  seconds: number;
  looks: number;
  nodeHeap: Slope;
  nodeResident: Slope;
  workerResident: Slope;
  descriptors: Slope;
  handles: Slope;
}

/** The first part of a soak is warming up: caches fill, code is compiled. */
const warmUpPart = 1 / 3;
const fewestLooks = 6;
/** Less than this over the whole time is not worth the name, whatever chance says. */
const smallestGrowth = 0.02;

/** @returns undefined with too few looks */
export function slopes(footprints: readonly Footprint[]): Slopes | undefined {
  const all = footprints.filter(({ moment }) => moment === 'during');
  const from = (all[0]?.second ?? 0) + ((all.at(-1)?.second ?? 0) - (all[0]?.second ?? 0)) * warmUpPart;
  const looks = all.filter(({ second }) => second >= from);
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last || looks.length < fewestLooks) return undefined;
  const of = (value: (one: Footprint) => number) =>
    growth(looks.map((one) => ({ at: one.second, value: value(one) })));
  return {
    seconds: last.second - first.second,
    looks: looks.length,
    nodeHeap: of((one) => one.nodeHeapOctets),
    nodeResident: of((one) => one.nodeResidentOctets),
    workerResident: of((one) => one.workerResidentOctets),
    descriptors: of((one) => one.descriptors),
    handles: of((one) => one.handles),
  };
}

/**
 * The middle one of the slopes between all pairs of looks (Theil and Sen): single outliers do not move it. It grows when far
 * more pairs rise than fall (Mann and Kendall, 99 %), and the whole rise is more than a fiftieth.
 */
export function growth(points: readonly { at: number; value: number }[]): Slope {
  const between: number[] = [];
  let balance = 0;
  points.forEach((a, index) => {
    for (const b of points.slice(index + 1)) {
      if (b.at === a.at) continue;
      between.push((b.value - a.value) / (b.at - a.at));
      balance += Math.sign(b.value - a.value);
    }
  });
  const middle = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const slope = middle(between);
  const level = middle(points.map(({ value }) => value));
  const seconds = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  const n = points.length;
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const certain = balance > 2.33 * deviation;
  return {
    perHour: slope * 3600,
    partPerHour: level === 0 ? 0 : (slope * 3600) / level,
    grows: certain && level > 0 && (slope * seconds) / level > smallestGrowth,
  };
}
