import { isDeepStrictEqual } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EmbeddedTurn } from '../../../../src/server/nat/turn/embedded-turn.ts';
import { attributes } from '../../../../src/server/nat/turn/stun-message.ts';
import { until } from '../../../support/until.ts';
import { type Echo, secret, startEcho, startTurn } from './start-turn.ts';
import { TurnClient, withUdp } from './turn-client.ts';

/** Whom the TURN server does not serve, and where it does not relay to. */
const test = suite('TURN refusals');

let echo: Echo;
let turn: EmbeddedTurn;
const open: { close(): unknown }[] = [];

async function udp(server = turn): Promise<TurnClient> {
  const client = await TurnClient.udp(server.port ?? 0, secret);
  open.push(client);
  return client;
}

async function limited(limits: object): Promise<EmbeddedTurn> {
  const server = await startTurn(() => echo.peers, { limits });
  open.push(server);
  return server;
}

test.before(async () => {
  echo = await startEcho();
  const inner = echo.peer;
  turn = await startTurn(() => [...echo.peers, { told: { ip: '2001:db8::7', port: inner.port }, inner }]);
});
test.after.each(async () => {
  for (const { close } of open.splice(0).map((each) => ({ close: () => each.close() }))) await close();
});
test.after(async () => {
  await turn.close();
  echo.close();
});

