import { escaped } from './escaped.ts';
import { pageStyle } from './page-style.ts';

/** A page of one file: nothing is loaded, nothing runs, and its policy says so. @param body HTML */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** @param headings of the columns; empty: rows explain themselves */
export interface HtmlTable {
  caption: string;
  headings: readonly string[];
  groups: readonly { heading?: string | undefined; note?: string | undefined; rows: readonly HtmlRow[] }[];
}

export interface HtmlRow {
  label: string;
  cells: readonly (string | { text: string; tone: string })[];
}

export function htmlTable({ caption, headings, groups }: HtmlTable): string {
  const columns = Math.max(
    headings.length,
    ...groups.flatMap(({ rows }) => rows.map(({ cells }) => cells.length + 1)),
  );
  return [
    // On a narrow screen it scrolls, and then the keyboard must get there.
    `<div class="wide" tabindex="0" role="group" aria-label="${escaped(caption)}"><table>`,
    `<caption>${escaped(caption)}</caption>`,
    ...(headings.length === 0
      ? []
      : [
          `<thead><tr>${headings.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')}</tr></thead>`,
        ]),
    ...groups.map(({ heading, note, rows }) =>
      [
        '<tbody>',
        ...(heading === undefined
          ? []
          : [
              `<tr><th scope="rowgroup" colspan="${columns}">${escaped(heading)}${note === undefined ? '' : ` <span class="note">${escaped(note)}</span>`}</th></tr>`,
            ]),
        ...rows.map(
          ({ label, cells }) => `<tr><th scope="row">${escaped(label)}</th>${cells.map(cell).join('')}</tr>`,
        ),
        '</tbody>',
      ].join('\n'),
    ),
    '</table></div>',
  ].join('\n');
}

export function htmlList(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
}

function cell(content: HtmlRow['cells'][number]): string {
  return typeof content === 'string'
    ? `<td>${escaped(content)}</td>`
    : `<td class="${escaped(content.tone)}">${escaped(content.text)}</td>`;
}
