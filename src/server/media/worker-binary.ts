import { accessSync, constants, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { srtpSuiteNames } from './settings.ts';

const record = z.object({ path: z.string().min(1), origin: z.string(), version: z.string() });

export interface WorkerBinary {
  path: string;
  /** given, prebuilt or built */
  origin: string;
}

/**
 * The mediasoup worker to run: the given one, or the one that the set-up has found, downloaded or built.
 * @param root of the checkout; the set-up writes `.setup/worker.json` there
 * @param given a path, or undefined
 * @throws Error that says what to run
 */
export function findWorkerBinary(root: string, given: string | undefined): WorkerBinary {
  if (given) return usable({ path: resolve(given), origin: 'given' }, 'PLENUM_WORKER_BIN');
  const file = join(root, '.setup', 'worker.json');
  try {
    return usable(record.parse(JSON.parse(readFileSync(file, 'utf8'))), file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`There is no mediasoup worker to run (${why}). Get one with: npm run setup`);
  }
}

const suitesVariable = 'PLENUM_WORKER_SRTP_SUITES';

/**
 * The environment that makes the worker use only these SRTP suites, in this order; empty for its own list.
 * @throws Error when the binary is one that cannot be told, which would use more than the configuration allows
 */
export function srtpEnvironment(binary: WorkerBinary, suites: readonly string[]): Record<string, string> {
  if (suites.join() === srtpSuiteNames.join()) return {};
  if (!readFileSync(binary.path).includes(suitesVariable)) {
    throw new Error(
      `media.srtpSuites: the media worker ${binary.path} (${binary.origin}) cannot be restricted. Build one with: PLENUM_WORKER_DOWNLOAD=never npm run setup`,
    );
  }
  return { [suitesVariable]: suites.join(':') };
}

function usable(binary: WorkerBinary, from: string): WorkerBinary {
  try {
    accessSync(binary.path, constants.X_OK);
  } catch {
    throw new Error(`${binary.path}, named by ${from}, is not there or cannot be executed`);
  }
  return { path: binary.path, origin: binary.origin };
}
