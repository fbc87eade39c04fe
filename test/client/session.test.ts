import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultRetry, Retry } from '../../src/client/signalling/retry.ts';
import { Session, type SessionEvents } from '../../src/client/signalling/session.ts';
import type { AnyNotification, ParticipantId } from '../../src/protocol/messages.ts';
import { until } from '../support/until.ts';
import { HandClock } from './hand-clock.ts';
import { ScriptedServer } from './scripted-server.ts';

interface World {
  server: ScriptedServer;
  clock: HandClock;
  sessions: Session[];
}
const test = suite<World>('client session');

test.before.each(async (world) => {
  world.server = await ScriptedServer.start();
  world.clock = new HandClock();
  world.sessions = [];
});
test.after.each(async ({ server, sessions }) => {
  for (const session of sessions) session.close('closed');
  await server.close();
});

function open(
  { server, clock, sessions }: World,
  url = server.url,
): { session: Session; log: string[]; ended: SessionEvents['ended'][] } {
  const retry = new Retry(clock, { ...defaultRetry, jitter: 0 });
  const session = new Session({
    url,
    client: 'test 1',
    webSocket: (address) => new WebSocket(address),
    clock,
    retry,
  });
  sessions.push(session);
  const log: string[] = [];
  const ended: SessionEvents['ended'][] = [];
  session.on('connected', ({ resumed }) => log.push(resumed ? 'resumed' : 'connected'));
  session.on('interrupted', () => log.push('interrupted'));
  session.on('notification', (notification) => log.push(describe(notification)));
  session.on('ended', (end) => ended.push(end));
  return { session, log, ended };
}

function speaking(name: string): AnyNotification {
  return { name: 'speakers', body: { speakers: [], dominantParticipantId: name as ParticipantId } };
}
function describe(notification: AnyNotification): string {
  return notification.name === 'speakers' ? notification.body.dominantParticipantId : notification.name;
}

test('requests follow hello without waiting for welcome, answers come back to their requests', async (world) => {
  const { session } = open(world);
  const muted = session.request('pauseProducer', { producerId: 'p' as never });
  const left = session.request('leave', {});
  const connection = await world.server.next();
  const hello = await connection.expect('hello');
  assert.is(hello.client, 'test 1');
  assert.is(hello.resume, undefined);
  assert.is((await connection.expectRequest('pauseProducer')).id, 1);
  assert.is((await connection.expectRequest('leave')).id, 2);
  connection.welcome();
  connection.send({
    type: 'refusal',
    sequence: 1,
    requestId: 1,
    refusal: { code: 'not-found', message: 'This no longer exists.', detail: 'producerId' },
  });
  connection.done(2, 2);
  await left;
  await muted.then(
    () => assert.unreachable(),
    (error: { code: string; detail: string; message: string }) => {
      assert.is(error.code, 'not-found');
      assert.is(error.detail, 'producerId');
      assert.is(error.message, 'This no longer exists.');
    },
  );
});

test('an answer is taken before the notification after it, even when both come in one packet', async (world) => {
  const { session, log } = open(world);
  const answered = session.request('leave', {}, () => log.push('taken'));
  const connection = await world.server.next();
  connection.welcome();
  connection.done(1, 1);
  connection.notify(2, speaking('Ada'));
  await answered;
  await until('Ada', () => log.includes('Ada'));
  assert.equal(log, ['connected', 'taken', 'Ada']);
});

test('a lost socket is resumed: missed frames once and in order, untaken requests again', async (world) => {
  const { session, log } = open(world);
  const first = session.request('leave', {});
  const one = await world.server.next();
  await one.expect('hello');
  await one.expectRequest('leave');
  one.welcome();
  one.notify(1, speaking('Ada'));
  await until('Ada', () => log.includes('Ada'));
  // Answered into the dying socket: taken by the server, never seen by the client.
  one.drop();
  await until('interrupted', () => log.includes('interrupted'));
  const second = session.request('endMeeting', {});
  world.clock.turn(1000);
  const two = await world.server.next();
  assert.equal((await two.expect('hello')).resume, { token: 'token-1', lastSequence: 1 });
  two.welcome({ resumed: true, lastRequestId: 1 });
  two.done(2, 1);
  two.notify(3, speaking('Bob'));
  const again = await two.expectRequest('endMeeting');
  assert.is(again.id, 2);
  two.done(4, 2);
  await Promise.all([first, second]);
  assert.equal(log, ['connected', 'Ada', 'interrupted', 'resumed', 'Bob']);
});

