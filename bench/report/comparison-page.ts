import type { Comparison } from './comparison.ts';
import { comparisonCells, comparisonHeads, letter, plural } from './comparison-table.ts';
import { escaped } from './escaped.ts';
import { type HtmlRow, htmlList, htmlTable, page } from './page.ts';

const tones: Readonly<Record<string, string>> = {
  better: 'good',
  worse: 'bad',
  different: 'doubtful',
  same: 'faint',
  'within the spread': 'faint',
  'could be noise': 'faint',
};

/** A comparison as a page that opens from the disk. */
export function comparisonPage({ sides, warnings, remarks, groups }: Comparison): string {
  const table = htmlTable({
    caption: 'Medians, with the least and the most of several runs',
    headings: comparisonHeads(sides).map((head) => (head === '' ? 'measure' : head)),
    groups: groups.map(({ name, measures }) => ({
      heading: name,
      rows: measures.map((measure): HtmlRow => {
        const [label = '', ...cells] = comparisonCells(measure);
        // Measures are numbers: nothing of a file's text can look like a judgement.
        return { label, cells: cells.map((text) => (tones[text] ? { text, tone: tones[text] } : text)) };
      }),
    })),
  });
  const names = sides.map(({ name, what, runs }, index) => ({
    label: letter(index),
    cells: [name, plural(runs), what],
  }));
  const parts = [
    '<h1>Bench: comparison</h1>',
    warnings.length === 0
      ? ''
      : `<section class="verdict bad"><h2>These results differ in more than the code</h2>${htmlList(warnings)}</section>`,
    '<section><h2>What is compared</h2>',
    htmlTable({
      caption: 'Everything is compared with A',
      headings: ['side', 'results', 'runs', 'commit and time'],
      groups: [{ rows: names }],
    }),
    '</section>',
    `<section><h2>Measures</h2>\n${table}</section>`,
    ...remarks.map((remark) => `<p class="faint">${escaped(remark)}</p>`),
  ];
  return page('Bench: comparison', parts.filter((part) => part !== '').join('\n'));
}
