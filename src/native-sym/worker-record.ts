import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { WorkerOrigin } from './worker-cache.ts';

/** What the set-up found out about the worker binary of this checkout. */
export interface WorkerRecord {
  readonly path: string;
  readonly origin: WorkerOrigin;
  /** The mediasoup version it belongs to. */
  readonly version: string;
  /** The entry's key in the per-user cache; `given` for a binary the operator named. */
  readonly key: string;
}

export const workerRecordFile: string = resolve(import.meta.dirname, '../../.setup/worker.json');

/** @throws Error when the set-up has not run */
export async function readWorkerRecord(): Promise<WorkerRecord> {
  const text = await readFile(workerRecordFile, 'utf8').catch(() => {
    throw new Error('no mediasoup worker yet: run "npm run setup"');
  });
  return JSON.parse(text) as WorkerRecord;
}