test('a request that the server has not taken is sent again with its number', async (world) => {
  const { session } = open(world);
  const one = await world.server.next();
  one.welcome();
  await one.expect('hello');
  const asked = session.request('leave', {});
  await one.expectRequest('leave');
  one.drop();
  await one.closed;
  await until('disconnected', () => !session.connected);
  world.clock.turn(1000);
  const two = await world.server.next();
  await two.expect('hello');
  two.welcome({ resumed: true, lastRequestId: 0 });
  assert.is((await two.expectRequest('leave')).id, 1);
  two.done(1, 1);
  await asked;
});

test('a doubted connection that stays silent is replaced at once, as on another network', async (world) => {
  const { session } = open(world);
  const moved: boolean[] = [];
  session.on('connected', (how) => moved.push(how.moved));
  const one = await world.server.next();
  one.welcome();
  await until('connected', () => session.connected);
  const asked = session.request('leave', {});
  await one.expect('hello');
  await one.expectRequest('leave');
  session.doubt();
  world.clock.turn(799);
  assert.is(world.server.connections.length, 1);
  world.clock.turn(1);
  const two = await world.server.next();
  assert.ok((await two.expect('hello')).resume);
  two.welcome({ resumed: true, lastRequestId: 0 });
  await two.expectRequest('leave');
  two.done(1, 1);
  await asked;
  assert.equal(moved, [false, true]);
});

test('a doubted connection that shows any sign of life stays', async (world) => {
  const { session, log } = open(world);
  const one = await world.server.next();
  one.welcome();
  await until('connected', () => session.connected);
  session.request('leave', {}).catch(() => undefined);
  session.doubt();
  world.clock.turn(400);
  one.notify(1, speaking('a'));
  await until('a sign', () => log.includes('a'));
  world.clock.turn(2000);
  assert.ok(session.connected);
  // With nothing asked, silence means nothing.
  one.done(2, 1);
  await until('answered', () => one.frames.length > 0);
  session.doubt();
  world.clock.turn(100);
  assert.equal(log, ['connected', 'a']);
});

test('what was handled is not handled again; a hole is asked for again', async (world) => {
  const { log } = open(world);
  const one = await world.server.next();
  one.welcome();
  one.notify(1, speaking('a'));
  one.notify(1, speaking('a again'));
  one.notify(3, speaking('c, too early'));
  await one.closed;
  await until('interrupted', () => log.includes('interrupted'));
  world.clock.turn(1000);
  const two = await world.server.next();
  assert.is((await two.expect('hello')).resume?.lastSequence, 1);
  two.welcome({ resumed: true });
  two.notify(2, speaking('b'));
  two.notify(3, speaking('c'));
  await until('c', () => log.includes('c'));
  assert.equal(log, ['connected', 'a', 'interrupted', 'resumed', 'b', 'c']);
});

test('acknowledges every 16 frames, and after two seconds', async (world) => {
  open(world);
  const connection = await world.server.next();
  await connection.expect('hello');
  connection.welcome();
  for (let sequence = 1; sequence <= 17; sequence += 1) connection.notify(sequence, speaking('x'));
  assert.is((await connection.expect('acknowledge')).sequence, 16);
  // The 17th waits for the clock.
  await until('acknowledged', () => {
    world.clock.turn(2000);
    return connection.frames.length > 2;
  });
  assert.is((await connection.expect('acknowledge')).sequence, 17);
});

test('a version that the server refuses ends it with the server’s own words', async (world) => {
  const { session, ended } = open(world);
  const asked = session.request('leave', {});
  const connection = await world.server.next();
  connection.close('version-unsupported', 'Server speaks protocol 2 to 3, client 1 to 1.');
  await asked.then(
    () => assert.unreachable(),
    (error: { code: string }) => assert.is(error.code, 'version-unsupported'),
  );
  assert.is(ended[0]?.then, 'stop');
  assert.match(ended[0]?.error.detail ?? '', 'Server speaks protocol 2 to 3');
});

test('a session that the server does not know any more is to be joined anew', async (world) => {
  const { log, ended } = open(world);
  const one = await world.server.next();
  one.welcome();
  await until('connected', () => log.includes('connected'));
  one.drop();
  await until('interrupted', () => log.includes('interrupted'));
  world.clock.turn(1000);
  const two = await world.server.next();
  await two.expect('hello');
  two.close('session-unknown');
  await until('ended', () => ended.length > 0);
  assert.is(ended[0]?.error.code, 'session-unknown');
  assert.is(ended[0]?.then, 'rejoin');
});

