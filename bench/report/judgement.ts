import type { Measure } from './measure.ts';
import type { Spread } from './spread.ts';

export type Judgement = 'same' | 'better' | 'worse' | 'different' | 'within the spread' | 'could be noise';

/** Single runs on one machine differ by as much without any reason. */
const singleRunNoise = 0.2;

/**
 * Whether a measure has become better, and whether that is more than chance.
 * Several runs: not as long as their ranges overlap. A single run has no range, so small differences are not believed.
 */
export function judgeChange(base: Spread, other: Spread, better: Measure['better']): Judgement {
  const difference = other.median - base.median;
  if (difference === 0 && isPoint(base) && isPoint(other)) return 'same';
  const overlap = base.least <= other.most && other.least <= base.most;
  const single = base.runs < 2 || other.runs < 2;
  if (overlap && (base.runs > 1 || other.runs > 1)) return 'within the spread';
  // What was 0 and is not any more has changed by any measure.
  if (single && Math.abs(difference) < singleRunNoise * Math.abs(base.median)) return 'could be noise';
  if (better === 'neither') return 'different';
  return difference < 0 === (better === 'less') ? 'better' : 'worse';
}

/**
 * How often a measure that did not change is called better or worse all the same:
 * all runs of one side are above all of the other in 2 of all orders in which they can come.
 * @returns undefined where a side has a single run
 */
export function chanceOfError(runs: number, otherRuns: number): number | undefined {
  if (runs < 2 || otherRuns < 2) return undefined;
  let orders = 1;
  for (let index = 1; index <= runs; index += 1) orders = (orders * (otherRuns + index)) / index;
  return 2 / orders;
}

function isPoint({ least, most }: Spread): boolean {
  return least === most;
}
