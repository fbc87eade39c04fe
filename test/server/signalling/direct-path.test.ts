import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AttemptId, DirectCandidate, Notifications } from '../../../src/protocol/messages.ts';
import { type Outcome, RawClient } from '../../support/raw-client.ts';
import { SignallingServer } from '../../support/signalling-server.ts';
import { until } from '../../support/until.ts';
import { directSdp as sdp } from './sample-asks.ts';

/** What two clients may say to each other through the server about a direct path, and what nobody may. */
const test = suite('direct path: protocol');

let server: SignallingServer;
let rooms = 0;
const clients: RawClient[] = [];

test.before(async () => {
  const p2p = { mode: 'auto', settleMs: 0, againMs: 0, firstRetryMs: 600_000, trialMs: 60_000 };
  server = await SignallingServer.start({ rooms: { p2p }, signalling: { resumeGraceMs: 200 } });
});
test.after.each(() => {
  for (const client of clients.splice(0)) client.socket.terminate();
});
test.after(async () => {
  const { errors } = server;
  await server.close();
  assert.equal(errors, []);
});

const candidate: DirectCandidate = {
  candidate:
    'candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx raddr 10.0.0.17 rport 46154 generation 0',
  mid: '0',
  usernameFragment: 'EsAw',
};

async function enter(room: string, role = 'participant'): Promise<RawClient> {
  const client = await RawClient.open(server.url);
  clients.push(client);
  await client.get('join', { token: `${role}@${room}`, displayName: 'Somebody' });
  return client;
}

function last<
  N extends 'routeChanged' | 'directRequested' | 'directStep' | 'directDescription' | 'directCandidates',
>(client: RawClient, name: N): Notifications[N] | undefined {
  return client.notifications(name).at(-1)?.body as Notifications[N] | undefined;
}

interface Two {
  room: string;
  offerer: RawClient;
  answerer: RawClient;
  attemptId: AttemptId;
}

/** Two who can, and have been asked to try. */
async function two(): Promise<Two> {
  rooms += 1;
  const room = `direct-${rooms}`;
  const people = [await enter(room), await enter(room)];
  for (const client of people) await client.get('setDirectMedia', { possible: true, hideAddress: false });
  await until('both to be asked', () => people.every((client) => last(client, 'directRequested')));
  const offers = (client: RawClient) => last(client, 'directRequested')?.offers;
  const [offerer, answerer] = people.sort((a, b) => Number(offers(b)) - Number(offers(a)));
  if (!offerer || !answerer) throw new Error('nobody');
  assert.equal([offers(offerer), offers(answerer)], [true, false]);
  return { room, offerer, answerer, attemptId: last(offerer, 'directRequested')?.attemptId as AttemptId };
}

async function connect({ offerer, answerer, attemptId }: Two): Promise<void> {
  await offerer.get('sendDirectDescription', { attemptId, type: 'offer', sdp });
  await answerer.get('sendDirectDescription', { attemptId, type: 'answer', sdp });
  for (const client of [offerer, answerer])
    await client.get('reportDirectPath', { attemptId, state: 'connected' });
}

async function goDirect(pair: Two): Promise<void> {
  const { offerer, answerer, attemptId } = pair;
  await connect(pair);
  for (const client of [offerer, answerer])
    await client.get('reportDirectPath', { attemptId, state: 'playing' });
}

function codeOf(
  outcome: Outcome<'sendDirectDescription' | 'sendDirectCandidates' | 'reportDirectPath'>,
): string {
  return 'refusal' in outcome ? outcome.refusal.code : 'ok';
}

const steps = (client: RawClient) =>
  client.notifications('directStep').map(({ body }) => (body as Notifications['directStep']).step);

test('from the first word to the direct path, and back when a third comes', async () => {
  const pair = await two();
  const { offerer, answerer, attemptId, room } = pair;
  await offerer.get('sendDirectDescription', { attemptId, type: 'offer', sdp });
  await offerer.get('sendDirectCandidates', {
    attemptId,
    candidates: [candidate, { ...candidate, candidate: '' }],
  });
  await until('both to arrive', () => last(answerer, 'directCandidates'));
  assert.equal(last(answerer, 'directDescription'), { attemptId, type: 'offer', sdp });
  assert.equal(last(answerer, 'directCandidates')?.candidates, [candidate, { ...candidate, candidate: '' }]);
  assert.is(last(offerer, 'directCandidates'), undefined, 'nothing comes back');
  await answerer.get('sendDirectDescription', { attemptId, type: 'answer', sdp });
  await offerer.get('reportDirectPath', { attemptId, state: 'connected' });
  assert.equal(steps(offerer), [], 'one alone proves nothing');
  await offerer.get('reportDirectPath', { attemptId, state: 'connected' });
  assert.equal(steps(offerer), [], 'nor saying it twice');
  await answerer.get('reportDirectPath', { attemptId, state: 'connected' });
  await until('both to use it', () => steps(offerer).length + steps(answerer).length === 2);
  assert.equal(last(offerer, 'routeChanged'), { route: 'sfu', reason: 'trying' });
  for (const client of [offerer, answerer])
    await client.get('reportDirectPath', { attemptId, state: 'playing' });
  await until('the route', () => last(answerer, 'routeChanged')?.route === 'p2p');
  assert.equal(steps(answerer), ['use', 'rest']);

  const third = await enter(room);
  await until('the way back', () => steps(offerer).length + steps(answerer).length === 6);
  assert.equal(steps(offerer), ['use', 'rest', 'return']);
  for (const client of [offerer, answerer, third])
    assert.equal(last(client, 'routeChanged'), { route: 'sfu', reason: 'more-than-two' });
  for (const client of [offerer, answerer])
    await client.get('reportDirectPath', { attemptId, state: 'returned' });
  await until('the end', () => steps(offerer).at(-1) === 'close' && steps(answerer).at(-1) === 'close');
  assert.equal(third.notifications('directRequested'), []);
  assert.equal(third.notifications('directDescription'), []);
  assert.equal(third.notifications('directCandidates'), []);
  assert.equal(third.notifications('directStep'), []);
});

