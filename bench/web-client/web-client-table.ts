import { goalLine } from '../report/goal-line.ts';
import { withUnit } from '../report/unit.ts';
import type { BrowserProcess } from './browser-processes.ts';
import type { WebClientResult } from './web-client-result.ts';

const shownThreads = 6;

/** What web-client found, as people read it on a terminal. */
export function webClientTable(result: WebClientResult): string {
  const { environment, tiles, camera, arrival, measured, scripts, goals, state, reasons } = result;
  const rows: [string, string][] = [
    [
      'machine',
      `${environment.cpu}, ${environment.cores} cores, ${percent(measured.machineBusy * 100)} busy`,
    ],
    ['commit', environment.commit],
    [
      'pictures',
      `${measured.picturesPerSecond.toFixed(0)}/s in ${measured.pictures} tiles of ${measured.tileHeight} (${measured.lines} lines), ${measured.droppedPerSecond.toFixed(1)}/s dropped`,
    ],
    ['main thread', `CPU ${percent(measured.mainThread)} of a core; by the wall ${percent(measured.tasks)}`],
    [
      '  of which',
      `script ${percent(measured.script)}, style ${percent(measured.style)}, layout ${percent(measured.layout)}, answering the bench ${percent(measured.devtools)}`,
    ],
    ['style', `${measured.stylesPerSecond.toFixed(1)}/s`],
    ['layout', `${measured.layoutsPerSecond.toFixed(1)}/s`],
    ['long tasks', `${measured.longTasks}, the longest ${measured.longestTaskMs.toFixed(0)} ms`],
    ['heap, nodes', `${withUnit(measured.heapOctets, 'octets')} after garbage, ${measured.nodes} nodes`],
    ...measured.processes
      .filter(({ cpuMs }) => cpuMs > 10 * measured.seconds)
      .map((process): [string, string] => [process.type, processLine(process, measured.seconds)]),
    [
      'arrival',
      `${arrival.seconds.toFixed(1)} s; main thread ${(arrival.mainThread * arrival.seconds * 10).toFixed(0)} ms of CPU, ${(arrival.stylesPerSecond * arrival.seconds).toFixed(0)} × style, ${(arrival.layoutsPerSecond * arrival.seconds).toFixed(0)} × layout, ${arrival.longTasks} long tasks, the longest ${arrival.longestTaskMs.toFixed(0)} ms`,
    ],
    ['scripts', scripts.map(({ name, gzipped }) => `${name} ${(gzipped / 1000).toFixed(1)}`).join(', ')],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    '',
    `web-client: ${tiles} tiles, ${measured.seconds.toFixed(0)} s${camera ? ', its own camera is on' : ''}`,
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    '',
    ...goals.map((goal) => goalLine(goal, Math.max(...goals.map(({ what }) => what.length)))),
    ...(state === 'valid' ? [] : [`${state}: ${reasons.join('; ')}`]),
    '',
  ].join('\n');
}

function processLine({ cpuMs, threads }: BrowserProcess, seconds: number): string {
  const cores = (ms: number) => percent(ms / 10 / seconds);
  const busiest = Object.entries(threads)
    .sort(([, a], [, b]) => b - a)
    .slice(0, shownThreads);
  return `${cores(cpuMs)}: ${busiest.map(([name, ms]) => `${name} ${cores(ms)}`).join(', ')}`;
}

function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}