/** Every peer that is not ours, with how it is counted. */
const forbidden: Record<string, string[]> = {
  loopback: ['127.0.0.2', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.254', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fc00::1'],
  'link-local': ['169.254.0.1', 'fe80::1', 'febf::1'],
  metadata: ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'],
  multicast: ['224.0.0.1', '239.255.255.250', '255.255.255.255', 'ff02::1', '240.0.0.1'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  'ipv4-mapped': ['::ffff:127.0.0.1', '::ffff:169.254.169.254', '::127.0.0.1', '64:ff9b::a00:1'],
  other: ['8.8.8.8', '172.32.0.1', '192.169.0.1', '2001:db8::8', '2606:4700::1111'],
};

test('every address that is not our media’s is refused, in every way there is, and counted by its kind', async () => {
  const client = await udp();
  await client.allocate();
  const { port } = echo.peer;
  await client.permit(echo.peer);
  const heard = echo.heard.length;
  for (const ip of Object.values(forbidden).flat()) {
    const peer = { ip, port };
    const permission = await client.permit(peer);
    assert.is(permission.code, 403, ip);
    assert.ok(permission.intact, ip);
    assert.is((await client.bind(0x4000, peer)).code, 403, ip);
    assert.is((await client.permit(echo.peer, peer)).code, 403, `${ip} behind a good one`);
    client.sendTo(peer, Buffer.from('never'));
  }
  const counted = () => {
    const { refusals } = turn.stats();
    return Object.fromEntries(
      Object.keys(forbidden).map((reason) => [reason, refusals[reason as never] ?? 0]),
    );
  };
  const expected = Object.fromEntries(
    Object.entries(forbidden).map(([reason, ips]) => [reason, ips.length * 4]),
  );
  await until('all are counted', () => isDeepStrictEqual(counted(), expected)).catch(() => undefined);
  assert.equal(counted(), expected);
  client.sendTo(echo.peer, Buffer.from('still'));
  assert.equal((await until('the echo', () => client.relayed.shift())).data, Buffer.from('still'));
  assert.is(echo.heard.length, heard + 1);
});

test('an address of ours is no permission for its other ports, and another relayed port is not ours', async () => {
  const [client, other] = [await udp(), await udp()];
  await client.allocate();
  await other.allocate();
  const bystander = await startEcho();
  open.push(bystander);
  assert.is((await client.permit({ ...echo.peer, port: 1 })).code, 0);
  assert.is((await client.bind(0x4000, bystander.peer)).code, 403);
  const before = turn.stats().refusals['media-port'] ?? 0;
  client.sendTo(bystander.peer, Buffer.from('never'));
  await until('it is counted', () => (turn.stats().refusals['media-port'] ?? 0) > before);
  assert.equal(bystander.heard, []);
  // The family of the relayed address decides, even where the peer is one of ours.
  assert.is((await client.permit({ ip: '2001:db8::7', port: echo.peer.port })).code, 443);
});

test('names and credentials', async () => {
  const now = Math.floor(Date.now() / 1000);
  const wrong: [string, (client: TurnClient) => void][] = [
    ['another secret', (client) => Object.assign(client, { secret: 'of another deployment entirely' })],
    ['expired', (client) => Object.assign(client, { username: `${now - 1}:somebody` })],
    ['another realm', (client) => Object.assign(client, { realm: 'elsewhere' })],
    ...['constructor', '__proto__', 'toString', '', 'somebody', `${now + 60}`, `${now + 60}:`, `:${now}`].map(
      (username): [string, (client: TurnClient) => void] => [
        `user ${username}`,
        (client) => Object.assign(client, { username }),
      ],
    ),
    ['far too long', (client) => Object.assign(client, { username: `${now + 60}:${'x'.repeat(400)}` })],
    ['NaN', (client) => Object.assign(client, { username: 'NaN:somebody' })],
    ['no end at all', (client) => Object.assign(client, { username: 'Infinity:somebody' })],
  ];
  for (const [what, change] of wrong) {
    const client = await udp();
    await client.ask('allocate', withUdp, { signed: false });
    change(client);
    assert.is((await client.ask('allocate', withUdp)).code, 401, what);
  }
  const good = await udp();
  assert.is((await good.allocate()).code, 0);
});

test('a nonce is good for the address it was given to and for its time; foreign ones are stale', async () => {
  const client = await udp();
  for (const nonce of ['x', 'A'.repeat(24), '', '__proto__', '\u0000'.repeat(24)]) {
    client.nonce = nonce;
    const answer = await client.ask('allocate', withUdp);
    assert.is(answer.code, 438, JSON.stringify(nonce));
  }
  assert.is((await client.ask('allocate', withUdp)).code, 0);
});

test('another user on the same path, requests without an allocation, half a signature', async () => {
  const client = await udp();
  await client.ask('allocate', withUdp, { signed: false });
  assert.is((await client.permit(echo.peer)).code, 437);
  assert.is((await client.refresh(60)).code, 437);
  await client.allocate();
  const own = client.username;
  client.username = own.replace('somebody', 'else');
  assert.is((await client.refresh(0)).code, 441);
  assert.is((await client.permit(echo.peer)).code, 441);
  client.username = own;
  const unnamed = await client.ask(
    'refresh',
    (writer) => writer.attribute(attributes.messageIntegrity, Buffer.alloc(20)),
    {
      signed: false,
    },
  );
  assert.is(unnamed.code, 400);
  assert.is((await client.refresh(60)).code, 0);
});

test('an allocation goes on after its credentials have expired, a new one does not begin', async () => {
  const client = await udp();
  client.username = `${Math.floor(Date.now() / 1000) + 2}:somebody`;
  assert.is((await client.allocate()).code, 0);
  const later = await udp();
  later.username = client.username;
  // Without an allocation of its own: 437 while the name is good.
  await until('the credentials have expired', async () => (await later.refresh(60)).code === 401, {
    everyMs: 200,
  });
  assert.is((await later.allocate()).code, 401);
  assert.is((await client.refresh(60)).code, 0);
  assert.is((await client.permit(echo.peer)).code, 0);
});

test('quotas of allocations: per participant, per address, in all', async () => {
  const cases: [object, string, (index: number) => string][] = [
    [{ allocationsPerParticipant: 2 }, 'participant-allocations', () => 'one'],
    [{ allocationsPerAddress: 2 }, 'address-allocations', (index) => `n${index}`],
    [{ allocations: 2 }, 'allocations', (index) => `n${index}`],
  ];
  for (const [limits, quota, nameOf] of cases) {
    const server = await limited(limits);
    const clients = await Promise.all([0, 1, 2].map(() => udp(server)));
    const codes: number[] = [];
    for (const [index, client] of clients.entries()) {
      client.username = client.username.replace('somebody', nameOf(index));
      codes.push((await client.allocate()).code);
    }
    assert.equal(codes, [0, 0, 486], quota);
    await until('it is counted', () => server.stats().quotaHits[quota as never] === 1);
    await clients[0]?.refresh(0);
    assert.is((await clients[2]?.allocate())?.code, 0, `${quota}: a place is free again`);
  }
});

test('quotas of packets and bytes drop what is too much, both ways', async () => {
  const cases: [object, string][] = [
    [{ packetsPerSecondPerParticipant: 100 }, 'participant-packets'],
    [{ bytesPerSecondPerParticipant: 10_000 }, 'participant-bytes'],
    [{ packetsPerSecondPerAddress: 100 }, 'address-packets'],
    [{ bytesPerSecondPerAddress: 10_000 }, 'address-bytes'],
  ];
  for (const [limits, quota] of cases) {
    const server = await limited(limits);
    const client = await udp(server);
    await client.allocate();
    await client.bind(0x4000, echo.peer);
    const before = echo.heard.length;
    for (let sent = 0; sent < 400; sent += 1) client.sendOn(0x4000, Buffer.alloc(200, 1));
    await until('it is counted', () => (server.stats().quotaHits[quota as never] ?? 0) > 0);
    // One second's worth at once, shared by both directions; and a little that has come in since.
    assert.ok(echo.heard.length - before < 300, quota);
    assert.ok(echo.heard.length > before, quota);
  }
});

test('quotas of permissions, channels, connections, and of answers to strangers', async () => {
  const inner = echo.peer;
  const many = [1, 2, 3].map((last) => ({ told: { ip: `203.0.113.${last}`, port: 9 }, inner }));
  const server = await startTurn(() => [...echo.peers, ...many], {
    limits: { permissions: 2, channels: 1, connections: 2, strangerAnswersPerSecond: 5 },
  });
  open.push(server);
  const client = await udp(server);
  await client.allocate();
  const [one, two, three] = many.map(({ told }) => told);
  if (!one || !two || !three) throw new Error('three peers');
  assert.is((await client.permit(one, two, three)).code, 508);
  assert.is((await client.permit(one, two)).code, 0);
  assert.is((await client.permit(three)).code, 508);
  assert.is((await client.bind(0x4000, one)).code, 0);
  assert.is((await client.bind(0x4001, two)).code, 508);
  for (let sent = 0; sent < 50; sent += 1) (await udp(server)).raw(bindingRequest);
  const streams = await Promise.all([1, 2, 3].map(() => TurnClient.tcp(server.port ?? 0, secret)));
  open.push(...streams);
  await until('all are counted', () => {
    const { quotaHits } = server.stats();
    return ['permissions', 'channels', 'connections', 'strangers'].every((name) => quotaHits[name as never]);
  });
  await until('the third connection is closed', () => streams.filter(({ closed }) => closed).length === 1);
});

const bindingRequest = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

test('a connection that does nothing, or speaks something else, is closed', async () => {
  const server = await limited({ idleTimeoutMs: 1000 });
  const silent = await TurnClient.tcp(server.port ?? 0, secret);
  const busy = await TurnClient.tcp(server.port ?? 0, secret);
  await busy.allocate();
  const chatty = await TurnClient.tcp(server.port ?? 0, secret);
  chatty.raw(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
  await until('both are closed', () => silent.closed && chatty.closed);
  assert.not.ok(busy.closed);
  busy.close();
});

test.run();
