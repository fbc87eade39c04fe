import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type, version } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { getLibraryVersion } from 'node-datachannel';

/** What a result depends on beside the code; without it numbers cannot be compared. */
export interface Environment {
  date: string;
  commit: string;
  cpu: string;
  cores: number;
  memoryOctets: number;
  kernel: string;
  node: string;
  mediasoup: string;
  /** Origin and cache key of the media worker binary; `unknown` for a server somebody else runs. */
  worker: string;
  libdatachannel: string;
  /** Load average of one minute before the run: a busy machine spoils latencies. */
  loadBefore: number;
}

const root = join(import.meta.dirname, '..');

export function describeEnvironment(ownServer: boolean): Environment {
  const [first] = cpus();

  return {
    date: new Date().toISOString(),
    commit: commit(),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryOctets: totalmem(),
    kernel: `${type()} ${release()} ${version()}`,
    node: process.version,
    mediasoup: installedVersion('mediasoup'),
    worker: ownServer ? workerBinary() : 'unknown',
    libdatachannel: getLibraryVersion(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

function workerBinary(): string {
  if (process.env['PLENUM_WORKER_BIN']) return 'given by PLENUM_WORKER_BIN';
  try {
    const { origin, key } = workerRecord();
    return `${origin} ${key}`;
  } catch {
    return 'unknown';
  }
}

/** @throws Error when the set-up has not run */
export function workerPath(): string {
  return process.env['PLENUM_WORKER_BIN'] ?? String(workerRecord().path);
}

/** As the set-up has noted it for the server. */
function workerRecord(): { path?: unknown; origin?: unknown; key?: unknown } {
  return JSON.parse(readFileSync(join(root, '.setup/worker.json'), 'utf8')) as ReturnType<
    typeof workerRecord
  >;
}

function commit(): string {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', root, ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

export function installedVersion(name: string): string {
  const file = join(root, 'node_modules', name, 'package.json');
  const { version: installed } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return installed;
}