test('the same goes for a server that answers resume with a new session', async (world) => {
  const { log, ended } = open(world);
  (await world.server.next()).welcome();
  await until('connected', () => log.includes('connected'));
  world.server.connections[0]?.drop();
  await until('interrupted', () => log.includes('interrupted'));
  world.clock.turn(1000);
  (await world.server.next()).welcome({ resumed: false, resumeToken: 'another' });
  await until('ended', () => ended.length > 0);
  assert.is(ended[0]?.then, 'rejoin');
});

test('silence of three ping intervals counts as a lost connection; a heartbeat does not let it come to that', async (world) => {
  const { log } = open(world);
  const one = await world.server.next();
  one.welcome();
  await until('connected', () => log.includes('connected'));
  world.clock.turn(25_000);
  one.send({ type: 'heartbeat' });
  one.notify(1, speaking('after the heartbeat'));
  await until('after the heartbeat', () => log.includes('after the heartbeat'));
  world.clock.turn(25_000);
  assert.not(log.includes('interrupted'));
  world.clock.turn(11_000);
  assert.ok(log.includes('interrupted'));
  await one.closed;
});

test('a request unanswered for half a minute ends the session', async (world) => {
  const { session, ended, log } = open(world);
  const asked = session.request('leave', {}).catch((error: { code: string }) => error.code);
  const connection = await world.server.next();
  connection.welcome({ pingIntervalMs: 60_000 });
  await until('connected', () => log.includes('connected'));
  world.clock.turn(36_000);
  assert.is(await asked, 'timeout');
  assert.is(ended[0]?.then, 'rejoin');
});

test('an unreachable server is told as such, after a few tries', async (world) => {
  const { ended } = open(world, 'ws://127.0.0.1:9/signal');
  const begun = world.clock.now();
  await until('ended', () => {
    world.clock.turn(50);
    return ended.length > 0;
  });
  assert.is(ended[0]?.error.code, 'network');
  assert.ok(world.clock.now() - begun >= 3000);
});

test('a beginning that is cut, as by a network that changes, is begun again', async (world) => {
  const { session, log, ended } = open(world);
  const asked = session.request('leave', {});
  const one = await world.server.next();
  await one.expect('hello');
  one.drop();
  await until('another connection', () => {
    world.clock.turn(50);
    return world.server.connections.length > 1;
  });
  const two = await world.server.next();
  assert.is((await two.expect('hello')).resume, undefined);
  assert.is((await two.expectRequest('leave')).id, 1);
  two.welcome();
  two.done(1, 1);
  await asked;
  assert.equal(log, ['connected']);
  assert.equal(ended, []);
});

test('no address at all too', async (world) => {
  const { ended } = open(world, 'no address');
  await until('ended', () => ended.length > 0);
  assert.is(ended[0]?.error.code, 'network');
  assert.is(ended[0]?.then, 'stop');
});

test('gives up after five minutes without a connection', async (world) => {
  const { log, ended } = open(world);
  const one = await world.server.next();
  one.welcome();
  await until('connected', () => log.includes('connected'));
  await world.server.close();
  await until('interrupted', () => log.includes('interrupted'));
  await until(
    'it gives up',
    () => {
      world.clock.turn(5000);
      return ended.length > 0;
    },
    { everyMs: 10 },
  );
  assert.is(ended[0]?.error.code, 'network');
  assert.is(ended[0]?.then, 'stop');
});

for (const [what, data] of [
  ['text', 'hello'],
  ['rubbish', new Uint8Array([255, 255, 255, 255])],
  ['an empty frame', new Uint8Array()],
] as const) {
  test(`${what} from the server ends it with a code`, async (world) => {
    const { ended, log } = open(world);
    const connection = await world.server.next();
    connection.welcome();
    await until('connected', () => log.includes('connected'));
    connection.sendRaw(data);
    await until('ended', () => ended.length > 0);
    assert.is(ended[0]?.error.code, 'bad-frame');
    await connection.closed;
  });
}

test('a server that is restarting asks for joining anew', async (world) => {
  const { ended, log } = open(world);
  const connection = await world.server.next();
  connection.welcome();
  await until('connected', () => log.includes('connected'));
  connection.close('shutting-down');
  await until('ended', () => ended.length > 0);
  assert.is(ended[0]?.error.code, 'shutting-down');
  assert.is(ended[0]?.then, 'rejoin');
});

test.run();
