import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FakeTrack } from '../../src/client/engine/fake-track.ts';
import { type JoinOptions, MeetingError } from '../../src/client/index.ts';
import { SignallingServer } from '../support/signalling-server.ts';
import { until } from '../support/until.ts';
import { Person } from './person.ts';

// The SDK against the real server with a real worker; only the packets are missing.

const test = suite('meeting');
let server: SignallingServer;
let people: Person[] = [];

test.before(async () => {
  server = await SignallingServer.start();
});
test.after.each(async () => {
  await Promise.all(people.map(({ meeting }) => meeting.leave()));
  people = [];
  await until('the room is empty', () => server.rooms.stats().transports.length === 0);
});
test.after(async () => {
  await server.close();
  assert.equal(server.errors, []);
});

async function join(
  name: string,
  token = 'participant@room',
  options: Partial<JoinOptions> = {},
): Promise<Person> {
  const person = await Person.join(server.url, token, name, options);
  people.push(person);
  return person;
}

function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof MeetingError ? error.code : String(error)),
  );
}

test('two people see each other, who they are and where', async () => {
  const ada = await join('Ada', 'moderator@room');
  const bob = await join('Bob 🦊');
  await ada.reads('Bob 🦊 joined');
  assert.is(bob.named('Ada').role, 'moderator');
  assert.is(ada.meeting.self.displayName, 'Ada');
  assert.ok(ada.meeting.self.rights.has('moderate'));
  assert.not(bob.meeting.self.rights.has('moderate'));
  assert.is(ada.meeting.room.name, 'Room room');
  assert.is(ada.meeting.connection, 'connected');
  await bob.meeting.leave();
  await ada.reads('Bob 🦊 left');
  assert.is(ada.meeting.participants.size, 0);
  assert.is(bob.meeting.connection, 'closed');
  assert.is(await code(bob.meeting.publish('microphone', new FakeTrack('audio'))), 'closed');
});

test('audio comes by itself, video when it is asked for, and goes when it is given back', async () => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await bob.meeting.publish('microphone', new FakeTrack('audio'));
  await bob.meeting.publish('camera', new FakeTrack('video'));
  await ada.reads("track of Bob's microphone", 'Bob adds camera');
  const camera = ada.producer('Bob', 'camera');
  assert.ok(camera);
  assert.is(camera.track, undefined);
  await ada.meeting.subscribe([camera.id]);
  assert.is(camera.track?.kind, 'video');
  assert.is(ada.receiveTransport.receivers.size, 2);
  const stats = await ada.meeting.stats();
  assert.equal(stats.subscriptions.map(({ source }) => source).sort(), ['camera', 'microphone']);
  await ada.meeting.unsubscribe([camera.id]);
  assert.is(camera.track, undefined);
  assert.is(ada.receiveTransport.receivers.size, 1);
  assert.is(server.rooms.stats().consumers.audio, 1);
});

test('whoever joins later gets what is there already', async () => {
  const bob = await join('Bob');
  await bob.meeting.publish('microphone', new FakeTrack('audio'));
  await bob.meeting.publish('screen', new FakeTrack('video'));
  const ada = await join('Ada', 'viewer@room', { autoSubscribe: 'all' });
  await until(
    'both tracks',
    () => ada.producer('Bob', 'microphone')?.track && ada.producer('Bob', 'screen')?.track,
  );
  assert.is(await code(ada.meeting.publish('camera', new FakeTrack('video'))), 'not-allowed');
});

test('muted means nothing is sent, at once, and everybody sees it', async () => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  const track = new FakeTrack('video');
  const camera = await bob.meeting.publish('camera', track);
  const [sender] = bob.senders;
  await ada.reads('Bob adds camera');
  const muting = camera.mute();
  assert.is(track.enabled, false);
  assert.is(sender?.sending, null);
  assert.ok(camera.paused);
  await muting;
  await ada.reads('Bob pauses camera');
  // The camera's light may go off.
  track.stop();
  await camera.replaceTrack(null);
  assert.is(await code(camera.unmute()), 'track-ended');
  const another = new FakeTrack('video');
  await camera.replaceTrack(another);
  assert.is(another.enabled, false);
  await camera.unmute();
  assert.is(sender?.sending, another);
  assert.ok(another.enabled);
  await ada.reads('Bob resumes camera');
  assert.is(await code(camera.replaceTrack(null)), 'track-ended');
  assert.is(ada.count('Bob adds camera'), 1);
});

