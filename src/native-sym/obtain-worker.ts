/**
 * The set-up's step for the mediasoup worker: finds, downloads or builds a binary, tries it, and writes where it is to
 * `.setup/worker.json`, which the server and the worker check read.
 *
 *   PLENUM_WORKER_BIN       use this binary and nothing else
 *   PLENUM_WORKER_DOWNLOAD  `never`: do not try the official binary
 *   MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL  a mirror of mediasoup's releases, as mediasoup's own installation has it
 *
 * An argument names another file to write to.
 */
import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ensurePackages } from '../setup/debian-packages.ts';
import { lockFile } from '../setup/file-lock.mjs';
import { buildPackages, buildWorker } from './build-worker.ts';
import { downloadWorker, officialReleases } from './prebuilt-worker.ts';
import { WorkerCache, type WorkerOrigin } from './worker-cache.ts';
import { type WorkerRecord, workerRecordFile } from './worker-record.ts';
import { tryWorker } from './worker-trial.ts';

const mediasoup = resolve(import.meta.dirname, '../../node_modules/mediasoup');

async function obtain(environment: NodeJS.ProcessEnv): Promise<WorkerRecord> {
  const { version } = JSON.parse(await readFile(join(mediasoup, 'package.json'), 'utf8')) as {
    version: string;
  };
  const record = (path: string, origin: WorkerOrigin, key: string): WorkerRecord => ({
    path,
    origin,
    version,
    key,
  });

  const given = environment['PLENUM_WORKER_BIN'];
  if (given) {
    const path = resolve(given);
    await access(path, constants.X_OK).catch(() => {
      throw new Error(`PLENUM_WORKER_BIN names ${path}, which is not there or not executable`);
    });
    await trial(path);
    return record(path, 'given', 'given');
  }

  const cache = new WorkerCache(environment, version);
  const prebuilt = await cache.key('prebuilt');
  const built = await cache.key('built');
  const mayDownload = environment['PLENUM_WORKER_DOWNLOAD'] !== 'never';
  const cached = async (): Promise<WorkerRecord | undefined> => {
    const downloaded = mayDownload ? await cache.find(prebuilt) : undefined;
    if (downloaded !== undefined) return record(downloaded, 'prebuilt', prebuilt);
    const compiled = await cache.find(built);
    return compiled === undefined ? undefined : record(compiled, 'built', built);
  };

  const found = await cached();
  if (found !== undefined) return found;

  await mkdir(cache.root, { recursive: true });
  const release = await lockFile(join(cache.root, 'lock'), (owner) => {
    say(
      `another set-up${owner === undefined ? '' : ` (process ${owner})`} is getting the same worker; waiting for it`,
    );
  });
  try {
    const meanwhile = await cached();
    if (meanwhile !== undefined) return meanwhile;
    if (mayDownload) {
      const releases = environment['MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL'] ?? officialReleases;
      const path = await download(cache, prebuilt, version, releases);
      if (path !== undefined) return record(path, 'prebuilt', prebuilt);
    }
    return record(await build(cache, built), 'built', built);
  } finally {
    release();
  }
}

async function download(
  cache: WorkerCache,
  key: string,
  version: string,
  releases: string,
): Promise<string | undefined> {
  const workspace = cache.workspace(key);
  try {
    const file = await downloadWorker(version, releases, workspace);
    await trial(file);
    const path = await cache.place(key, file);
    say('downloaded the official worker of this release');
    return path;
  } catch (error) {
    say(`the official worker cannot be used (${messageOf(error)}); building it from source instead`);
    return undefined;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function build(cache: WorkerCache, key: string): Promise<string> {
  ensurePackages(buildPackages, 'building the mediasoup worker');
  const workspace = cache.workspace(key);
  const file = await buildWorker(mediasoup, workspace, async (why) => {
    say(
      `libsrtp cannot be built from its source package (${why.message}); using the distribution's, which is slower`,
    );
    ensurePackages(['libsrtp2-dev'], 'building the mediasoup worker');
  });
  await trial(file);
  const path = await cache.place(key, file);
  await rm(workspace, { recursive: true, force: true });
  return path;
}

async function trial(path: string): Promise<void> {
  const { handshakeMs, sent, received, passed } = await tryWorker(path).catch((error: unknown) => {
    throw new Error(`the worker ${path} does not work on this machine: ${messageOf(error)}`);
  });
  if (!passed)
    throw new Error(`the worker ${path} forwarded only ${received} of ${sent} packets over loopback`);
  say(
    `tried the worker: DTLS handshakes ${handshakeMs.map((ms) => ms.toFixed(0)).join(' and ')} ms, ${received} packets forwarded`,
  );
}

/** The set-up shows lines with this mark even when it hides a step's other output. */
function say(text: string): void {
  console.log(`» ${text}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  const record = await obtain(process.env);
  const file = process.argv[2] ?? workerRecordFile;
  await mkdir(dirname(file), { recursive: true });
  // Renamed into place, because a server that starts at this moment reads it.
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(fresh, file);
  console.log(`worker: ${record.path} (${record.origin})`);
  // The client library's threads would keep the process alive.
  process.exit(0);
} catch (error) {
  // The mark tells the set-up to show this and not its log.
  console.error(messageOf(error).replace(/^/gm, '! '));
  process.exit(1);
}
