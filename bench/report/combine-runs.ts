import type { BenchResult, Verdict } from './result.ts';
import { spreadOf } from './spread.ts';

const severity: readonly Verdict['state'][] = ['valid', 'harness-limited', 'invalid'];

/**
 * One result of several runs: every number is the median of theirs, the verdict is the worst of theirs.
 * @param planned how many runs there should be
 * @param ended why there are fewer
 */
export function combineRuns(runs: readonly BenchResult[], planned: number, ended?: string): BenchResult {
  const [first] = runs;
  if (!first) throw new RangeError('there is no run');
  if (planned === 1) return first;
  return {
    ...(medians(runs) as BenchResult),
    environment: first.environment,
    verdict: worst(runs, planned, ended),
    clients: {
      planned: first.clients.planned,
      ready: Math.min(...runs.map(({ clients }) => clients.ready)),
      failed: runs.flatMap(({ clients }, index) =>
        clients.failed.map((one) => ({ ...one, reason: inRun(index, one.reason) })),
      ),
    },
    timeline: [],
    repeats: [...runs],
  };
}

function worst(runs: readonly BenchResult[], planned: number, ended = 'interrupted'): Verdict {
  const missing = planned - runs.length;
  const worstOfAll = Math.max(...runs.map(({ verdict }) => severity.indexOf(verdict.state)));
  const said = (name: 'reasons' | 'remarks') =>
    runs.flatMap(({ verdict }, index) => verdict[name].map((text) => inRun(index, text)));
  return {
    state: missing > 0 ? 'invalid' : (severity[worstOfAll] ?? 'invalid'),
    reasons: [
      ...(missing > 0 ? [`it ended after ${runs.length} of ${planned} runs: ${ended}`] : []),
      ...said('reasons'),
    ],
    remarks: said('remarks'),
  };
}

/** Leaf by leaf. What is no number comes from the first run that has it. */
function medians(values: readonly unknown[]): unknown {
  const known = values.filter((value) => value !== undefined && value !== null);
  const [first] = known;
  if (typeof first === 'number') return spreadOf(known.filter((value) => typeof value === 'number'))?.median;
  if (typeof first !== 'object' || first === null) return first;
  const objects = known.filter((value) => typeof value === 'object') as Record<string, unknown>[];
  if (Array.isArray(first)) {
    // Lists of different length do not speak of the same things.
    const isSame = objects.every((list) => Array.isArray(list) && list.length === first.length);
    return isSame ? first.map((_, index) => medians(objects.map((list) => list[index]))) : first;
  }
  const names = new Set(objects.flatMap((object) => Object.keys(object)));
  return Object.fromEntries([...names].map((name) => [name, medians(objects.map((object) => object[name]))]));
}

function inRun(index: number, text: string): string {
  return `run ${index + 1}: ${text}`;
}
