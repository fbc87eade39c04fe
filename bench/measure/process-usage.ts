import { readdirSync, readFileSync } from 'node:fs';

/** From /proc: what a process has used, seen from outside, so that measuring costs the measured nothing. */
export interface ProcessUsage {
  /** ms of CPU of all its threads */
  cpuMs: number;
  residentOctets: number;
}

/** @returns undefined when the process is gone */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    // schedstat counts nanoseconds; the ticks in stat are 10 ms, too coarse for a quiet server.
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) nanoseconds += threadTime(pid, thread);
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuMs: nanoseconds / 1e6, residentOctets: Number(resident ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}

function threadTime(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
  } catch {
    // The thread ended meanwhile.
    return 0;
  }
}

/** The media workers among a server's child processes. */
export function workerPids(serverPid: number): number[] {
  const found: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      // The name stands in brackets and may contain anything; the parent is the second field after it.
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent === serverPid && name.startsWith('mediasoup')) found.push(Number(entry));
    } catch {
      // Ended meanwhile.
    }
  }
  return found;
}

/** ms of CPU the whole machine has spent busy and idle since boot, all cores together. */
export function machineUsage(): { busyMs: number; idleMs: number } {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n', 1);
  const ticks = line.trim().split(/\s+/).slice(1).map(Number);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  const total = ticks.slice(0, 8).reduce((sum, part) => sum + part, 0);
  return { busyMs: (total - idle) * 10, idleMs: idle * 10 };
}
