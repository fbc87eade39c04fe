import { type Measure, type MeasureRow, valueIn } from './measure.ts';
import { measureGroups } from './measures.ts';
import { runsOf, type SavedResult } from './saved-result.ts';
import { type Spread, spreadOf } from './spread.ts';
import { bare, rangeText, withUnit } from './unit.ts';

/** Lines that belong together, as text. */
export interface RowGroup {
  heading: string;
  /** What the columns in the values are. */
  note?: string | undefined;
  rows: [label: string, value: string][];
}

/** What was run and on what. */
export function environmentRows({ environment, clients }: SavedResult): RowGroup['rows'] {
  const { cpu, cores, memoryOctets, loadBefore, kernel, node, mediasoup, libdatachannel } = environment;
  const known = (parts: Record<string, string | number | undefined>) =>
    Object.entries(parts)
      .flatMap(([what, value]) => (value === undefined ? [] : what.replace('*', String(value))))
      .join(', ');
  const rows: RowGroup['rows'] = [
    [
      'machine',
      known({
        '*': cpu,
        '* cores': cores,
        '* memory': memoryOctets === undefined ? undefined : `${(memoryOctets / 2 ** 30).toFixed(0)} GiB`,
        'load * before': loadBefore?.toFixed(1),
      }),
    ],
    ['system', kernel ?? ''],
    ['versions', known({ 'Node *': node, 'mediasoup *': mediasoup, 'libdatachannel *': libdatachannel })],
    ['worker', environment.worker ?? ''],
    ['commit', environment.commit ?? ''],
    ['date', environment.date ?? ''],
    [
      'clients',
      known({
        '* planned': clients?.planned,
        '* ready': clients?.ready,
        '* failed': clients?.failed?.length,
      }),
    ],
  ];
  return rows.filter(([, value]) => value !== '');
}

/** Everything that was measured; what no run has a value for is left out. */
export function measuredRows(result: SavedResult): RowGroup[] {
  const runs = runsOf(result);
  return measureGroups.flatMap(({ name, note, rows }) => {
    const found = rows.flatMap((row): RowGroup['rows'] => {
      const value = rowValue(row, runs);
      return value === undefined ? [] : [[row.label, value]];
    });
    return found.length === 0 ? [] : [{ heading: name, note, rows: found }];
  });
}

export function runName({ scenario, numbers, camera, repeats }: SavedResult): string {
  const parts = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  if (camera) parts.push(`camera ${camera.width}x${camera.height}@${camera.framesPerSecond}`);
  if (repeats?.length) parts.push(`medians (least–most) of ${repeats.length} runs`);
  return `${scenario}: ${parts.join(', ')}`;
}

function rowValue({ style, measures }: MeasureRow, runs: readonly SavedResult[]): string | undefined {
  const found = measures.flatMap((measure) => {
    const spread = spreadOf(runs.map((run) => valueIn(measure, run)));
    return spread ? [{ measure, spread }] : [];
  });
  if (found.length === 0) return undefined;
  if (style === 'words') return found.map(({ measure, spread }) => inWords(measure, spread)).join(', ');
  const numbers = found.filter(({ measure }) => measure.unit !== 'values');
  const count = found.find(({ measure }) => measure.unit === 'values');
  const text = numbers
    .map(({ measure: { unit }, spread }) => bare(spread.median, unit) + rangeText(spread, unit))
    .join(' / ');
  return count ? `${text}   of ${bare(count.spread.median, 'values')}` : text;
}

function inWords({ label, unit }: Measure, spread: Spread): string {
  const value = withUnit(spread.median, unit) + rangeText(spread, unit);
  if (label === '') return value;
  return unit === 'pieces' ? `${value} ${label}` : `${label} ${value}`;
}