test('a third participant and a stranger reach nobody, not even with the number of the attempt', async () => {
  const pair = await two();
  await goDirect(pair);
  const { offerer, answerer, attemptId, room } = pair;
  const stranger = await enter('direct-elsewhere');
  const third = await enter(room, 'moderator');
  const before = [offerer, answerer].map((client) => client.notifications('directDescription').length);
  for (const client of [stranger, third]) {
    for (const type of ['offer', 'answer'] as const)
      assert.is(codeOf(await client.ask('sendDirectDescription', { attemptId, type, sdp })), 'not-found');
    const candidates = [candidate];
    assert.is(codeOf(await client.ask('sendDirectCandidates', { attemptId, candidates })), 'not-found');
    for (const state of ['connected', 'failed', 'returned'] as const)
      assert.is(codeOf(await client.ask('reportDirectPath', { attemptId, state })), 'not-found');
  }
  assert.equal(
    [offerer, answerer].map((client) => client.notifications('directDescription').length),
    before,
  );
  assert.equal(offerer.notifications('directCandidates'), []);
});

test('each description once, in turn, and candidates only after it', async () => {
  const { offerer, answerer, attemptId } = await two();
  const describe = (client: RawClient, type: 'offer' | 'answer') =>
    client.ask('sendDirectDescription', { attemptId, type, sdp }).then(codeOf);
  const send = (client: RawClient) =>
    client.ask('sendDirectCandidates', { attemptId, candidates: [candidate] }).then(codeOf);
  assert.is(await describe(answerer, 'offer'), 'wrong-state');
  assert.is(await describe(answerer, 'answer'), 'wrong-state');
  assert.is(await send(offerer), 'wrong-state');
  assert.is(await describe(offerer, 'answer'), 'wrong-state');
  assert.is(await describe(offerer, 'offer'), 'ok');
  assert.is(await describe(offerer, 'offer'), 'wrong-state');
  assert.is(await send(answerer), 'wrong-state');
  assert.is(await describe(answerer, 'answer'), 'ok');
  assert.is(await describe(answerer, 'answer'), 'wrong-state');
  assert.is(await send(answerer), 'ok');
});

test('so many candidates and no more', async () => {
  const { offerer, answerer, attemptId } = await two();
  await offerer.get('sendDirectDescription', { attemptId, type: 'offer', sdp });
  const send = (count: number) =>
    offerer
      .ask('sendDirectCandidates', { attemptId, candidates: Array.from({ length: count }, () => candidate) })
      .then(codeOf);
  assert.is(await send(17), 'bad-request');
  assert.is(await send(0), 'bad-request');
  for (let round = 0; round < 4; round += 1) assert.is(await send(16), 'ok');
  assert.is(await send(1), 'too-many');
  await until('those to arrive', () => answerer.notifications('directCandidates').length === 4);
});

