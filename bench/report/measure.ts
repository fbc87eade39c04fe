import type { Percentiles } from './result.ts';
import type { Partly, SavedResult } from './saved-result.ts';
import type { Unit } from './unit.ts';

/** One number of a result, and how it is to be read. */
export interface Measure {
  /** Within its row; empty where the row's label says it all. */
  label: string;
  unit: Unit;
  /** Which direction is good. */
  better: 'less' | 'more' | 'neither';
  value: (result: SavedResult) => number | undefined;
}

export interface MeasureRow {
  label: string;
  /** `percentiles`: bare numbers with slashes between, the group's note names them */
  style: 'words' | 'percentiles';
  measures: readonly Measure[];
}

export interface MeasureGroup {
  name: string;
  note?: string;
  rows: readonly MeasureRow[];
}

type Value = Measure['value'];

export function one(unit: Unit, better: Measure['better'], value: Value, label = ''): Measure {
  return { label, unit, better, value };
}

export function row(label: string, ...measures: Measure[]): MeasureRow {
  return { label, style: 'words', measures };
}

/** @param of ms */
export function percentiles(
  label: string,
  better: Measure['better'],
  of: (result: SavedResult) => Partly<Percentiles> | undefined,
): MeasureRow {
  const names = ['p50', 'p95', 'p99', 'max'] as const;
  const measures = names.map((name) => one('ms', better, (result) => of(result)?.[name], name));
  return {
    label,
    style: 'percentiles',
    measures: [...measures, one('values', 'neither', (result) => of(result)?.count)],
  };
}

/** A file may hold anything in the place of a number. */
export function valueIn({ value }: Measure, result: SavedResult): number | undefined {
  const found: unknown = value(result);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
