import type { CDPSession } from 'playwright-core';
import type { Fleet } from '../fleet.ts';
import { Histogram } from '../measure/histogram.ts';
import { machineUsage } from '../measure/process-usage.ts';
import { type BrowserProcess, browserProcesses, usedBetween } from './browser-processes.ts';
import { type PageCounters, pageCounters } from './page-counters.ts';
import type { TilePage, TilePictures } from './tile-page.ts';
import type { PageMeasures } from './web-client-result.ts';

interface Look {
  counters: PageCounters;
  pictures: TilePictures;
  processes: BrowserProcess[];
  machine: { busyMs: number; idleMs: number };
}

/** @param meanwhile what is measured; whatever it asks of the page is part of that */
export async function measurePage(
  page: TilePage,
  browser: CDPSession,
  fleet: Fleet,
  meanwhile: () => Promise<unknown>,
): Promise<PageMeasures> {
  await page.session.send('Performance.enable');
  await fleet.sample();
  await page.longTasks();
  const before = await look(page, browser);
  await meanwhile();
  const after = await look(page, browser);
  const longTasks = await page.longTasks();
  const samples = await fleet.sample();
  await page.session.send('HeapProfiler.collectGarbage');
  const { heapOctets, nodes } = await pageCounters(page.session);
  return {
    ...between(before, after),
    longTasks: longTasks.length,
    longestTaskMs: Math.max(0, ...longTasks),
    heapOctets,
    nodes,
    latenessMs: Math.max(0, ...samples.map(({ lateness }) => new Histogram(lateness).percentile(0.99) ?? 0)),
  };
}

async function look(page: TilePage, browser: CDPSession): Promise<Look> {
  return {
    pictures: await page.pictures(),
    processes: await browserProcesses(browser),
    counters: await pageCounters(page.session),
    machine: machineUsage(),
  };
}

function between(
  before: Look,
  after: Look,
): Omit<PageMeasures, 'longTasks' | 'longestTaskMs' | 'heapOctets' | 'nodes' | 'latenessMs'> {
  const [a, b] = [before.counters, after.counters];
  const ms = Math.max(1, b.at - a.at);
  const share = (grown: number) => (grown * 100) / ms;
  const perSecond = (grown: number) => (grown * 1000) / ms;
  const processes = usedBetween(before.processes, after.processes).sort((x, y) => y.cpuMs - x.cpuMs);
  // There may be a spare one that waits for a next page.
  const renderer = processes.find(({ type }) => type === 'renderer');
  const busyMs = after.machine.busyMs - before.machine.busyMs;
  const idleMs = after.machine.idleMs - before.machine.idleMs;
  return {
    seconds: ms / 1000,
    pictures: after.pictures.heights.length,
    tileHeight: median(after.pictures.heights),
    lines: median(after.pictures.lines),
    picturesPerSecond: perSecond(after.pictures.shown - before.pictures.shown),
    droppedPerSecond: perSecond(after.pictures.dropped - before.pictures.dropped),
    mainThread: share(renderer?.mainThreadMs ?? 0),
    tasks: share(b.taskMs - a.taskMs),
    script: share(b.scriptMs - a.scriptMs),
    style: share(b.styleMs - a.styleMs),
    layout: share(b.layoutMs - a.layoutMs),
    devtools: share(b.devtoolsMs - a.devtoolsMs),
    stylesPerSecond: perSecond(b.styles - a.styles),
    layoutsPerSecond: perSecond(b.layouts - a.layouts),
    processes,
    machineBusy: busyMs / Math.max(1, busyMs + idleMs),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
