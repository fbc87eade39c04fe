import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EmbeddedTurn } from '../../../../src/server/nat/turn/embedded-turn.ts';
import {
  attributeOf,
  attributes,
  readXorAddress,
  type StunWriter,
} from '../../../../src/server/nat/turn/stun-message.ts';
import { until } from '../../../support/until.ts';
import { type Echo, secret, startEcho, startTurn } from './start-turn.ts';
import { numberOf, TurnClient, withUdp } from './turn-client.ts';

/** The life of allocations, permissions and channels: RFC 8656, on the wire. */
const test = suite<{ client: TurnClient }>('TURN allocations');

let echo: Echo;
let turn: EmbeddedTurn;
const udp = () => TurnClient.udp(turn.port ?? 0, secret);

test.before(async () => {
  echo = await startEcho();
  const beyond = { told: { ip: '203.0.113.7', port: 44400 }, inner: echo.peer };
  turn = await startTurn(() => [...echo.peers, beyond], { allocationLifetimeSeconds: 900 });
});
test.after(async () => {
  await turn.close();
  echo.close();
});
test.before.each(async (context) => {
  context.client = await udp();
});
test.after.each(({ client }) => client.close());

test('STUN Binding tells the client its address, without credentials', async ({ client }) => {
  const { code, message } = await client.ask('binding', undefined, { signed: false });
  const mapped = attributeOf(message, attributes.xorMappedAddress);
  assert.is(code, 0);
  assert.is(mapped && readXorAddress(mapped, message.transactionId)?.ip, '127.0.0.1');
  assert.is(attributeOf(message, attributes.software)?.toString(), 'Plenum');
});

test('an allocation has all it needs, its answers are signed, and the same question gets the same answer', async ({
  client,
}) => {
  const stranger = await client.ask('allocate', withUdp, { signed: false });
  assert.is(stranger.code, 401);
  assert.is(attributeOf(stranger.message, attributes.realm)?.toString(), 'plenum');
  const transactionId = randomBytes(12);
  const first = await client.ask('allocate', withUdp, { transactionId });
  assert.is(first.code, 0);
  assert.ok(first.intact);
  assert.is(numberOf(first, attributes.lifetime), 600);
  for (const type of [attributes.xorRelayedAddress, attributes.xorMappedAddress])
    assert.ok(attributeOf(first.message, type));
  const again = await client.ask('allocate', withUdp, { transactionId });
  assert.equal(
    attributeOf(again.message, attributes.xorRelayedAddress),
    attributeOf(first.message, attributes.xorRelayedAddress),
  );
  const other = await client.ask('allocate', withUdp);
  assert.is(other.code, 437);
  assert.ok(other.intact);
});

test('lifetimes: as asked within the limit, and zero is the end', async ({ client }) => {
  await client.allocate((writer) => writer.number(attributes.lifetime, 20));
  assert.is(numberOf(await client.refresh(90), attributes.lifetime), 90);
  assert.is(numberOf(await client.refresh(1e6), attributes.lifetime), 900);
  const end = await client.refresh(0);
  assert.is(numberOf(end, attributes.lifetime), 0);
  assert.ok(end.intact);
  assert.is((await client.refresh(60)).code, 437);
  assert.is((await client.allocate()).code, 0);
});

test('packets by indication and by channel, both ways, also to an address that stands for an inner one', async ({
  client,
}) => {
  await client.allocate();
  const outside = { ip: '203.0.113.7', port: 44400 };
  client.sendTo(echo.peer, Buffer.from('too early'));
  assert.is((await client.permit(echo.peer)).code, 0);
  client.sendTo(echo.peer, Buffer.from('hello'));
  const hello = await until('the echo', () => client.relayed.shift());
  assert.equal(hello, { peer: echo.peer, data: Buffer.from('hello') });
  const bound = await client.bind(0x4001, outside);
  assert.is(bound.code, 0);
  assert.ok(bound.intact);
  client.sendOn(0x4001, Buffer.from('from far away'));
  const far = await until('the echo', () => client.relayed.shift());
  assert.equal(far, { channel: 0x4001, data: Buffer.from('from far away') });
  client.sendTo(echo.peer, Buffer.from('near'));
  assert.equal((await until('the echo', () => client.relayed.shift())).peer, echo.peer);
  assert.not.ok(echo.heard.some(({ data }) => data.toString() === 'too early'));
});

test('channel numbers: only the range, one peer each; binding again is a refresh', async ({ client }) => {
  await client.allocate();
  const outside = { ip: '203.0.113.7', port: 44400 };
  assert.is((await client.bind(0x3fff, echo.peer)).code, 400);
  assert.is((await client.bind(0x7fff, echo.peer)).code, 400);
  assert.is((await client.bind(0x4000, echo.peer)).code, 0);
  assert.is((await client.bind(0x4000, echo.peer)).code, 0);
  assert.is((await client.bind(0x4000, outside)).code, 400);
  assert.is((await client.bind(0x4001, echo.peer)).code, 400);
});

