import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { closeReasons } from '../../src/protocol/errors.ts';
import { startPlenumProcess } from '../support/plenum-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const test = suite('main');
const root = resolve(import.meta.dirname, '../..');

/** Runs it until it ends by itself. */
async function run(
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const data = await tempDir();
  const child = spawn(process.execPath, ['src/server/main.ts', ...args], {
    cwd: root,
    env: {
      ...process.env,
      PLENUM_DATA_DIR: data.path,
      PLENUM_HTTP_PORT: '0',
      PLENUM_HTTP_LOOPBACK_PORT: '0',
      PLENUM_METRICS_PORT: '0',
      PLENUM_TURN_PORT: '0',
      PLENUM_NAT_PORT_MAPPING_MODE: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  await data.remove();
  return { code, output };
}

test('an unknown key, a bad value, a missing file and an unknown option stop the start', async () => {
  const directory = await tempDir();
  const file = join(directory.path, 'bad.yaml');
  writeFileSync(file, 'http: { port: many }\nmedai: {}\n');
  const bad = await run(['--config', file], { PLENUM_HTTP_PORT: '70000', PLENUM_LOG_LEVEL: 'loud' });
  assert.is(bad.code, 2);
  assert.match(
    bad.output,
    'http.port: must be a whole number from 0 to 65535, found 70000 (from PLENUM_HTTP_PORT)',
  );
  assert.match(bad.output, 'medai: there is no such key; allowed here: dataDir');
  assert.match(bad.output, 'log.level: must be one of');
  await directory.remove();
  const missing = await run(['--config', file]);
  assert.is(missing.code, 2);
  assert.match(missing.output, 'bad.yaml');
  const option = await run(['--confg', 'x']);
  assert.is(option.code, 2);
  assert.match(option.output, '--config <file>');
  assert.is((await run(['--help'])).code, 0);
});

test('what is essential and does not work is said in words, and nothing stays behind', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as net.AddressInfo).port);
  const https = await run([], {
    PLENUM_HTTP_LISTEN_ADDRESS: '127.0.0.1',
    PLENUM_HTTP_PORT: port,
    PLENUM_MEDIA_FIRST_PORT: '0',
  });
  assert.is(https.code, 1);
  assert.match(https.output, `Port ${port} on 127.0.0.1 is taken by another program. Change http.port`);
  const media = await run([], {
    PLENUM_MEDIA_FIRST_PORT: port,
    PLENUM_MEDIA_WORKERS: '1',
    PLENUM_MEDIA_LISTEN_ADDRESSES: '127.0.0.1',
  });
  assert.is(media.code, 1);
  assert.match(media.output, 'PLENUM_MEDIA_FIRST_PORT');
  const worker = await run([], { PLENUM_WORKER_BIN: '/nowhere/worker' });
  assert.is(worker.code, 1);
  assert.match(worker.output, 'PLENUM_WORKER_BIN');
  taken.close();
});

test('a signal: everybody is told, ports are free, exit code 0', async () => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const firstPort = udp.address().port;
  udp.close();
  const plenum = await startPlenumProcess({
    PLENUM_MEDIA_FIRST_PORT: String(firstPort),
    PLENUM_MEDIA_LISTEN_ADDRESSES: '127.0.0.1',
  });
  try {
    const socket = new WebSocket(`${plenum.loopbackUrl.replace('http', 'ws')}/signal`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    assert.is(await plenum.stop('SIGINT'), 0, plenum.output());
    assert.is(((await closed) as [number])[0], closeReasons['shutting-down'].code);
    const again = createSocket('udp4');
    again.bind(firstPort, '127.0.0.1');
    await once(again, 'listening');
    again.close();
    const { port } = new URL(plenum.loopbackUrl);
    const server = net.createServer().listen(Number(port), '127.0.0.1');
    await once(server, 'listening');
    server.close();
  } finally {
    await plenum.remove();
  }
});

test('a second signal ends it at once, the echo of the first does not', async () => {
  const plenum = await startPlenumProcess();
  try {
    // Somebody who never closes keeps the server closing for a while.
    const { port } = new URL(plenum.loopbackUrl);
    const stubborn = net.connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await once(stubborn, 'connect');
    plenum.child.kill('SIGINT');
    plenum.child.kill('SIGINT');
    await until('it is ending', () => plenum.output().includes('everybody is told'));
    await new Promise((done) => setTimeout(done, 700));
    assert.is(plenum.child.exitCode, null, 'two signals of one key press are one');
    assert.is(await plenum.stop('SIGINT'), 130);
    stubborn.destroy();
  } finally {
    await plenum.remove();
  }
});

test('an error that nobody caught is logged with its stack, everybody is told, and the exit code says so', async () => {
  const plenum = await startPlenumProcess({
    NODE_OPTIONS: '--import=data:text/javascript,process.on(`SIGUSR2`,()=>{throw(new(Error)(`boom`))})',
  });
  try {
    const socket = new WebSocket(`${plenum.loopbackUrl.replace('http', 'ws')}/signal`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    assert.is(await plenum.stop('SIGUSR2'), 1, plenum.output());
    assert.is(((await closed) as [number])[0], closeReasons['shutting-down'].code);
    assert.match(plenum.output(), 'unexpected error; ending');
    assert.match(plenum.output(), /"stack":"Error: boom/);
  } finally {
    await plenum.remove();
  }
});

test('says where it is and shows no secret', async () => {
  const plenum = await startPlenumProcess({
    PLENUM_LOG_LEVEL: 'debug',
    PLENUM_ACCOUNTS_JOIN_TOKEN_SECRET: 'VYoZ3Gm0b1qkq2XcR9tLw7hPfE5sUjDa',
  });
  try {
    assert.match(plenum.output(), /"fingerprint":"([0-9A-F]{2}:){31}/);
    assert.not.match(plenum.output(), 'VYoZ3Gm0b1qkq2XcR9tLw7hPfE5sUjDa');
  } finally {
    await plenum.remove();
  }
});

test.run();
