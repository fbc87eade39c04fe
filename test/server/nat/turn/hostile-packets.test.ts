// time limit: 120 s
import dgram from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../../src/base/clock.ts';
import type { ClientPath } from '../../../../src/server/nat/turn/client-path.ts';
import { integrityKey } from '../../../../src/server/nat/turn/credentials.ts';
import type { EmbeddedTurn } from '../../../../src/server/nat/turn/embedded-turn.ts';
import { turnSettings } from '../../../../src/server/nat/turn/settings.ts';
import { StreamFrames } from '../../../../src/server/nat/turn/stream-frames.ts';
import {
  attributeOf,
  attributes,
  type Method,
  methods,
  parseStun,
  readXorAddress,
  StunWriter,
} from '../../../../src/server/nat/turn/stun-message.ts';
import { TurnServer } from '../../../../src/server/nat/turn/turn-server.ts';
import { until } from '../../../support/until.ts';
import { testLog } from '../../http/start-http.ts';
import { type Echo, secret, startEcho, startTurn } from './start-turn.ts';
import { TurnClient, withUdp } from './turn-client.ts';

const test = suite('TURN and hostile packets');

/** Set it to see a run again. */
const seed = Number(process.env.PLENUM_TEST_SEED ?? 20261126);

/** mulberry32: small, and the same everywhere. */
function diceOf(start: number): (sides: number) => number {
  let state = start;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}

function mutate(bytes: Buffer, dice: (sides: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  switch (dice(6)) {
    case 0:
      return copy.subarray(0, dice(copy.length + 1));
    case 1:
      return Buffer.concat([copy, Buffer.alloc(dice(70), dice(256))]);
    case 2: {
      // The length of some attribute, or of the message
      const at = 2 + 4 * dice(Math.max(1, Math.floor(copy.length / 4)));
      if (at + 2 <= copy.length) copy.writeUInt16BE(dice(0x10000), at);
      return copy;
    }
    case 3:
      return Buffer.from(Array.from({ length: dice(120) }, () => dice(256)));
    default:
      for (let changes = 1 + dice(4); changes > 0; changes -= 1) copy[dice(copy.length)] = dice(256);
      return copy;
  }
}

const peer = { ip: '127.0.0.1', port: 9 };

/** A good message of each kind, as a client with this nonce would send it. */
function goodMessages(username: string, nonce: string): Buffer[] {
  const id = Buffer.alloc(12, 7);
  const key = integrityKey(secret, username);
  const build: Record<Method, (writer: StunWriter) => StunWriter> = {
    binding: (writer) => writer,
    allocate: withUdp,
    refresh: (writer) => writer.number(attributes.lifetime, 600),
    send: (writer) => writer,
    data: (writer) => writer,
    createPermission: (writer) => writer.xorAddress(attributes.xorPeerAddress, peer),
    channelBind: (writer) =>
      writer.number(attributes.channelNumber, 0x40000000).xorAddress(attributes.xorPeerAddress, peer),
  };
  const requests = (Object.keys(methods) as Method[]).map((method) =>
    build[method](new StunWriter(method, 'request', id))
      .attribute(attributes.username, username)
      .attribute(attributes.realm, 'plenum')
      .attribute(attributes.nonce, nonce)
      .finish({ key, fingerprint: true }),
  );
  const indication = new StunWriter('send', 'indication', id)
    .xorAddress(attributes.xorPeerAddress, peer)
    .attribute(attributes.data, Buffer.alloc(50, 3));
  return [...requests, indication.finish(), Buffer.from('40000008aaaaaaaabbbbbbbb', 'hex')];
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

test(`100,000 mutated messages from strangers and from a client: nothing is thrown, nothing grows (seed ${seed})`, async () => {
  const server = new TurnServer({
    secret: new TextEncoder().encode(secret),
    limits: turnSettings.parse({ limits: { strangerAnswersPerSecond: 100_000 } }).limits,
    allocationLifetimeSeconds: 600,
    clock: systemClock,
    log: testLog,
  });
  server.setPeers([{ told: peer, inner: peer }]);
  const dice = diceOf(seed);
  const sent: Buffer[] = [];
  const path = (key: string): ClientPath => ({
    key,
    transport: 'udp',
    client: { ip: '127.0.0.1', port: 1 },
    send: (message) => void sent.push(message),
  });
  const username = `${Math.floor(Date.now() / 1000) + 3600}:somebody`;
  server.receive(new StunWriter('allocate', 'request', Buffer.alloc(12)).finish(), path('first'));
  const refusal = sent[0] && parseStun(sent[0]);
  const nonce = (refusal && attributeOf(refusal, attributes.nonce)?.toString()) ?? '';
  const messages = goodMessages(username, nonce);
  const client = path('client');
  for (const message of messages) {
    server.receive(message, client);
    await turnOfLoop();
  }
  await until('there is an allocation', () => server.hasAllocation(client));
  await turnOfLoop();

  const run = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const message = messages[dice(messages.length)] ?? Buffer.alloc(0);
      server.receive(mutate(message, dice), dice(2) === 0 ? client : path(`stranger ${dice(1000)}`));
      if (index % 500 === 0) {
        sent.length = 0;
        await turnOfLoop();
      }
    }
  };
  await run(20_000);
  const memory = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  // A change can change nothing: then it is a good request, and an allocation in its place.
  const others = () => descriptors() - server.counters.allocations.udp;
  const [heap, files] = [memory(), others()];
  await run(100_000);
  assert.is(server.counters.failures, 0);
  assert.ok(memory() - heap < 20_000_000, `heap grew by ${memory() - heap} octets`);
  assert.ok(others() - files <= 2, `descriptors beside those of allocations: ${files}, then ${others()}`);
  assert.ok(server.counters.allocations.udp <= turnSettings.parse({}).limits.allocationsPerParticipant);
  assert.ok(server.counters.malformed > 10_000);
  server.close();
  await turnOfLoop();
  assert.ok(descriptors() - files <= 2, `after closing: ${descriptors()}`);
});