test('what is not supported is refused with the code for it', async ({ client }) => {
  const transport = (number: number) => (writer: StunWriter) =>
    writer.attribute(attributes.requestedTransport, Buffer.from([number, 0, 0, 0]));
  await client.ask('allocate', withUdp, { signed: false });
  const cases: [number, string, (writer: StunWriter) => StunWriter][] = [
    [400, 'no transport', (writer) => writer],
    [442, 'TCP relays', transport(6)],
    [420, 'DONT-FRAGMENT', (writer) => withUdp(writer).attribute(attributes.dontFragment, '')],
    [420, 'an attribute of the future', (writer) => withUdp(writer).number(0x7abc, 1)],
    [508, 'EVEN-PORT with a reservation', (writer) => withUdp(writer).attribute(0x18, Buffer.from([0x80]))],
    [508, 'RESERVATION-TOKEN', (writer) => withUdp(writer).attribute(0x22, randomBytes(8))],
    [440, 'a family that does not exist', (writer) => withUdp(writer).number(0x17, 0x07000000)],
    [440, 'IPv6 where media has none', (writer) => withUdp(writer).number(0x17, 0x02000000)],
  ];
  for (const [code, what, build] of cases) {
    const answer = await client.ask('allocate', build);
    assert.is(answer.code, code, what);
    assert.ok(answer.intact, what);
  }
  const { message } = await client.ask('allocate', (writer) => withUdp(writer).number(0x7abc, 1));
  assert.equal(attributeOf(message, attributes.unknownAttributes), Buffer.from([0x7a, 0xbc]));
  const even = await client.ask('allocate', (writer) => withUdp(writer).attribute(0x18, Buffer.from([0])));
  const relayed = attributeOf(even.message, attributes.xorRelayedAddress);
  const { port = 1 } = (relayed && readXorAddress(relayed, even.message.transactionId)) ?? {};
  assert.is(port % 2, 0);
});

test('no packet of anybody but our media reaches a client', async ({ client }) => {
  const { message } = await client.allocate();
  const value = attributeOf(message, attributes.xorRelayedAddress);
  const relayed = value && readXorAddress(value, message.transactionId);
  await client.permit(echo.peer);
  client.sendTo(echo.peer, Buffer.from('mine'));
  await until('the echo', () => client.relayed.shift());
  const stranger = await startEcho();
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  for (let sent = 0; sent < 20; sent += 1) socket.send(Buffer.from('intruder'), relayed?.port, relayed?.ip);
  await until('they are counted', () => turn.stats().foreignPackets >= 20);
  assert.equal(client.relayed, []);
  socket.close();
  stranger.close();
});

test('IPv6 relays where media has IPv6, by request or because there is nothing else', async ({ client }) => {
  const echo6 = await startEcho(1, '::1').catch(() => undefined);
  // A machine without IPv6
  if (!echo6) return;
  const both = await startTurn(() => [...echo.peers, ...echo6.peers]);
  const only6 = await startTurn(() => echo6.peers);
  const asking = await TurnClient.udp(both.port ?? 0, secret);
  const silent = await TurnClient.udp(only6.port ?? 0, secret);
  assert.is((await asking.allocate((writer) => writer.number(0x17, 0x02000000))).code, 0);
  assert.is((await silent.allocate()).code, 0);
  for (const each of [asking, silent]) {
    assert.is((await each.bind(0x4000, echo6.peer)).code, 0);
    each.sendOn(0x4000, Buffer.from('six'));
    assert.is((await until('the echo', () => each.relayed.shift())).data.toString(), 'six');
    each.sendTo(echo6.peer, Buffer.from('six again'));
    assert.is((await until('the echo', () => each.relayed.shift())).data.toString(), 'six again');
  }
  assert.is((await asking.permit(echo.peer)).code, 443);
  for (const each of [asking, silent, echo6]) each.close();
  await Promise.all([both.close(), only6.close()]);
  assert.is((await client.allocate()).code, 0);
});

test('a relayed call lives over many short lifetimes, and ends when it is not refreshed', async () => {
  const short = await startTurn(() => echo.peers, { allocationLifetimeSeconds: 2 });
  const client = await TurnClient.tcp(short.port ?? 0, secret);
  await client.allocate();
  await client.bind(0x4000, echo.peer);
  for (let second = 0; second < 5; second += 1) {
    await sleep(1000);
    assert.is((await client.refresh(2)).code, 0);
    client.sendOn(0x4000, Buffer.from(`second ${second}`));
    assert.is((await until('the echo', () => client.relayed.shift())).data.toString(), `second ${second}`);
  }
  await until('it ends', () => short.stats().allocations.tcp === 0);
  assert.is((await client.refresh(2)).code, 437);
  client.close();
  await short.close();
});

test('a connection that is gone takes its allocation along', async () => {
  const client = await TurnClient.tcp(turn.port ?? 0, secret);
  const before = turn.stats().allocationsMade.tcp;
  await client.allocate();
  await until('it is there', () => turn.stats().allocationsMade.tcp > before);
  client.close();
  await until('it is gone', () => turn.stats().allocations.tcp === 0);
  assert.is(turn.stats().connections.tcp, 0);
});

test('media that has moved is followed, and its old place is none any more', async ({ client }) => {
  const other = await startEcho();
  let peers = echo.peers;
  const moving = await startTurn(() => peers);
  const mover = await TurnClient.udp(moving.port ?? 0, secret);
  await mover.allocate();
  await mover.bind(0x4000, echo.peer);
  assert.is((await mover.bind(0x4001, other.peer)).code, 403);
  peers = other.peers;
  moving.refreshPeers();
  await until('it is known', async () => (await mover.bind(0x4001, other.peer)).code === 0);
  assert.is((await mover.bind(0x4000, echo.peer)).code, 403);
  const heard = echo.heard.length;
  mover.sendOn(0x4000, Buffer.from('to nobody'));
  mover.sendOn(0x4001, Buffer.from('to the new one'));
  await until('the echo', () => mover.relayed.shift());
  assert.is(echo.heard.length, heard);
  mover.close();
  await moving.close();
  other.close();
  assert.is((await client.allocate()).code, 0);
});

test.run();
