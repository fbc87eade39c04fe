import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TransportId } from '../../../src/protocol/messages.ts';
import { RawClient } from '../../support/raw-client.ts';
import { SignallingServer } from '../../support/signalling-server.ts';
import { until } from '../../support/until.ts';

const test = suite('resume');
let server: SignallingServer;

test.before(async () => {
  server = await SignallingServer.start({ signalling: { resumeGraceMs: 1500 } });
});
test.after(async () => {
  await server.close();
  assert.equal(server.errors, []);
});

async function join(room: string, name: string, role = 'participant'): Promise<RawClient> {
  const client = await RawClient.open(server.url);
  await client.get('join', { token: `${role}@${room}`, displayName: name });
  return client;
}

function resumeOf(client: RawClient): { token: string; lastSequence: number } {
  const welcome = client.frames.find((frame) => frame.type === 'welcome');
  const sequences = client.frames.map((frame) => ('sequence' in frame ? frame.sequence : 0));
  return { token: welcome?.resumeToken ?? '', lastSequence: Math.max(...sequences) };
}

test('missed events arrive once and in order, and the others saw nothing', async () => {
  const alice = await join('order', 'Alice');
  const bob = await join('order', 'Bob');
  await until('Bob to be told', () => alice.notifications('participantJoined').length === 1);
  const resume = resumeOf(alice);
  alice.socket.terminate();
  for (const name of ['C', 'D', 'E']) await join('order', name);
  const again = await RawClient.open(server.url, { resume });
  await until('the missed notifications', () => again.notifications().length >= 3);
  await join('order', 'F');
  await until('what comes after', () => again.notifications().length >= 4);
  const names = again
    .notifications('participantJoined')
    .map((frame) => (frame.name === 'participantJoined' ? frame.body.participant.displayName : ''));
  assert.equal(names, ['C', 'D', 'E', 'F']);
  const sequences = again.frames.flatMap((frame) => ('sequence' in frame ? [frame.sequence] : []));
  // Several may have come in one frame.
  assert.equal(
    sequences,
    sequences.map((_, step) => resume.lastSequence + step + 1),
  );
  assert.equal(bob.notifications('participantLeft'), []);
});

test('a request is done once even when it is sent again', async () => {
  const alice = await join('once', 'Alice');
  const resume = resumeOf(alice);
  const id = alice.request('createTransport', { direction: 'send' });
  await until('the transport', () => server.rooms.stats().transports.length === 1);
  alice.socket.terminate();
  const again = await RawClient.open(server.url, { resume });
  await until('welcome', () => again.frames.some((frame) => frame.type === 'welcome'));
  const welcome = again.frames.find((frame) => frame.type === 'welcome');
  assert.is(welcome?.resumed, true);
  assert.is(welcome?.lastRequestId, id);
  // A careless client repeats it all the same.
  again.send({ type: 'request', id, name: 'createTransport', ask: { direction: 'send' } });
  again.continueAfter(id);
  const { iceParameters } = await again.get('restartIce', {
    transportId: transportIdIn(again, id),
  });
  assert.ok(iceParameters.usernameFragment);
  assert.is(server.rooms.stats().transports.length, 1);
  again.socket.close();
});

function transportIdIn(client: RawClient, requestId: number): TransportId {
  const frame = client.frames.find((its) => its.type === 'response' && its.requestId === requestId);
  if (frame?.type !== 'response' || !frame.answer || !('transportId' in frame.answer))
    throw new Error('no answer');
  return frame.answer.transportId;
}

test('after the grace time the participant has left', async () => {
  const alice = await join('grace', 'Alice');
  const bob = await join('grace', 'Bob');
  const resume = resumeOf(alice);
  alice.socket.terminate();
  await until('Alice to be gone', () => bob.notifications('participantLeft').length === 1);
  const late = await RawClient.open(server.url, { resume });
  assert.equal(await late.untilClosed(), { code: 4007, reason: 'session-unknown' });
});

test('a second connection takes the session over', async () => {
  const alice = await join('taken', 'Alice');
  const again = await RawClient.open(server.url, { resume: resumeOf(alice) });
  assert.equal(await alice.untilClosed(), { code: 4008, reason: 'session-taken' });
  again.continueAfter(alice.lastId);
  assert.ok(await again.get('createTransport', { direction: 'send' }));
});

test('who was removed while away is told so', async () => {
  const boss = await join('removed', 'Boss', 'moderator');
  const alice = await join('removed', 'Alice');
  const resume = resumeOf(alice);
  alice.socket.terminate();
  await until('Alice', () => boss.notifications('participantJoined').length === 1);
  const told = boss.notifications('participantJoined')[0];
  if (told?.name !== 'participantJoined') throw new Error('not told');
  await boss.get('removeParticipant', { participantId: told.body.participant.id });
  const again = await RawClient.open(server.url, { resume });
  assert.equal(await again.untilClosed(), { code: 4011, reason: 'removed' });
});

test('leave ends the session at once', async () => {
  const alice = await join('leave', 'Alice');
  const bob = await join('leave', 'Bob');
  await alice.get('leave', {});
  assert.equal(await alice.untilClosed(), { code: 4010, reason: 'left' });
  await until('Bob to be told', () => bob.notifications('participantLeft').length === 1);
});

test.run();
