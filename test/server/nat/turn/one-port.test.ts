// time limit: 120 s
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EmbeddedTurn } from '../../../../src/server/nat/turn/embedded-turn.ts';
import { findProgram } from '../../../support/chromium.ts';
import { until } from '../../../support/until.ts';
import { ask, type Running, startHttp } from '../../http/start-http.ts';
import { type Echo, secret, startEcho, startTurn } from './start-turn.ts';
import { TurnClient } from './turn-client.ts';

const test = suite('HTTP and TURN on one port, with and without TLS');

let echo: Echo;
let turn: EmbeddedTurn;
let web: Running;

test.before(async () => {
  echo = await startEcho(2);
  turn = await startTurn(() => echo.peers);
  web = await startHttp(
    { limits: { requestTimeoutMs: 2000 } },
    { stunConnection: (socket) => turn.accept(socket) },
  );
});
test.after(async () => {
  await web.stop();
  await turn.close();
  echo.close();
});

const execute = promisify(execFile);
const uclient = () => findProgram('PLENUM_TEST_TURNUTILS', ['/usr/bin/turnutils_uclient'], 'coturn');

/** coturn's own test client, two callers of 20 packets each. */
async function turnutils(port: number, ...more: string[]): Promise<string> {
  const { peer } = echo;
  // -c: no second port for RTCP; -W: credentials made from the shared secret; -e, -r: the peer
  const who = ['-c', '-W', secret, '-u', 'somebody', '-e', peer.ip, '-r', String(peer.port)];
  const load = ['-m', '2', '-n', '20', ...(more.includes('-z') ? [] : ['-z', '10'])];
  const { stdout, stderr } = await execute(
    uclient(),
    [...more, ...who, ...load, '-p', String(port), '127.0.0.1'],
    {
      timeout: 60_000,
    },
  );
  return stdout + stderr;
}

test('coturn’s turnutils_uclient is content: UDP, TCP and TLS, channels and indications', async () => {
  const port = turn.port ?? 0;
  const securePort = web.service.securePort ?? 0;
  const [byTls, ...outputs] = await Promise.all([
    turnutils(securePort, '-t', '-S', '-z', '100'),
    turnutils(port),
    turnutils(port, '-s'),
    turnutils(port, '-t'),
    turnutils(securePort, '-t'),
  ]);
  for (const output of outputs) {
    assert.match(output, 'tot_send_msgs=40, tot_recv_msgs=40', output);
    assert.match(output, 'Total lost packets 0 ', output);
  }
  // Over TLS the tool takes all that one SSL_read gives for one message: on a busy machine it loses what arrives together.
  const arrived = Number(/tot_send_msgs=40, tot_recv_msgs=(\d+)/.exec(byTls ?? '')?.[1]);
  assert.ok(arrived >= 20, byTls);
  const made = await until('all are counted', () => {
    const { allocationsMade, packetsOut } = turn.stats();
    const isAll = packetsOut.udp >= 80 && packetsOut.tcp >= 80 && packetsOut.tls >= 40;
    return isAll ? allocationsMade : undefined;
  });
  assert.ok(made.tls >= 2);
});

test('coturn’s turnutils_uclient from client to client is refused: relayed ports are not our media', async () => {
  try {
    await turnutils(turn.port ?? 0, '-y');
    assert.unreachable('it went through');
  } catch (error) {
    assert.match(String((error as { stdout?: string; stderr?: string }).stdout), '403 (Forbidden)');
  }
});

test('a client over TLS, and HTTP on the same port meanwhile', async () => {
  const client = await TurnClient.tls(web.service.securePort ?? 0, secret);
  assert.is((await client.allocate()).code, 0);
  assert.is((await client.bind(0x4000, echo.peer)).code, 0);
  for (let round = 0; round < 20; round += 1) {
    client.sendOn(0x4000, Buffer.alloc(1201, round));
    const [{ data }, { status }] = await Promise.all([
      until('the echo', () => client.relayed.shift()),
      ask(`${web.url}/health/live`),
    ]);
    // Padded to four octets on a stream, which are not part of it.
    assert.equal(data, Buffer.alloc(1201, round));
    assert.is(status, 200);
  }
  // Many at once, as a stream brings them: none is lost, and they stay in order.
  for (let index = 0; index < 100; index += 1) client.sendOn(0x4000, Buffer.alloc(100, index));
  await until('all have come back', () => client.relayed.length === 100);
  assert.equal(
    client.relayed.map(({ data }) => data[0]),
    Array.from({ length: 100 }, (_, index) => index),
  );
  client.close();
  await until('its allocation is gone', () => turn.stats().connections.tls === 0);
});

test('HTTP is read from its first byte, in one piece or octet by octet, kept alive, and by HTTP’s limits', async () => {
  const socket = tls.connect({
    port: web.service.securePort ?? 0,
    host: '127.0.0.1',
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const request = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
  socket.write(request);
  await until('one answer', () => text.split('HTTP/1.1 200').length === 2);
  for (const octet of request) {
    socket.write(octet);
    await sleep(1);
  }
  await until('two answers', () => text.split('HTTP/1.1 200').length === 3);
  socket.destroy();
});

test('a connection that says nothing, or what is neither, is closed', async () => {
  const port = web.service.securePort ?? 0;
  const open = async () => {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.resume();
    return socket;
  };
  const [silent, zeros, noise] = await Promise.all([open(), open(), open()]);
  zeros.write(Buffer.alloc(100));
  noise.write(Buffer.alloc(100, 0xff));
  await until('all are closed', () => [silent, zeros, noise].every(({ closed }) => closed));
  assert.is((await ask(`${web.url}/health/live`)).status, 200);
});

test('without TURN, STUN on the HTTPS port is closed at once', async () => {
  const other = await startHttp();
  const client = await TurnClient.tls(other.service.securePort ?? 0, secret);
  client.raw(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'));
  await until('it is closed', () => client.closed);
  await other.stop();
});

test('closing the HTTPS port does not wait for TURN’s connections', async () => {
  const other = await startHttp({}, { stunConnection: (socket) => turn.accept(socket) });
  const client = await TurnClient.tls(other.service.securePort ?? 0, secret);
  assert.is((await client.allocate()).code, 0);
  const silent = tls.connect({
    port: other.service.securePort ?? 0,
    host: '127.0.0.1',
    rejectUnauthorized: false,
  });
  silent.on('error', () => undefined);
  await once(silent, 'secureConnect');
  const start = performance.now();
  await other.stop();
  assert.ok(performance.now() - start < 2500);
  assert.ok(client.closed || (await until('it is closed', () => client.closed)));
});

test('a port that is taken is a note, and TLS works without it', async () => {
  const again = await startTurn(() => echo.peers, { port: turn.port });
  assert.match(again.notes[0] ?? '', /TCP port \d+ on 127.0.0.1: taken.*UDP port.*taken.*PLENUM_TURN_PORT/);
  assert.is(again.port, undefined);
  const other = await startHttp({}, { stunConnection: (socket) => again.accept(socket) });
  const client = await TurnClient.tls(other.service.securePort ?? 0, secret);
  assert.is((await client.allocate()).code, 0);
  client.close();
  await other.stop();
  await again.close();
});

test.run();