let echo: Echo;
let turn: EmbeddedTurn;
test.before(async () => {
  echo = await startEcho();
  turn = await startTurn(() => echo.peers);
});
test.after(async () => {
  await turn.close();
  echo.close();
});

test('through sockets: to the listening ports, and to a relayed one; a client beside it notices nothing', async () => {
  const client = await TurnClient.udp(turn.port ?? 0, secret);
  const { message } = await client.allocate();
  await client.bind(0x4000, echo.peer);
  const value = attributeOf(message, attributes.xorRelayedAddress);
  const relayed = value && readXorAddress(value, message.transactionId);
  assert.ok(relayed);
  const dice = diceOf(seed + 1);
  const messages = goodMessages(client.username, client.nonce);
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  for (let index = 0; index < 20_000; index += 1) {
    const bytes = mutate(messages[dice(messages.length)] ?? Buffer.alloc(0), dice);
    socket.send(bytes, index % 2 === 0 ? (turn.port ?? 0) : relayed.port, '127.0.0.1', () => undefined);
    if (index % 100 === 0) await turnOfLoop();
  }
  for (const length of [0, 1, 2, 3]) {
    socket.send(Buffer.alloc(length), relayed.port, '127.0.0.1');
    socket.send(Buffer.alloc(length), turn.port ?? 0, '127.0.0.1');
  }
  for (let index = 0; index < 100; index += 1) {
    const stream = net.connect(turn.port ?? 0, '127.0.0.1');
    stream.on('error', () => undefined);
    stream.end(mutate(messages[dice(messages.length)] ?? Buffer.alloc(0), dice));
    stream.resume();
    await once(stream, 'close');
  }
  await until(
    'it has been noticed',
    () => turn.stats().malformed > 100 && turn.stats().foreignPackets > 1000,
  );
  client.relayed.length = 0;
  client.sendOn(0x4000, Buffer.from('all is well'));
  const back = await until('the echo', () => client.relayed.shift());
  assert.is(back.data.toString(), 'all is well');
  assert.is(turn.stats().failures, 0);
  assert.ok(turn.stats().allocations.udp >= 1);
  await until('no connection is left', () => turn.stats().connections.tcp === 0);
  client.close();
  socket.close();
});

test('streams are cut into messages wherever the pieces end', () => {
  const dice = diceOf(seed + 2);
  const messages = goodMessages('1:x', 'n').map((bytes, index) =>
    index % 2 === 0 ? bytes : Buffer.from('4000000301020300', 'hex'),
  );
  for (let round = 0; round < 300; round += 1) {
    const frames = new StreamFrames();
    const got: Buffer[] = [];
    let rest = Buffer.concat(messages);
    while (rest.length > 0) {
      const size = 1 + dice(60);
      got.push(...(frames.push(rest.subarray(0, size)) ?? []));
      rest = rest.subarray(size);
    }
    assert.is(got.length, messages.length);
    assert.equal(got[1], Buffer.from('40000003010203', 'hex'));
  }
});

test.run();
