import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveName, downloadWorker } from '../../src/native/prebuilt-worker.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const test = suite<{ dir: TempDir; serve(answer: RequestListener): Promise<string>; servers: Server[] }>(
  'Worker download',
);
test.before.each(async (context) => {
  context.dir = await tempDir();
  context.servers = [];
  context.serve = async (answer) => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    context.servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/releases`;
  };
});
test.after.each(async ({ dir, servers }) => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await dir.remove();
});

async function archiveOf(dir: string, names: string[]): Promise<Buffer> {
  for (const name of names) await writeFile(join(dir, name), `content of ${name}`);
  await promisify(execFile)('tar', ['-czf', join(dir, 'a.tgz'), '-C', dir, ...names]);
  return readFile(join(dir, 'a.tgz'));
}

test("it asks for the release's archive for this platform and unpacks the binary only", async ({
  dir,
  serve,
}) => {
  const archive = await archiveOf(dir.path, ['mediasoup-worker', 'something-else']);
  const asked: (string | undefined)[] = [];
  const base = await serve((request, response) => {
    asked.push(request.url);
    response.end(archive);
  });
  const target = join(dir.path, 'target');
  const path = await downloadWorker('3.27.1', base, target);
  assert.equal(asked, [`/releases/3.27.1/${archiveName('3.27.1')}`]);
  assert.match(archiveName('3.27.1'), /^mediasoup-worker-3\.27\.1-linux-(x64|arm64)-kernel\d+\.tgz$/);
  assert.is(await readFile(path, 'utf8'), 'content of mediasoup-worker');
  assert.not(existsSync(join(target, 'something-else')));
});

test('it fails with the reason, once, and leaves nothing', async ({ dir, serve }) => {
  const other = await archiveOf(dir.path, ['something-else']);
  const answers: [RegExp, RequestListener][] = [
    [/answered 404/, (_request, response) => response.writeHead(404).end()],
    [/tar ended with/, (_request, response) => response.end('no archive')],
    [/tar ended with/, (_request, response) => response.end(other)],
    [/hang up|closed|ECONNRESET/i, (request) => request.socket.destroy()],
  ];
  for (const [reason, answer] of answers) {
    let requests = 0;
    const base = await serve((request, response) => {
      requests += 1;
      answer(request, response);
    });
    const target = join(dir.path, 'target');
    try {
      await downloadWorker('3.27.1', base, target);
      assert.unreachable('should have failed');
    } catch (error) {
      assert.match(String(error), reason);
    }
    assert.is(requests, 1);
    assert.not(existsSync(target));
  }
});

test('a server that does not answer costs seconds, not minutes', async ({ dir, serve }) => {
  const base = await serve(() => undefined);
  const started = performance.now();
  try {
    await downloadWorker('3.27.1', base, join(dir.path, 'target'));
    assert.unreachable('should have failed');
  } catch (error) {
    assert.match(String(error), /no answer within 3000 ms/);
  }
  assert.ok(performance.now() - started < 20_000);
});

test.run();
