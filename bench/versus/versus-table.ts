import type { ComparedRow } from './compare.ts';

/** One comparison as people read it on a terminal. */
export function versusTable(rows: readonly ComparedRow[], title: string): string {
  const cells = rows.map(({ name, unit, plenum, other, ratio }) => [
    `${name} (${unit})`,
    number(plenum?.median),
    number(other?.median),
    ratio === undefined ? '–' : `${ratio.toFixed(2)}`,
  ]);
  const all = [['', 'plenum', title, 'ratio'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function number(value: number | undefined): string {
  if (value === undefined) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
