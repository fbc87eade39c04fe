import { readdirSync, readFileSync } from 'node:fs';
import type { CDPSession } from 'playwright-core';
import { processUsage } from '../measure/process-usage.ts';

/** Of one of the browser's processes; ms of CPU since it began. */
export interface BrowserProcess {
  pid: number;
  /** as Chromium calls it: browser, renderer, GPU, … */
  type: string;
  cpuMs: number;
  /** Of a renderer: its thread of scripts, style and layout alone. */
  mainThreadMs: number;
  /** by name; those of a kind together */
  threads: Record<string, number>;
}

/** @param session of the browser, not of a page */
export async function browserProcesses(session: CDPSession): Promise<BrowserProcess[]> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.flatMap(({ id: pid, type }) => {
    const usage = processUsage(pid);
    if (!usage) return [];
    const threads = threadTimes(pid);
    // Chromium gives the main thread no name of its own; its id is the process's.
    const mainThreadMs = threads.get(String(pid))?.ms ?? 0;
    const byName: Record<string, number> = {};
    for (const [id, { name, ms }] of threads) {
      const kind = id === String(pid) ? 'main' : name.replace(/[\d/#-]+$/, '');
      byName[kind] = (byName[kind] ?? 0) + ms;
    }
    return [{ pid, type, cpuMs: usage.cpuMs, mainThreadMs, threads: byName }];
  });
}

function threadTimes(pid: number): Map<string, { name: string; ms: number }> {
  const times = new Map<string, { name: string; ms: number }>();
  const folder = `/proc/${pid}/task`;
  try {
    for (const id of readdirSync(folder)) {
      try {
        const ms = Number(readFileSync(`${folder}/${id}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
        times.set(id, { name: readFileSync(`${folder}/${id}/comm`, 'utf8').trim(), ms });
      } catch {
        // The thread ended meanwhile.
      }
    }
  } catch {
    // The process ended meanwhile.
  }
  return times;
}

/** What was used between two looks; processes that were not there before have used everything since. */
export function usedBetween(
  before: readonly BrowserProcess[],
  after: readonly BrowserProcess[],
): BrowserProcess[] {
  return after.map((now) => {
    const then = before.find(({ pid }) => pid === now.pid);
    const threads = Object.entries(now.threads).map(
      ([name, ms]) => [name, Math.max(0, ms - (then?.threads[name] ?? 0))] as const,
    );
    return {
      ...now,
      cpuMs: now.cpuMs - (then?.cpuMs ?? 0),
      mainThreadMs: now.mainThreadMs - (then?.mainThreadMs ?? 0),
      threads: Object.fromEntries(threads),
    };
  });
}
