import type { CDPSession } from 'playwright-core';

/** What Chromium counts of a page's main thread; times in ms of the wall, they grow. */
export interface PageCounters {
  /** ms on the page's clock */
  at: number;
  taskMs: number;
  scriptMs: number;
  layoutMs: number;
  layouts: number;
  styleMs: number;
  styles: number;
  /** Spent on answering us. */
  devtoolsMs: number;
  heapOctets: number;
  nodes: number;
}

const names = {
  at: 'Timestamp',
  taskMs: 'TaskDuration',
  scriptMs: 'ScriptDuration',
  layoutMs: 'LayoutDuration',
  styleMs: 'RecalcStyleDuration',
  devtoolsMs: 'DevToolsCommandDuration',
  layouts: 'LayoutCount',
  styles: 'RecalcStyleCount',
  heapOctets: 'JSHeapUsedSize',
  nodes: 'Nodes',
} as const satisfies Record<keyof PageCounters, string>;
const inSeconds = new Set<string>(['at', 'taskMs', 'scriptMs', 'layoutMs', 'styleMs', 'devtoolsMs']);

/** Needs `Performance.enable`. */
export async function pageCounters(session: CDPSession): Promise<PageCounters> {
  const { metrics } = await session.send('Performance.getMetrics');
  const values = new Map(metrics.map(({ name, value }) => [name, value]));
  const read = (key: keyof PageCounters): number =>
    (values.get(names[key]) ?? 0) * (inSeconds.has(key) ? 1000 : 1);
  return {
    at: read('at'),
    taskMs: read('taskMs'),
    scriptMs: read('scriptMs'),
    layoutMs: read('layoutMs'),
    layouts: read('layouts'),
    styleMs: read('styleMs'),
    styles: read('styles'),
    devtoolsMs: read('devtoolsMs'),
    heapOctets: read('heapOctets'),
    nodes: read('nodes'),
  };
}
