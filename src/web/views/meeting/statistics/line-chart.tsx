import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useTranslation } from '../../../parts/app-context.ts';
import 'uplot/dist/uPlot.min.css';

export interface ChartLine {
  label: string;
  values: readonly (number | undefined)[];
}

interface LineChartProps {
  title: string;
  /** Seconds, the newest is 0. */
  times: readonly number[];
  /** Two at most: the second one is dashed. */
  lines: readonly ChartLine[];
  /** The scale reaches at least this far. */
  atLeast: number;
  write: (value: number) => string;
}

const span = 120;
const height = 108;

/** Two minutes as lines, with the current numbers beside it and the range in words for those who do not see them. */
export function LineChart({ title, times, lines, atLeast, write }: LineChartProps) {
  const { text } = useTranslation();
  const words = text.statistics;
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDListElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const labels = useRef({ write, ago: words.ago, now: words.now });
  labels.current = { write, ago: words.ago, now: words.now };
  useEffect(() => {
    const element = box.current;
    if (!element || !legend.current) return;
    const swatches = [...legend.current.querySelectorAll('.swatch')];
    const made = new uPlot(options(element, swatches, atLeast, labels), [[], [], []], element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [atLeast]);
  useEffect(() => {
    chart.current?.setData([[...times], ...lines.map(({ values }) => [...values])]);
  }, [times, lines]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <dl ref={legend} class="chart-legend">
        {lines.map(({ label, values }) => {
          const last = values.at(-1);
          return (
            <div key={label}>
              <dt>
                <span class="swatch" aria-hidden="true" />
                {label}
              </dt>
              <dd>{last === undefined ? words.nothing : write(last)}</dd>
            </div>
          );
        })}
      </dl>
      <div
        ref={box}
        class="chart-box"
        role="img"
        aria-label={[
          words.chart(title),
          ...lines.map(({ label, values }) => `${label}: ${rangeText(values)}`),
        ].join('. ')}
      />
    </figure>
  );

  function rangeText(values: readonly (number | undefined)[]): string {
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return words.nothing;
    return words.span(write(Math.min(...known)), write(Math.max(...known)));
  }
}

interface Labels {
  current: { write: (value: number) => string; ago: string; now: string };
}

/** Colours are the style sheet's, read anew with every drawing: the theme may change. */
function options(
  element: HTMLElement,
  swatches: readonly Element[],
  atLeast: number,
  labels: Labels,
): uPlot.Options {
  const colour = (of: Element | undefined) => (of ? getComputedStyle(of).color : '');
  const ink = () => colour(element);
  const grid = { stroke: () => getComputedStyle(element).borderColor, width: 1 };
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const line = (index: number): uPlot.Series => ({
    stroke: () => colour(swatches[index]),
    width: 2,
    points: { show: false },
    ...(index === 1 ? { dash: [5, 4] } : {}),
  });
  return {
    width: element.clientWidth,
    height,
    padding: [8, 22, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false, range: [-span, 0] },
      y: { range: (_, __, most) => [0, Math.max(atLeast, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        stroke: ink,
        font,
        size: 22,
        gap: 4,
        grid: { show: false },
        ticks: { show: false },
        splits: [-span, -span / 2, 0],
        values: (_, splits) =>
          splits.map((at) => (at === 0 ? labels.current.now : at === -span ? labels.current.ago : '')),
      },
      {
        stroke: ink,
        font,
        size: 66,
        gap: 6,
        space: 36,
        grid,
        ticks: { show: false },
        values: (_, splits) => splits.map((value) => labels.current.write(value)),
      },
    ],
    series: [{}, line(0), line(1)],
  };
}
