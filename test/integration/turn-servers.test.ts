// quick
// network: own
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IceServer } from '../../src/protocol/media.ts';
import { TurnClient } from '../server/nat/turn/turn-client.ts';
import { localAddress } from '../support/local-address.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { RawClient } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

/** A whole server: what clients are told of TURN, and how the relay follows the media workers. */
const test = suite<{ plenum: Plenum }>('TURN servers for clients');

test.before(async (context) => {
  const externalServers = [{ urls: ['stun:stun.example.org:3478'] }];
  context.plenum = await startPlenum({ turn: { externalServers } });
});
test.after(({ plenum }) => plenum.close());

async function enter(plenum: Plenum, url: string): Promise<RawClient> {
  const meeting = await plenum.createMeeting();
  const client = await RawClient.open(`${url.replace('http', 'ws')}/signal`);
  const token = meeting.invitationPath.split('#')[1] ?? '';
  await client.get('join', { token, displayName: 'Ada' });
  return client;
}

test('with every transport, and anew with every ICE restart', async ({ plenum }) => {
  const client = await enter(plenum, plenum.url);
  const host = localAddress();
  const port = plenum.server.turn?.port;
  const { securePort } = plenum.server.http;
  const urls = [
    `turn:${host}:${port}?transport=udp`,
    `turn:${host}:${securePort}?transport=tcp`,
    `turns:${host}:${securePort}?transport=tcp`,
  ];
  const check = (servers: IceServer[] | undefined) => {
    assert.is(servers?.length, 2);
    assert.equal(servers?.[0]?.urls, urls);
    assert.match(servers?.[0]?.username ?? '', /^\d{10}:/);
    assert.match(servers?.[0]?.credential ?? '', /^[\w+/]{27}=$/);
    assert.equal(servers?.[1], { urls: ['stun:stun.example.org:3478'] });
  };
  const { transportId, iceServers } = await client.get('createTransport', { direction: 'send' });
  check(iceServers);
  check((await client.get('restartIce', { transportId })).iceServers);
  client.socket.terminate();
});

test('none of the embedded server for this machine itself: it does not listen on loopback', async ({
  plenum,
}) => {
  const client = await enter(plenum, plenum.loopbackUrl);
  const { iceServers } = await client.get('createTransport', { direction: 'send' });
  assert.equal(iceServers, [{ urls: ['stun:stun.example.org:3478'] }]);
  client.socket.terminate();
});

test('switched off there is neither a port nor a word of it', async () => {
  const plain = await startPlenum({ turn: { enabled: false } });
  const client = await enter(plain, plain.url);
  assert.equal((await client.get('createTransport', { direction: 'send' })).iceServers, []);
  assert.is(plain.server.turn, undefined);
  client.socket.terminate();
  await plain.close();
});

test('a media worker that is replaced is relayed to again', async ({ plenum }) => {
  const { workers } = plenum.server;
  const before = workers.all[0]?.udpPorts[0];
  assert.ok(before);
  process.kill(workers.all[0]?.pid ?? 0, 'SIGKILL');
  const after = await until('another worker', () => {
    const found = workers.all[0]?.udpPorts[0];
    return found?.port === before?.port ? undefined : found;
  });
  // The credentials are those of a client, the client is one of TURN: see whether the thread has heard of it.
  const client = await enter(plenum, plenum.url);
  const { iceServers } = await client.get('createTransport', { direction: 'send' });
  const { username = '' } = iceServers?.[0] ?? {};
  const secret = readFileSync(join(plenum.dataDirectory, 'turn-secret'), 'utf8').trim();
  const turn = await TurnClient.udp(plenum.server.turn?.port ?? 0, secret, localAddress());
  turn.username = username;
  assert.is((await turn.allocate()).code, 0);
  await until('the new port is known', async () => (await turn.bind(0x4000, after)).code === 0);
  assert.is((await turn.bind(0x4001, before)).code, 403);
  turn.close();
  client.socket.terminate();
});

test.run();
