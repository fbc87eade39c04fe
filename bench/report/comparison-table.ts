import type { Change, ComparedMeasure, Comparison } from './comparison.ts';
import type { Spread } from './spread.ts';
import { rangeText, type Unit, withUnit } from './unit.ts';

/** A comparison as people read it on a terminal. */
export function comparisonTable({ sides, warnings, remarks, groups }: Comparison): string {
  const heads = comparisonHeads(sides);
  const rows = groups.map(({ name, measures }) => ({ name, rows: measures.map(comparisonCells) }));
  const widths = heads.map((head, column) =>
    Math.max(
      head.length,
      ...rows.flatMap(({ rows: lines }) => lines.map((cells) => cells[column]?.length ?? 0)),
    ),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  const lines = [
    ...warnings.map((warning) => `WARNING: ${warning}`),
    ...(warnings.length > 0 ? ['WARNING: what follows may say nothing about the code.', ''] : []),
    ...sides.map(({ name, what, runs }, index) => `${letter(index)}  ${name}: ${plural(runs)}, ${what}`),
    '',
    line(heads),
    ...rows.flatMap(({ name, rows: measures }) => [`\n${name}`, ...measures.map(line)]),
    '',
    ...remarks,
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Sides are named by letters: file names are too long for columns. */
export function comparisonHeads(sides: Comparison['sides']): string[] {
  return [
    '',
    'A',
    ...sides.slice(1).flatMap((_, index) => [letter(index + 1), `${letter(index + 1)}/A`, 'judgement']),
  ];
}

export function comparisonCells({ label, unit, base, changes }: ComparedMeasure): string[] {
  return [label, spreadText(base, unit), ...changes.flatMap((change) => changeCells(change, unit))];
}

export function letter(index: number): string {
  return String.fromCodePoint(65 + index);
}

export function plural(runs: number): string {
  return runs === 1 ? '1 run' : `${runs} runs`;
}

function changeCells({ spread, ratio, judgement }: Change, unit: Unit): string[] {
  const times = ratio === undefined || !Number.isFinite(ratio) ? '–' : ratio.toFixed(ratio < 10 ? 2 : 0);
  return [spreadText(spread, unit), times, judgement ?? ''];
}

function spreadText(spread: Spread | undefined, unit: Unit): string {
  return spread ? withUnit(spread.median, unit) + rangeText(spread, unit) : '–';
}
