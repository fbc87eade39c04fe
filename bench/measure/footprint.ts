import { readdirSync } from 'node:fs';
import type { ServerUnderTest } from '../server-under-test.ts';
import { processUsage } from './process-usage.ts';
import { readHeap } from './server-inspector.ts';

/** What the server holds at one moment, after a full garbage collection. */
export interface Footprint {
  /** s since the run began */
  second: number;
  /** what the moment is: `empty`, `full`, `after`, or `during` a soak */
  moment: FootprintMoment;
  participants: number;
  nodeHeapOctets: number;
  nodeResidentOctets: number;
  workerResidentOctets: number;
  /** open file descriptors of Node and workers */
  descriptors: number;
  /** what keeps Node's process alive, timers included */
  handles: number;
  resources: Record<string, number>;
}

export type FootprintMoment = 'empty' | 'during' | 'full' | 'after';

/** @returns undefined for a server that was not started here */
export async function readFootprint(
  server: ServerUnderTest,
  when: Pick<Footprint, 'second' | 'moment' | 'participants'>,
): Promise<Footprint | undefined> {
  const { pid, debuggerUrl, workerPids } = server;
  if (workerPids.length === 0 || (pid !== undefined && debuggerUrl === undefined)) return undefined;
  // Another media server has no Node, and no garbage either.
  const { heapOctets, resources } =
    debuggerUrl === undefined ? { heapOctets: 0, resources: {} } : await readHeap(debuggerUrl);
  const resident = (id: number) => processUsage(id)?.residentOctets ?? 0;
  return {
    ...when,
    nodeHeapOctets: heapOctets,
    nodeResidentOctets: pid === undefined ? 0 : resident(pid),
    workerResidentOctets: workerPids.reduce((sum, worker) => sum + resident(worker), 0),
    descriptors: [...(pid === undefined ? [] : [pid]), ...workerPids].reduce(
      (sum, id) => sum + descriptorsOf(id),
      0,
    ),
    handles: Object.values(resources).reduce((sum, count) => sum + count, 0),
    resources,
  };
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // Gone meanwhile.
    return 0;
  }
}
