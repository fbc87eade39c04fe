import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerCache } from '../../src/native/worker-cache.ts';
import { readWorkerRecord, type WorkerRecord } from '../../src/native/worker-record.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const native = resolve(import.meta.dirname, '../../src/native');

interface Outcome {
  code: number;
  output: string;
}

function run(script: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { promise, resolve: done } = Promise.withResolvers<Outcome>();
  const env = { ...process.env, ...environment };
  execFile(process.execPath, [join(native, script), ...args], { env }, (error, stdout, stderr) => {
    done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout + stderr });
  });
  return promise;
}

const test = suite<{ dir: TempDir; file: string; record(): Promise<WorkerRecord> }>(
  'The worker of this checkout',
);
test.before.each(async (context) => {
  context.dir = await tempDir();
  context.file = join(context.dir.path, 'worker.json');
  context.record = async () => JSON.parse(await readFile(context.file, 'utf8')) as WorkerRecord;
});
test.after.each(({ dir }) => dir.remove());

test('the worker check connects two clients through it with DTLS-SRTP and forwards packets', async () => {
  const { code, output } = await run('check-worker.ts', []);
  assert.is(code, 0, output);
  const { path, origin, version } = await readWorkerRecord();
  for (const part of [path, origin, version]) assert.ok(output.includes(part), output);
  assert.match(output, /RTP +\d+ packets sent, \d+ received intact/);
});

test('a binary the operator names is tried before it is used', async ({ file, record }) => {
  const { path } = await readWorkerRecord();
  const good = await run('obtain-worker.ts', [file], { PLENUM_WORKER_BIN: path });
  assert.is(good.code, 0, good.output);
  assert.match(good.output, /DTLS handshakes/);
  const { origin, path: recorded } = await record();
  assert.is(origin, 'given');
  assert.is(recorded, path);

  for (const [binary, reason] of [
    ['/bin/true', /does not work on this machine/],
    ['/no/such/worker', /PLENUM_WORKER_BIN names \/no\/such\/worker, which is not there/],
  ] as const) {
    const bad = await run('obtain-worker.ts', [file], { PLENUM_WORKER_BIN: binary });
    assert.is(bad.code, 1);
    assert.match(bad.output, reason);
    assert.match(bad.output, /^! /m);
  }
});

test('an official binary is downloaded, tried, kept for the next checkout, and not used when downloads are off', async ({
  dir,
  file,
  record,
}) => {
  const { path, version } = await readWorkerRecord();
  const archive = join(dir.path, 'worker.tgz');
  await promisify(execFile)('tar', ['-czf', archive, '-C', dirname(path), 'mediasoup-worker']);
  const content = await readFile(archive);
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const environment = {
      PLENUM_WORKER_BIN: '',
      PLENUM_WORKER_DOWNLOAD: '',
      XDG_CACHE_HOME: dir.path,
      MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
    const first = await run('obtain-worker.ts', [file], environment);
    assert.is(first.code, 0, first.output);
    assert.match(first.output, /downloaded the official worker/);
    const downloaded = await record();
    assert.is(downloaded.origin, 'prebuilt');
    assert.is(downloaded.version, version);
    assert.ok(downloaded.path.startsWith(dir.path));

    assert.is((await run('obtain-worker.ts', [file], environment)).code, 0);
    assert.is(requests, 1);
    const cache = new WorkerCache(environment, version);
    assert.not((await readdir(cache.root)).some((name) => name.endsWith('.build')));

    // A compiled one that is there already, so that this test does not compile.
    const built = await cache.key('built');
    await copyFile(path, join(cache.root, 'compiled'));
    await cache.place(built, join(cache.root, 'compiled'));
    const without = await run('obtain-worker.ts', [file], {
      ...environment,
      PLENUM_WORKER_DOWNLOAD: 'never',
    });
    assert.is(without.code, 0, without.output);
    assert.is((await record()).origin, 'built');
    assert.is(requests, 1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.run();
