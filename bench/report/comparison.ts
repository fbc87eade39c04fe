import { differences } from './differences.ts';
import { chanceOfError, type Judgement, judgeChange } from './judgement.ts';
import { type Measure, type MeasureRow, valueIn } from './measure.ts';
import { measureGroups } from './measures.ts';
import { runsOf, type SavedResult } from './saved-result.ts';
import { type Spread, spreadOf } from './spread.ts';
import type { Unit } from './unit.ts';

/** Results that are looked at as one: all their runs together. */
export interface Side {
  name: string;
  files: readonly { file: string; result: SavedResult }[];
}

export interface Change {
  spread: Spread | undefined;
  /** Against the first side; undefined where that is 0, or one of them is missing. */
  ratio: number | undefined;
  judgement: Judgement | undefined;
}

export interface ComparedMeasure {
  label: string;
  unit: Unit;
  base: Spread | undefined;
  /** Of the other sides, in their order. */
  changes: Change[];
}

export interface Comparison {
  sides: { name: string; what: string; runs: number }[];
  /** Why this may be no comparison at all. */
  warnings: string[];
  /** What judgements are worth here. */
  remarks: string[];
  groups: { name: string; measures: ComparedMeasure[] }[];
}

/** @param sides the first one is what the others are compared with */
export function compare(sides: readonly Side[]): Comparison {
  const runs = sides.map(({ files }) => files.flatMap(({ result }) => runsOf(result)));
  const groups = measureGroups.map(({ name, rows }) => ({
    name: name.replace(/ \(.*/, ''),
    measures: rows.flatMap((row) => row.measures.flatMap((measure) => compared(row, measure, runs))),
  }));
  return {
    sides: sides.map(({ name, files }, index) => ({
      name,
      what: describe(files.map(({ result }) => result)),
      runs: runs[index]?.length ?? 0,
    })),
    warnings: differences(sides.flatMap(({ files }) => files)),
    remarks: remarks(runs.map(({ length }) => length)),
    groups: groups.filter(({ measures }) => measures.length > 0),
  };
}

function compared(
  row: MeasureRow,
  measure: Measure,
  runs: readonly (readonly SavedResult[])[],
): ComparedMeasure[] {
  // Of how many values percentiles were made says nothing about the server.
  if (measure.unit === 'values') return [];
  const spreads = runs.map((ofSide) => spreadOf(ofSide.map((run) => valueIn(measure, run))));
  if (spreads.every((spread) => spread === undefined)) return [];
  const [base, ...others] = spreads;
  return [
    {
      label: measure.label === '' ? row.label : `${row.label}: ${measure.label}`,
      unit: measure.unit,
      base,
      changes: others.map((spread) => change(base, spread, measure)),
    },
  ];
}

function change(base: Spread | undefined, spread: Spread | undefined, { better }: Measure): Change {
  if (!base || !spread) return { spread, ratio: undefined, judgement: undefined };
  return {
    spread,
    ratio: base.median === 0 ? undefined : spread.median / base.median,
    judgement: judgeChange(base, spread, better),
  };
}

function describe(results: readonly SavedResult[]): string {
  const commits = [...new Set(results.map(({ environment }) => environment.commit ?? 'unknown commit'))];
  const days = [
    ...new Set(results.map(({ environment }) => environment.date?.slice(0, 16).replace('T', ' ') ?? '')),
  ];
  return [commits.join(', '), ...days].filter((part) => part !== '').join(', ');
}

function remarks([base = 0, ...others]: readonly number[]): string[] {
  const found: string[] = [];
  if (base < 2 || others.some((count) => count < 2))
    found.push(
      'Single runs differ by a fifth and more without a reason: --repeat 5 on both sides tells more.',
    );
  for (const count of new Set(others)) {
    const chance = chanceOfError(base, count);
    if (chance === undefined) continue;
    const percent = chance * 100;
    found.push(
      `${base} runs against ${count}: about ${percent.toFixed(percent < 1 ? 1 : 0)} % of the measures that did not change are called better, worse or different all the same.`,
    );
  }
  return found;
}
