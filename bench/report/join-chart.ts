import { escaped } from './escaped.ts';
import { type Measure, valueIn } from './measure.ts';
import { joining } from './measures.ts';
import { runsOf, type SavedResult } from './saved-result.ts';
import { spreadOf } from './spread.ts';
import { bare } from './unit.ts';

const width = 1100;
const left = 180;
const right = 250;
const rowHeight = 44;
const head = 34;
const grey = 'class="chart-grey" fill="#57606a"';

interface Bar {
  label: string;
  /** ms at the named share of all clients, least first */
  marks: { name: string; value: number }[];
}

/** How long joining took: half of the clients, 19 of 20, 99 of 100, all. @returns undefined when nobody came in */
export function joinChart(result: SavedResult): string | undefined {
  const runs = runsOf(result);
  const median = (measure: Measure) => spreadOf(runs.map((run) => valueIn(measure, run)))?.median;
  const bars = joining.rows.flatMap(({ label, style, measures }): Bar[] => {
    if (style !== 'percentiles') return [];
    const marks = measures
      .filter(({ unit }) => unit === 'ms')
      .flatMap((measure) => {
        const value = median(measure);
        return value === undefined ? [] : [{ name: measure.label, value }];
      });
    return marks.length === 0 ? [] : [{ label, marks }];
  });
  if (bars.length === 0) return undefined;
  return svg(bars);
}

function svg(bars: readonly Bar[]): string {
  const most = Math.max(1, ...bars.flatMap(({ marks }) => marks.map(({ value }) => value)));
  const x = (value: number) => left + (value / most) * (width - left - right);
  const height = head + bars.length * rowHeight + 8;
  const summary = bars.map(({ label, marks }) => `${label}: ${inWords(marks)}`).join('; ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`Time to join in ms. ${summary}`)}" font-family="sans-serif" font-size="13">`,
    `<rect class="chart-paper" width="${width}" height="${height}" fill="#fff"/>`,
    ...legend(),
    ...bars.flatMap(({ label, marks }, index) => {
      const y = head + index * rowHeight;
      return [
        `<text class="chart-text" x="${left - 10}" y="${y + 19}" text-anchor="end">${escaped(label)}</text>`,
        ...segments(marks, y, x),
        `<text x="${width - right + 12}" y="${y + 19}" ${grey}>${escaped(inWords(marks))}</text>`,
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

/** Each from the mark before it to its own. */
function segments(marks: Bar['marks'], y: number, x: (value: number) => number): string[] {
  return marks.map(({ name, value }, index) => {
    const from = x(marks[index - 1]?.value ?? 0);
    const size = `width="${Math.max(0, x(value) - from).toFixed(1)}" height="28"`;
    return `<rect x="${from.toFixed(1)}" y="${y}" ${size} fill="#2f81f7" fill-opacity="${opacity(index)}"><title>${escaped(`${name} ${bare(value, 'ms')} ms`)}</title></rect>`;
  });
}

function legend(): string[] {
  return ['until half are there', '95 %', '99 %', 'the last'].flatMap((label, index) => {
    const at = left + ([0, 170, 240, 310][index] ?? 0);
    return [
      `<rect x="${at}" y="8" width="12" height="12" fill="#2f81f7" fill-opacity="${opacity(index)}"/>`,
      `<text x="${at + 18}" y="19" ${grey}>${label}</text>`,
    ];
  });
}

function opacity(index: number): number {
  return [1, 0.65, 0.42, 0.25][index] ?? 0.25;
}

function inWords(marks: Bar['marks']): string {
  return `${marks.map(({ value }) => bare(value, 'ms')).join(' / ')} ms`;
}
