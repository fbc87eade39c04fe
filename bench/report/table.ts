import { environmentRows, measuredRows, type RowGroup, runName } from './rows.ts';
import type { SavedResult } from './saved-result.ts';
import { verdictText } from './verdict-text.ts';

const noteColumn = 50;
const mostFailures = 10;

/** The result as people read it on a terminal. */
export function resultTable(result: SavedResult): string {
  const groups: RowGroup[] = [
    { heading: runName(result), rows: environmentRows(result) },
    ...measuredRows(result),
  ];
  const width = Math.max(0, ...groups.flatMap(({ rows }) => rows.map(([label]) => label.length)));
  const lines = groups.flatMap(({ heading, note, rows }) => [
    `\n${note === undefined ? heading : `${heading.padEnd(noteColumn)} ${note}`}`,
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
  ]);
  return `${[...lines, ...closing(result)].join('\n')}\n`;
}

function closing(result: SavedResult): string[] {
  const { title, reasons, remarks } = verdictText(result);
  const failed = result.clients?.failed ?? [];
  const lines = ['', reasons.length === 0 ? `${title}.` : `${title}:`];
  lines.push(...reasons.map((reason) => `  ${reason}`));
  lines.push(...remarks.map((remark) => `  Note: ${remark}`));
  for (const { index, reason } of failed.slice(0, mostFailures)) lines.push(`  client ${index}: ${reason}`);
  if (failed.length > mostFailures)
    lines.push(`  and ${failed.length - mostFailures} more (all are in the JSON)`);
  return lines;
}
