import { bandLanes } from './band-lanes.ts';
import { escaped } from './escaped.ts';

/**
 * Time series as SVG: panels below each other with one time axis. Small enough to need no library.
 * Colours are attributes, so that a file of its own looks right, and classes, so that a page can have its way.
 */
export interface Chart {
  title: string;
  /** s */
  seconds: number;
  /** Background bands with a name, over all panels. */
  bands: { from: number; to: number; label: string }[];
  panels: Panel[];
}

export interface Panel {
  label: string;
  /** At least this much is shown, from 0. */
  top: number;
  /** What is higher is cut off here; default: everything is shown. */
  most?: number;
  series: Series[];
  /** Spans that are marked, in s. */
  marks?: { from: number; to: number; color: string; label: string }[];
}

export interface Series {
  label: string;
  color: string;
  /** `step`: a value holds until the next one; `dots`: single observations */
  style: 'line' | 'step' | 'dots';
  points: { at: number; value: number | undefined }[];
}

const width = 1100;
const left = 70;
const right = 20;
const panelHeight = 150;
const gap = 34;
const laneHeight = 15;
const grey = 'class="chart-grey" fill="#57606a"';

export function chartSvg({ title, seconds, bands, panels }: Chart): string {
  const x = (at: number) => left + (Math.max(0, Math.min(seconds, at)) / seconds) * (width - left - right);
  const labels = bandLanes(
    bands.map(({ from, label }) => ({ x: x(from) + 4, label })),
    width - right,
  );
  const lanes = Math.max(1, ...labels.map(({ lane }) => lane + 1));
  const head = 41 + lanes * laneHeight;
  const height = head + panels.length * (panelHeight + gap) + 20;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}" font-family="sans-serif" font-size="12">`,
    `<rect class="chart-paper" width="${width}" height="${height}" fill="#fff"/>`,
    text(left, 18, title, 'class="chart-text" font-weight="bold" font-size="14"'),
  ];
  for (const [index, { from, to, label }] of bands.entries()) {
    const [name, fill] = index % 2 === 0 ? ['chart-band', '#f6f8fa'] : ['chart-band-other', '#eaf0f6'];
    const size = `width="${round(x(to) - x(from))}" height="${height - 50}"`;
    parts.push(
      `<rect class="${name}" x="${round(x(from))}" y="30" ${size} fill="${fill}"><title>${escaped(label)}</title></rect>`,
    );
  }
  for (const { x: at, lane, label, anchor } of labels)
    parts.push(text(at, 44 + lane * laneHeight, label, `${grey} text-anchor="${anchor}"`));
  panels.forEach((panel, index) => {
    parts.push(...panelSvg(panel, head + gap / 2 + index * (panelHeight + gap), x));
  });
  const step = timeStep(seconds);
  for (let at = 0; at <= seconds; at += step)
    parts.push(text(x(at), height - 6, `${at} s`, `text-anchor="middle" ${grey}`));
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;
}

function panelSvg(
  { label, top, most, series, marks = [] }: Panel,
  y: number,
  x: (at: number) => number,
): string[] {
  const values = series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const highest = Math.min(most ?? Number.POSITIVE_INFINITY, roundUp(Math.max(top, ...values)));
  const place = (value: number) => y + panelHeight - (Math.min(value, highest) / highest) * panelHeight;
  const end = width - right;
  const parts = [
    ...marks.map(({ from, to, color, label: what }) => {
      const size = `width="${round(Math.max(1, x(to) - x(from)))}" height="${panelHeight}"`;
      return `<rect x="${round(x(from))}" y="${y}" ${size} fill="${color}"><title>${escaped(what)}</title></rect>`;
    }),
    `<path class="chart-grid" d="M${left} ${y}H${end}M${left} ${y + panelHeight / 2}H${end}" fill="none" stroke="#d0d7de" stroke-dasharray="2 4"/>`,
    `<path class="chart-axis" d="M${left} ${y}V${y + panelHeight}H${end}" fill="none" stroke="#8c959f"/>`,
    ...[0, highest / 2, highest].map((value) =>
      text(left - 6, Math.min(place(value) + 4, y + panelHeight), number(value), `text-anchor="end" ${grey}`),
    ),
  ];
  let at = left;
  parts.push(text(at, y - 5, label, 'class="chart-text" font-weight="bold"'));
  at += label.length * 7.5 + 16;
  for (const { label: name, color } of [...series, ...legend(marks)]) {
    parts.push(`<rect x="${round(at)}" y="${y - 14}" width="10" height="10" fill="${color}"/>`);
    parts.push(text(at + 14, y - 5, name, grey));
    at += name.length * 6.5 + 34;
  }
  for (const one of series) parts.push(seriesSvg(one, x, place));
  return parts;
}

function seriesSvg(
  { points, color, style }: Series,
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  if (style === 'dots') {
    const dots = points.flatMap(({ at, value }) =>
      value === undefined ? [] : [`<circle cx="${round(x(at))}" cy="${round(y(value))}" r="2.5"/>`],
    );
    return `<g fill="${color}">${dots.join('')}</g>`;
  }
  let path = '';
  let drawing = false;
  for (const { at, value } of points) {
    if (value === undefined) {
      if (drawing && style === 'step') path += `H${round(x(at))}`;
      drawing = false;
      continue;
    }
    if (!drawing) path += `M${round(x(at))} ${round(y(value))}`;
    else if (style === 'step') path += `H${round(x(at))}V${round(y(value))}`;
    else path += `L${round(x(at))} ${round(y(value))}`;
    drawing = true;
  }
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
}

function legend(marks: readonly { color: string; label: string }[]): { label: string; color: string }[] {
  return [...new Map(marks.map(({ label, color }) => [label, color]))].map(([label, color]) => ({
    label,
    color,
  }));
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;
}

/** At most about twenty labels, at times people count in. */
function timeStep(seconds: number): number {
  return (
    [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((step) => seconds / step <= 20) ?? Math.ceil(seconds / 20)
  );
}

/** To a number whose half is easy to read, too. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 3, 4, 5, 6, 8].find((step) => value <= step * unit * (1 + 1e-9)) ?? 10) * unit;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Math.round(value * 100) / 100);
}