const badSdps: [string, string][] = [
  ['empty', ''],
  ['no description', 'hello'],
  ['line feeds only', sdp.replaceAll('\r\n', '\n')],
  ['a line that is none', `${sdp}hello\r\n`],
  ['a NUL', `${sdp}a=\u0000\r\n`],
  ['an umlaut', `${sdp}a=ü\r\n`],
  ['no end', sdp.slice(0, -2)],
  ['a data channel', `${sdp}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`],
  ['a section less', sdp.slice(0, sdp.lastIndexOf('m='))],
  ['other sections', sdp.replaceAll('m=video', 'm=audio')],
  ['a long line', `${sdp}a=${'x'.repeat(2001)}\r\n`],
  ['too many lines', sdp + 'a=x\r\n'.repeat(800)],
  ['too long', sdp + `a=${'x'.repeat(1000)}\r\n`.repeat(24)],
];
const badCandidates: [string, Partial<DirectCandidate>][] = [
  ['no candidate', { candidate: 'hello' }],
  ['two lines', { candidate: `${candidate.candidate}\r\na=inactive` }],
  ['a relay', { candidate: 'candidate:1 1 udp 41885439 192.0.2.7 46154 typ relay raddr 0.0.0.0 rport 0' }],
  ['another protocol', { candidate: 'candidate:1 1 sctp 41885439 192.0.2.7 46154 typ host' }],
  ['another component', { candidate: 'candidate:1 3 udp 41885439 192.0.2.7 46154 typ host' }],
  ['a port that is a word', { candidate: 'candidate:1 1 udp 41885439 192.0.2.7 http typ host' }],
  ['an address with a space', { candidate: 'candidate:1 1 udp 1 192.0.2.7 x 80 typ host' }],
  ['much', { candidate: `candidate:1 1 udp 1 192.0.2.7 80 typ host ${'a b '.repeat(200)}` }],
  ['a long mid', { mid: '0'.repeat(17) }],
  ['a mid with a line', { mid: '0\r\n' }],
  ['a long fragment', { usernameFragment: 'x'.repeat(257) }],
];
test('garbage is refused and changes nothing', async () => {
  const { offerer, answerer, attemptId } = await two();
  for (const [name, text] of badSdps) {
    const outcome = await offerer.ask('sendDirectDescription', { attemptId, type: 'offer', sdp: text });
    assert.is(codeOf(outcome), 'bad-request', name);
  }
  assert.is(codeOf(await offerer.ask('sendDirectDescription', { attemptId, type: 'offer', sdp })), 'ok');
  for (const [name, changes] of badCandidates) {
    const candidates = [{ ...candidate, ...changes }];
    const outcome = await offerer.ask('sendDirectCandidates', { attemptId, candidates });
    assert.is(codeOf(outcome), 'bad-request', name);
  }
  for (const good of [
    'candidate:1 1 udp 2122260223 3b1c5a4e-0d4e-4c26-a1be-0ef1a0a24a1f.local 54321 typ host generation 0 ufrag a+/ network-cost 50',
    'candidate:0 1 UDP 2122252543 fd00::1 50000 typ host',
    'candidate:2 1 TCP 2105524479 192.0.2.7 9 typ host tcptype active',
  ])
    await offerer.get('sendDirectCandidates', { attemptId, candidates: [{ ...candidate, candidate: good }] });
  await until('the good ones', () => answerer.notifications('directCandidates').length === 3);
});

test('after its end an attempt is unknown', async () => {
  const { offerer, answerer, attemptId } = await two();
  await answerer.get('reportDirectPath', { attemptId, state: 'failed' });
  await until('the end', () => steps(offerer).includes('close') && steps(answerer).includes('close'));
  assert.equal(last(offerer, 'routeChanged'), { route: 'sfu', reason: 'no-path' });
  for (const client of [offerer, answerer]) {
    assert.is(
      codeOf(await client.ask('sendDirectDescription', { attemptId, type: 'offer', sdp })),
      'not-found',
    );
    assert.is(
      codeOf(await client.ask('sendDirectCandidates', { attemptId, candidates: [candidate] })),
      'not-found',
    );
    assert.is(codeOf(await client.ask('reportDirectPath', { attemptId, state: 'connected' })), 'not-found');
  }
  assert.equal(answerer.notifications('directDescription'), []);
});

test('hiding one’s address, a data ceiling and leaving end it, and it is told why', async () => {
  const reasons: [string, (client: RawClient) => Promise<unknown>][] = [
    ['address-hidden', (client) => client.get('setDirectMedia', { possible: true, hideAddress: true })],
    ['data-ceiling', (client) => client.get('setDataCeiling', { bitrate: 0, audioOnly: true })],
    ['alone', (client) => client.get('leave', {})],
  ];
  for (const [reason, act] of reasons) {
    const pair = await two();
    await goDirect(pair);
    await act(pair.answerer);
    await until(reason, () => last(pair.offerer, 'routeChanged')?.reason === reason);
    assert.is(steps(pair.offerer).at(-1), reason === 'alone' ? 'close' : 'return');
  }
});

test('in a meeting that wants it so, everything goes through the server', async () => {
  const people = [await enter('server-only'), await enter('server-only')];
  for (const client of people) await client.get('setDirectMedia', { possible: true, hideAddress: false });
  await new Promise((resolve) => setTimeout(resolve, 1300));
  for (const client of people) {
    assert.equal(client.notifications('directRequested'), []);
    assert.equal(last(client, 'routeChanged'), { route: 'sfu', reason: 'room' });
  }
});

test('who says nothing is never asked', async () => {
  const people = [await enter('direct-silent'), await enter('direct-silent')];
  await people[0]?.get('setDirectMedia', { possible: true, hideAddress: false });
  // A room looks again once a second.
  await new Promise((resolve) => setTimeout(resolve, 1300));
  for (const client of people) {
    assert.equal(client.notifications('directRequested'), []);
    assert.equal(last(client, 'routeChanged'), { route: 'sfu', reason: 'not-able' });
  }
});

test.run();
