/** Which layers of which videos fit into a receiver's line. Pure: no clock, no worker. Rates in bit/s. */

/** One step of a video's quality, from the least to the best. */
export interface Rung {
  spatialLayer: number;
  temporalLayer: number;
  /** bit/s on the wire */
  bitrate: number;
}

export interface Candidate {
  /** of the consumer */
  id: string;
  /**
   * `screen` is read, `focus` is pinned or speaking, `tile` is everybody else.
   * The order of candidates within one rank is the order in which they get something.
   */
  rank: 'screen' | 'focus' | 'tile';
  /** What can be sent and would be looked at, lowest first; bitrates rise. Never empty. */
  rungs: readonly Rung[];
  /** Index of the lowest rung with all of its frames: below it a moving picture stutters. */
  smoothRung: number;
  /** Index of the rung it has now; -1: none. */
  current: number;
}

/**
 * Index into `rungs` per candidate id; -1: nothing fits.
 * Who has something keeps it at its price, a step up must fit with a margin: rates go up and down by themselves.
 */
export type Allocation = ReadonlyMap<string, number>;

/** A step up must leave this much of its price free. */
const upMargin = 1.12;
/** What is being sent may cost a little more than there is: rates go up and down by themselves, a layer change is seen. */
const keepMargin = 0.87;

/**
 * First the screen and whoever speaks get a moving picture, then everybody a small one, then all get better in the order of their rank.
 * @param budget for video, bit/s; may be negative
 */
export function allocate(budget: number, candidates: readonly Candidate[]): Allocation {
  const rungOf = new Map(candidates.map(({ id }) => [id, -1]));
  let left = budget;
  /** Raises one candidate towards `goal` as far as it fits. */
  const raise = ({ id, rungs, current }: Candidate, goal: number) => {
    for (let to = Math.min(goal, rungs.length - 1); to > (rungOf.get(id) ?? -1); to -= 1) {
      const price = (rungs[to]?.bitrate ?? 0) - bitrateOf(rungs, rungOf.get(id));
      if (price * (to > current ? upMargin : keepMargin) > left) continue;
      rungOf.set(id, to);
      left -= price;
      return;
    }
  };
  const inOrder = (rank: Candidate['rank']) => candidates.filter((candidate) => candidate.rank === rank);
  const [screens, focus, tiles] = [inOrder('screen'), inOrder('focus'), inOrder('tile')];
  for (const candidate of [...screens, ...focus]) raise(candidate, 0);
  for (const candidate of [...screens, ...focus]) raise(candidate, candidate.smoothRung);
  for (const candidate of tiles) raise(candidate, 0);
  for (const candidate of tiles) raise(candidate, candidate.smoothRung);
  for (const candidate of [...screens, ...focus, ...tiles]) raise(candidate, candidate.rungs.length - 1);
  return rungOf;
}

/** bit/s of an allocation. */
export function priceOf(allocation: Allocation, candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { id, rungs }) => sum + bitrateOf(rungs, allocation.get(id)), 0);
}

/** The smallest budget with which more could be sent than is now; undefined: nothing more is wanted. */
export function nextPrice(allocation: Allocation, candidates: readonly Candidate[]): number | undefined {
  const steps = candidates.flatMap(({ id, rungs }) => {
    const at = allocation.get(id) ?? -1;
    const next = rungs[at + 1];
    return next ? [next.bitrate - bitrateOf(rungs, at)] : [];
  });
  return steps.length > 0 ? priceOf(allocation, candidates) + Math.min(...steps) * upMargin : undefined;
}

/** What all of them would cost at their best. */
export function wantedPrice(candidates: readonly Candidate[]): number {
  return candidates.reduce((sum, { rungs }) => sum + (rungs.at(-1)?.bitrate ?? 0), 0);
}

function bitrateOf(rungs: readonly Rung[], index = -1): number {
  return rungs[index]?.bitrate ?? 0;
}
