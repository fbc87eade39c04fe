import { escaped } from './escaped.ts';
import { joinChart } from './join-chart.ts';
import { type HtmlTable, htmlList, htmlTable, page } from './page.ts';
import { environmentRows, measuredRows, type RowGroup, runName } from './rows.ts';
import { runsOf, type SavedResult } from './saved-result.ts';
import { timelineChart } from './timeline-chart.ts';
import { verdictText } from './verdict-text.ts';

/** A result as a page that opens from the disk: verdict, figures, charts, environment. */
export function resultPage(result: SavedResult): string {
  const [scenario = '', ...rest] = runName(result).split(': ');
  const measured = measuredRows(result);
  const joins = joinChart(result);
  const parts = [
    `<h1>Bench: ${escaped(scenario)}</h1>`,
    `<p class="numbers">${escaped(rest.join(': '))}</p>`,
    verdict(result),
    measured.length === 0
      ? section('Figures', '<p>Nothing was measured.</p>')
      : section('Figures', htmlTable(tableOf('What was measured', measured))),
    joins === undefined ? '' : section('Joining', chart('Joining', joins)),
    ...timelines(result),
    section(
      'Environment',
      htmlTable(tableOf('What it ran on', [{ heading: '', rows: environmentRows(result) }])),
    ),
    failures(result),
  ];
  const date = result.environment.date?.slice(0, 16).replace('T', ' ') ?? '';
  return page(`Bench: ${scenario} ${date}`.trim(), parts.filter((part) => part !== '').join('\n'));
}

function verdict(result: SavedResult): string {
  const { tone, title, reasons, remarks } = verdictText(result);
  const lines = [...reasons, ...remarks.map((remark) => `Note: ${remark}`)];
  return `<section class="verdict ${tone}"><h2>${title}</h2>${htmlList(lines)}</section>`;
}

function timelines(result: SavedResult): string[] {
  const runs = runsOf(result);
  return runs.flatMap((run, index) => {
    const title = runs.length === 1 ? 'Over time' : `Run ${index + 1} of ${runs.length} over time`;
    const svg = timelineChart(run, `${result.scenario}: what each second brought`);
    return svg === undefined ? [] : section(title, chart(title, svg));
  });
}

function failures({ clients }: SavedResult): string {
  const failed = clients?.failed ?? [];
  if (failed.length === 0) return '';
  const rows = failed.map(({ index, reason }) => ({
    label: String(index ?? '–'),
    cells: [reason ?? 'unknown'],
  }));
  return section(
    'Failed clients',
    htmlTable({ caption: 'Who failed and why', headings: ['client', 'reason'], groups: [{ rows }] }),
  );
}

function tableOf(caption: string, groups: readonly RowGroup[]): HtmlTable {
  return {
    caption,
    headings: [],
    groups: groups.map(({ heading, note, rows }) => ({
      heading: heading === '' ? undefined : heading,
      note,
      rows: rows.map(([label, value]) => ({ label, cells: [value] })),
    })),
  };
}

function section(heading: string, html: string): string {
  return `<section><h2>${escaped(heading)}</h2>\n${html}</section>`;
}

function chart(name: string, svg: string): string {
  return `<div class="chart" tabindex="0" role="group" aria-label="${escaped(name)}">${svg}</div>`;
}
