// network: own
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Nat } from '../../../src/server/nat/nat.ts';
import { PublicNames } from '../../../src/server/nat/public-names.ts';
import { natSettings } from '../../../src/server/nat/settings.ts';
import { startUpText } from '../../../src/server/start-up-text.ts';
import { HandClock } from '../../client/hand-clock.ts';
import { startPlenum } from '../../support/plenum.ts';
import { RawClient } from '../../support/raw-client.ts';
import { until } from '../../support/until.ts';

/** Outer addresses: how they become known, and how people in a meeting learn of them. */
const test = suite('outer addresses');

const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (_: object, message: string) => assert.unreachable(message),
  child: () => log,
};

/** Answers every Binding request with this address. */
async function stunServer(address: string): Promise<{ at: string; close(): void }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (request, from) => {
    const value = Buffer.from([0, 1, 0, 0, ...address.split('.').map(Number)]);
    const head = Buffer.concat([Buffer.from([1, 1, 0, 12]), request.subarray(4, 20)]);
    socket.send(Buffer.concat([head, Buffer.from([0, 1, 0, 8]), value]), from.port, from.address);
  });
  return { at: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

test('the address that a STUN server sees', async () => {
  const server = await stunServer('11.22.33.2');
  const nat = new Nat({
    settings: natSettings.parse({ portMapping: { mode: 'off' }, stunServer: server.at }),
    media: { addresses: [{ ip: '127.0.0.1' }], names: [], notes: [], isPrivate: true },
    announcedAddresses: [],
    ports: () => [],
    key: new Uint8Array(32),
    clock: new HandClock(),
    log,
  });
  try {
    await nat.start();
    assert.equal(nat.told, [
      { address: '127.0.0.1', how: "this machine's own" },
      { address: '11.22.33.2', how: `seen by ${server.at}, by STUN` },
    ]);
    assert.equal(nat.announced.of({ protocol: 'udp', address: '127.0.0.1', port: 44_400 }), [
      { address: '11.22.33.2', port: 44_400 },
    ]);
    assert.equal(nat.notes, []);
  } finally {
    await nat.close();
    server.close();
  }
});

test('names are looked up again and again; what was known stays known while nobody answers', async () => {
  const clock = new HandClock();
  const answers: (string[] | Error)[] = [
    ['11.22.33.2'],
    new Error('no answer'),
    ['11.22.33.7', '2001:db8::7'],
  ];
  const names = new PublicNames({
    names: ['meet.example.org'],
    stunServer: null,
    intervalMs: 60_000,
    clock,
    log,
    resolve: async () => {
      const answer = answers.shift() ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  let rounds = 0;
  names.events.on('changed', () => {
    rounds += 1;
  });
  const known = () => names.addresses.get('meet.example.org');
  await names.start();
  assert.equal(known(), ['11.22.33.2']);
  clock.turn(60_000);
  await until('the second round', () => rounds === 2);
  assert.equal(known(), ['11.22.33.2']);
  assert.is(names.problems.get('meet.example.org'), 'no answer');
  clock.turn(60_000);
  await until('the third round', () => rounds === 3);
  assert.equal(known(), ['11.22.33.7', '2001:db8::7']);
  assert.is(names.problems.size, 0);
  names.close();
});

test('people in a meeting are told, and an ICE restart brings the new candidates', async () => {
  const plenum = await startPlenum();
  try {
    const meeting = await plenum.createMeeting();
    const client = await RawClient.open(`${plenum.loopbackUrl.replace('http', 'ws')}/signal`);
    await client.get('join', { token: meeting.moderatorPath.split('#')[1] ?? '', displayName: 'Ada' });
    const { transportId, iceCandidates } = await client.get('createTransport', { direction: 'send' });
    const [udp, tcp] = iceCandidates;
    assert.is(iceCandidates.length, 2);
    const innerAddress = udp?.address ?? '';
    const ports = new Map([
      [`udp ${udp?.port}`, 50_001],
      [`tcp ${tcp?.port}`, 50_002],
    ]);
    plenum.server.nat.announced.set('router', [
      { address: '11.22.33.2', innerAddress, ports, how: 'a test' },
    ]);
    await until('she is told', () => client.notifications('addressesChanged').length === 1);
    const restarted = await client.get('restartIce', { transportId });
    const outer = ({ protocol, address, port }: { protocol: string; address: string; port: number }) =>
      `${protocol} ${address} ${port}`;
    assert.equal(restarted.iceCandidates.map(outer), [
      `udp ${innerAddress} ${udp?.port}`,
      'udp 11.22.33.2 50001',
      `tcp ${innerAddress} ${tcp?.port}`,
      'tcp 11.22.33.2 50002',
    ]);
    const fresh = await client.get('createTransport', { direction: 'receive' });
    assert.is(fresh.iceCandidates.length, 4);
    const metrics = await (await fetch(plenum.metricsUrl)).text();
    assert.match(metrics, /plenum_announced_addresses\{source="router"\} 1/);
    assert.match(metrics, /plenum_port_mapping_state\{state="off",protocol="none"\} 1/);
    assert.match(metrics, /plenum_external_address_changes_total 0/);
  } finally {
    await plenum.close();
  }
});

test('the start-up text says where media comes to and how that is known', () => {
  const text = startUpText({
    securePort: 8443,
    loopbackPort: undefined,
    listenAddress: '0.0.0.0',
    addresses: ['192.168.50.10'],
    names: [],
    certificate: { fingerprint: 'AA', selfSigned: false },
    outerHttps: { address: '11.22.33.2', port: 8443 },
    media: [
      { address: '192.168.50.10', how: "this machine's own" },
      { address: '11.22.33.2', how: "the router's, by PCP" },
    ],
    uncovered: [],
    notes: [],
  });
  assert.match(text, /https:\/\/11\.22\.33\.2:8443\/ {2}\(from the internet, through the router\)/);
  assert.match(
    text,
    /Media comes to:\n {2}192\.168\.50\.10 {2}\(this machine's own\)\n {2}11\.22\.33\.2 {2}\(the router's, by PCP\)/,
  );
});

test.run();
