import { createHmac } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../src/base/clock.ts';
import type { ParticipantId } from '../../../src/protocol/messages.ts';
import { type Arrival, IceServers, publicNamesFirst, readHost } from '../../../src/server/nat/ice-servers.ts';
import { turnSettings } from '../../../src/server/nat/turn/settings.ts';

const test = suite('ICE servers');

const secret = 'a-secret-of-tests-that-nobody-guesses';
const clock = { ...systemClock, now: () => 1_700_000_000_000 };
const id = 'p1' as ParticipantId;

function serversOf(settings: object = {}, turn: typeof running | 'none' = running) {
  return new IceServers({
    settings: turnSettings.parse(settings),
    secret: new TextEncoder().encode(secret),
    turn: turn === 'none' ? undefined : turn,
    publicNames: () => ['meet.example.org', '203.0.113.7'],
    clock,
  });
}

const running = { isRunning: true, port: 3478 as number | undefined };
const far: Arrival = { host: 'meet.example.org', peer: '198.51.100.9', client: '198.51.100.9', secure: true };
const urls = (arrival: Partial<Arrival>, settings: object = {}, turn: typeof running | 'none' = running) =>
  serversOf(settings, turn)
    .for({ ...far, ...arrival }, id)
    .flatMap((server) => server.urls);

const plain = (host: string) => [`turn:${host}:3478?transport=udp`, `turn:${host}:3478?transport=tcp`];
const httpsPort = (host: string, port: number) => [
  `turn:${host}:${port}?transport=tcp`,
  `turns:${host}:${port}?transport=tcp`,
];
const all = (host: string, port: number) => [`turn:${host}:3478?transport=udp`, ...httpsPort(host, port)];

test('the address by which the client reached us, and its port for TCP and TLS', () => {
  const proxied = { peer: '127.0.0.1', secure: false };
  const cases: [string, Partial<Arrival>, string[]][] = [
    ['a name', {}, all('meet.example.org', 443)],
    ['a name and a port', { host: 'meet.example.org:8443' }, all('meet.example.org', 8443)],
    ['an address', { host: '192.0.2.1:8443' }, all('192.0.2.1', 8443)],
    ['IPv6', { host: '[2001:db8::1]:8443' }, all('[2001:db8::1]', 8443)],
    ['an IPv4 client of a socket for both', { peer: '::ffff:198.51.100.9' }, all('meet.example.org', 443)],
    ['a proxy on this machine', proxied, plain('meet.example.org')],
    ['a proxy here that hides the name', { ...proxied, host: '127.0.0.1:8080' }, plain('meet.example.org')],
    ['a proxy elsewhere', { peer: '10.0.0.9', host: 'proxy.example' }, plain('meet.example.org')],
    ['this machine itself', { client: '127.0.0.1', peer: '127.0.0.1', host: 'localhost:8080' }, []],
    ['this machine over IPv6', { client: '::1', peer: '::1', host: '[::1]:8080' }, []],
    ['no host', { host: undefined }, plain('meet.example.org')],
    ['what is no host', { host: 'evil/?a@b' }, plain('meet.example.org')],
  ];
  for (const [what, arrival, expected] of cases) assert.equal(urls(arrival), expected, what);
});

test('only what is there, and the configured name before all others', () => {
  assert.equal(urls({}, {}, 'none'), []);
  assert.equal(urls({}, {}, { isRunning: false, port: 3478 }), []);
  assert.equal(urls({}, {}, { isRunning: true, port: undefined }), httpsPort('meet.example.org', 443));
  assert.equal(urls({}, { publicName: '2001:db8::5' }), all('[2001:db8::5]', 443));
});

test('host headers: names and addresses, nothing else', () => {
  const bad = [
    '',
    'a b',
    'a/b',
    'a@b',
    'a?b',
    '[::1',
    '::1',
    '[1.2.3.4]',
    'a:0',
    'a:65536',
    'a:b',
    'ä',
    `${'x'.repeat(300)}`,
  ];
  for (const header of bad) assert.is(readHost(header), undefined, header);
  assert.equal(readHost('a.example:1'), { name: 'a.example', port: 1 });
  assert.equal(readHost('[2001:db8::1]'), { name: '2001:db8::1', port: undefined });
});

test('credentials expire, and are made as coturn makes them', () => {
  const [server] = serversOf({ credentialLifetimeMinutes: 60 }).for(far, id);
  assert.is(server?.username, '1700003600:p1');
  assert.is(server?.credential, createHmac('sha1', secret).update('1700003600:p1').digest('base64'));
});

test('external servers beside the embedded one, or instead of it', () => {
  const externalServers = [
    { urls: ['stun:stun.example.org:3478'] },
    { urls: ['turn:a.example.org'], username: 'u', credential: 'c' },
    { urls: ['turns:b.example.org:443?transport=tcp'], secret: 'theirs' },
  ];
  const given = serversOf({ externalServers }, 'none').for(far, id);
  assert.equal(given[0], { urls: ['stun:stun.example.org:3478'] });
  assert.equal(given[1], { urls: ['turn:a.example.org'], username: 'u', credential: 'c' });
  const { username = '', credential } = given[2] ?? {};
  assert.match(username, /^\d+:p1$/);
  assert.is(credential, createHmac('sha1', 'theirs').update(username).digest('base64'));
  assert.is(serversOf({ externalServers }).for(far, id).length, 4);
});

test('settings that cannot work are refused', () => {
  const external = (server: object) => turnSettings.safeParse({ externalServers: [server] }).success;
  assert.not.ok(external({ urls: ['turn:a.example.org'] }));
  assert.not.ok(external({ urls: ['turn:a.example.org'], username: 'u' }));
  assert.not.ok(external({ urls: ['turn:a.example.org'], username: 'u', credential: 'c', secret: 's' }));
  assert.not.ok(external({ urls: ['https://a.example.org'], secret: 's' }));
  assert.not.ok(external({ urls: [] }));
  assert.ok(external({ urls: ['turn:[2001:db8::1]:3478?transport=udp'], secret: 's' }));
});

test('public names: names first, private addresses last', () => {
  assert.equal(publicNamesFirst(['10.0.0.1', '203.0.113.7', 'meet.example.org', '10.0.0.1']), [
    'meet.example.org',
    '203.0.113.7',
    '10.0.0.1',
  ]);
});

test.run();