test('published muted: nobody gets a moment of it', async () => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  const track = new FakeTrack('audio');
  const microphone = await bob.meeting.publish('microphone', track, { paused: true });
  await ada.reads('Bob adds microphone');
  assert.ok(ada.producer('Bob', 'microphone')?.paused);
  assert.is(track.enabled, false);
  await microphone.unmute();
  await ada.reads('Bob resumes microphone');
});

test('quick changes end in the last wish', async () => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  const microphone = await bob.meeting.publish('microphone', new FakeTrack('audio'));
  await Promise.all([
    microphone.mute(),
    microphone.unmute(),
    microphone.mute(),
    microphone.unmute(),
    microphone.mute(),
  ]);
  assert.ok(microphone.paused);
  await until('Ada sees it', () => ada.producer('Bob', 'microphone')?.paused);
});

test('one publication per source; closed, the source is free again', async () => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  const first = await bob.meeting.publish('screen', new FakeTrack('video'));
  assert.is(await code(bob.meeting.publish('screen', new FakeTrack('video'))), 'already-published');
  await first.close();
  await first.close();
  assert.is(await code(first.mute()), 'closed');
  await ada.reads('Bob removes screen');
  const ended = new FakeTrack('video');
  ended.stop();
  assert.is(await code(bob.meeting.publish('screen', ended)), 'track-ended');
  const track = new FakeTrack('video');
  await bob.meeting.publish('screen', track);
  assert.is(bob.meeting.publications.size, 1);
  // The browser's own "stop sharing".
  track.end();
  await until('Ada sees the end of it', () => ada.count('Bob removes screen') === 2);
  assert.is(bob.meeting.publications.size, 0);
});

test('a moderator mutes; only the muted person can undo it', async () => {
  const ada = await join('Ada', 'moderator@room');
  const bob = await join('Bob');
  const track = new FakeTrack('audio');
  const microphone = await bob.meeting.publish('microphone', track);
  await ada.meeting.muteParticipant(bob.meeting.self.id, 'microphone');
  await bob.reads('own microphone changed by Ada');
  assert.ok(microphone.paused);
  assert.is(track.enabled, false);
  assert.is(bob.senders[0]?.sending, null);
  assert.is(await code(bob.meeting.muteParticipant(ada.meeting.self.id, 'microphone')), 'not-allowed');
  await microphone.unmute();
  await ada.reads('Bob pauses microphone', 'Bob resumes microphone');
});

test('removed people are told and do not come back', async () => {
  const ada = await join('Ada', 'moderator@room');
  const bob = await join('Bob');
  await ada.reads('Bob joined');
  await ada.meeting.removeParticipant(bob.meeting.self.id);
  await bob.reads('ended: removed');
  await ada.reads('Bob removed');
  assert.ok(bob.engine.closed);
});

test('the end for everybody', async () => {
  const ada = await join('Ada', 'moderator@ending');
  const bob = await join('Bob', 'participant@ending');
  await ada.meeting.endMeeting().catch(() => undefined);
  await bob.reads('ended: meeting-ended');
  await ada.reads('ended: meeting-ended');
  assert.is(await code(Person.join(server.url, 'participant@ending', 'Late')), 'room-ended');
});

test('what is wrong with joining is said', async () => {
  assert.is(await code(Person.join(server.url, 'nonsense', 'Ada')), 'token-invalid');
  assert.is(await code(Person.join('ws://127.0.0.1:9/signal', 'participant@room', 'Ada')), 'network');
  assert.is(await code(Person.join(server.url, 'participant@room', ' ')), 'bad-request');
  // No WebRTC in Node: the default engine says so.
  const engine = async () => (await import('../../src/client/engine/sfu-engine.ts')).SfuEngine.create();
  assert.is(await code(Person.join(server.url, 'participant@room', 'Ada', { engine })), 'media-unsupported');
});

test('joining can be cancelled at any moment', async () => {
  for (const delayMs of [0, 1, 3, 10]) {
    const controller = new AbortController();
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('too late');
    };
    const joining = Person.join(server.url, 'participant@room', 'Ada', {
      engine: slow,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), delayMs);
    assert.is(await code(joining), 'aborted');
  }
});

test('leaving frees everything on the server', async () => {
  const ada = await join('Ada');
  const bob = await join('Bob');
  await bob.meeting.publish('microphone', new FakeTrack('audio'));
  await ada.reads("track of Bob's microphone");
  await Promise.all([ada.meeting.leave(), bob.meeting.leave()]);
  await until('nothing is left', () => {
    const { transports, producers, consumers, rooms } = server.rooms.stats();
    return transports.length + producers.audio + consumers.audio + rooms === 0;
  });
  assert.ok(ada.engine.closed);
});

test.run();
