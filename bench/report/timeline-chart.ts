import type { Footprint } from '../measure/footprint.ts';
import { type Chart, chartSvg, type Panel } from './chart.ts';
import type { TimelineEntry } from './result.ts';
import type { Partly, SavedResult } from './saved-result.ts';

type Entry = Partly<TimelineEntry>;

interface PanelPlan<Of> {
  label: string;
  top: number;
  lines: readonly { label: string; value: (entry: Of) => number | undefined }[];
}

/** Told apart by hue and lightness, on white and on nearly black. */
const colors = ['#2f81f7', '#d4761a', '#2da44e', '#a371f7'];

const megaoctets = (octets: number | undefined) => (octets === undefined ? undefined : octets / 1e6);

const plans: readonly PanelPlan<Entry>[] = [
  { label: 'ready', top: 1, lines: [{ label: 'participants', value: ({ ready }) => ready }] },
  {
    label: 'packets/s',
    top: 100,
    lines: [
      { label: 'in', value: ({ inPacketsPerSecond }) => inPacketsPerSecond },
      { label: 'out', value: ({ outPacketsPerSecond }) => outPacketsPerSecond },
    ],
  },
  {
    label: 'Mbit/s',
    top: 1,
    lines: [
      { label: 'in', value: ({ inMbitPerSecond }) => inMbitPerSecond },
      { label: 'out', value: ({ outMbitPerSecond }) => outMbitPerSecond },
    ],
  },
  { label: 'loss, %', top: 1, lines: [{ label: 'after repair', value: ({ lossPercent }) => lossPercent }] },
  {
    label: 'forwarding latency, ms',
    top: 5,
    lines: [
      { label: 'p50', value: ({ latencyP50Ms }) => latencyP50Ms },
      { label: 'p99', value: ({ latencyP99Ms }) => latencyP99Ms },
    ],
  },
  {
    label: 'CPU, % of a core',
    top: 20,
    lines: [
      { label: 'workers', value: ({ workerCpuPercent }) => workerCpuPercent },
      { label: 'Node', value: ({ nodeCpuPercent }) => nodeCpuPercent },
    ],
  },
  {
    label: 'event-loop delay, ms',
    top: 20,
    lines: [{ label: 'p99', value: ({ nodeEventLoopP99Ms }) => nodeEventLoopP99Ms }],
  },
  {
    label: 'RSS, MB',
    top: 50,
    lines: [
      { label: 'Node', value: ({ nodeResidentOctets }) => megaoctets(nodeResidentOctets) },
      { label: 'workers', value: ({ workerResidentOctets }) => megaoctets(workerResidentOctets) },
    ],
  },
];

const footprintPlan: PanelPlan<Partly<Footprint>> = {
  label: 'after garbage collections, MB',
  top: 50,
  lines: [
    { label: 'Node heap', value: ({ nodeHeapOctets }) => megaoctets(nodeHeapOctets) },
    { label: 'Node RSS', value: ({ nodeResidentOctets }) => megaoctets(nodeResidentOctets) },
    { label: 'workers RSS', value: ({ workerResidentOctets }) => megaoctets(workerResidentOctets) },
  ],
};

/** Rates over less, as where a step begins, are noise that would press the rest to the ground. s */
const leastSpan = 0.25;

/** How a run went, second by second. @returns undefined when nothing was noted */
export function timelineChart(result: SavedResult, title: string): string | undefined {
  const timeline = longEnough(result.timeline ?? []);
  const last = timeline.at(-1)?.second;
  if (last === undefined) return undefined;
  const panels = [
    ...plans.flatMap((plan) => panelOf(plan, timeline)),
    ...panelOf(footprintPlan, result.footprints ?? []),
  ];
  if (panels.length === 0) return undefined;
  return chartSvg({ title, seconds: Math.max(1, last), bands: stepsOf(timeline), panels });
}

function panelOf<Of extends { second?: number | undefined }>(
  { label, top, lines }: PanelPlan<Of>,
  timeline: readonly Of[],
): Panel[] {
  const series = lines.flatMap(({ label: name, value }, index): Panel['series'] => {
    const points = timeline.map((entry) => ({ at: entry.second ?? 0, value: finite(value(entry)) }));
    if (points.every((point) => point.value === undefined)) return [];
    return [{ label: name, color: colors[index % colors.length] as string, style: 'line', points }];
  });
  return series.length === 0 ? [] : [{ label, top, series }];
}

function longEnough(timeline: readonly Entry[]): Entry[] {
  let before = Number.NEGATIVE_INFINITY;
  return timeline.filter(({ second = 0 }) => {
    const isLong = second - before >= leastSpan;
    if (isLong) before = second;
    return isLong;
  });
}

/** An entry tells of the time since the one before it. */
function stepsOf(timeline: readonly Entry[]): Chart['bands'] {
  const steps: Chart['bands'] = [];
  let from = 0;
  for (const { second: to = from, step: label = '' } of timeline) {
    const current = steps.at(-1);
    if (current?.label === label) current.to = to;
    else steps.push({ from, to, label });
    from = to;
  }
  return steps;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
