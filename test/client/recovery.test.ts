import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FakeTrack } from '../../src/client/engine/fake-track.ts';
import { SignallingServer } from '../support/signalling-server.ts';
import { until } from '../support/until.ts';
import { Line } from './line.ts';
import { Person } from './person.ts';

// What breaks in real life: the line, the worker, the server. Nobody has to click.

interface World {
  server: SignallingServer;
  line: Line;
  people: Person[];
}
const test = suite<World>('recovery');

test.before.each(async (world) => {
  world.server = await SignallingServer.start({ signalling: { resumeGraceMs: 2000 } });
  world.line = await Line.to(world.server.url);
  world.people = [];
});
test.after.each(async ({ server, line, people }) => {
  await Promise.all(people.map(({ meeting }) => meeting.leave()));
  line.close();
  await server.close();
});

/** Ada's line is the one that breaks; everybody else is connected directly. */
async function join({ server, line, people }: World, name: string, role = 'participant'): Promise<Person> {
  const person = await Person.join(name === 'Ada' ? line.url : server.url, `${role}@room`, name);
  people.push(person);
  return person;
}

test('a cut line: media goes on, what was missed comes once and in order, what was asked is done', async (world) => {
  const ada = await join(world, 'Ada');
  const bob = await join(world, 'Bob');
  const microphone = await ada.meeting.publish('microphone', new FakeTrack('audio'));
  await bob.meeting.publish('microphone', new FakeTrack('audio'));
  await ada.reads("track of Bob's microphone");
  const transports = [...ada.engine.transports];
  const id = ada.meeting.self.id;
  world.line.down();
  await ada.reads('reconnecting: network');
  // While she is away: people come, and she mutes herself.
  const muting = microphone.mute();
  assert.is(ada.senders[0]?.sending, null);
  for (const name of ['C', 'D', 'E']) await join(world, name);
  await bob.meeting.publish('camera', new FakeTrack('video'));
  world.line.up();
  await muting;
  await ada.reads('connected', 'C joined', 'D joined', 'E joined', 'Bob adds camera');
  const news = ada.diary.filter((line) => /^[CDE] joined|camera$/.test(line));
  assert.equal(news, ['C joined', 'D joined', 'E joined', 'Bob adds camera']);
  await bob.reads('Ada pauses microphone');
  assert.is(ada.meeting.self.id, id);
  assert.equal(ada.engine.transports, transports);
  assert.is(bob.count('Ada lost'), 0);
  assert.is(bob.count('Ada joined'), 0);
});

test('cut again and again while everybody talks: nothing is lost, nothing comes twice', async (world) => {
  const ada = await join(world, 'Ada');
  const bob = await join(world, 'Bob');
  const camera = await bob.meeting.publish('camera', new FakeTrack('video'));
  for (let round = 0; round < 8; round += 1) {
    await camera.mute();
    world.line.cut();
    await camera.unmute();
  }
  await until('the last news', () => ada.count('Bob resumes camera') === 8, { timeoutMs: 30_000 });
  const news = ada.diary.filter((line) => line.endsWith('s camera') && !line.includes('adds'));
  assert.equal(
    news,
    Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? 'Bob pauses camera' : 'Bob resumes camera')),
  );
});

test('away for longer than the grace time: joins anew by itself, with everything that was published and seen', async (world) => {
  const ada = await join(world, 'Ada');
  const bob = await join(world, 'Bob');
  const microphone = await ada.meeting.publish('microphone', new FakeTrack('audio'));
  await bob.meeting.publish('microphone', new FakeTrack('audio'));
  await ada.reads("track of Bob's microphone");
  const id = ada.meeting.self.id;
  world.line.down();
  await bob.reads('Ada lost');
  world.line.up();
  await until('she is back', () => ada.meeting.connection === 'connected' && ada.meeting.self.id !== id);
  await until('Bob hears her', () => bob.producer('Ada', 'microphone')?.track);
  await until('she hears Bob', () => ada.count("track of Bob's microphone") === 2);
  assert.is(ada.meeting.publications.get('microphone'), microphone);
  // The same Bob: he never left.
  assert.is(ada.count('Bob joined') - ada.count('Bob lost'), 1);
  assert.is(ada.engines.length, 2);
  assert.ok(ada.engines[0]?.closed);
  await microphone.mute();
  await bob.reads('Ada pauses microphone');
});

test('a restarted server: everybody joins anew', async (world) => {
  const ada = await join(world, 'Ada');
  const mike = new FakeTrack('audio');
  await ada.meeting.publish('microphone', mike);
  await world.server.close();
  await ada.reads('reconnecting: shutting-down');
  world.server = await SignallingServer.start();
  world.line.reroute(world.server.url);
  await ada.reads('connected');
  const bob = await join(world, 'Bob');
  await until('Bob hears her', () => bob.producer('Ada', 'microphone')?.track);
});

test('a killed worker: fresh transports, the same publications, everything subscribed again', async (world) => {
  const ada = await join(world, 'Ada');
  const bob = await join(world, 'Bob');
  const camera = await bob.meeting.publish('camera', new FakeTrack('video'));
  const muted = await bob.meeting.publish('microphone', new FakeTrack('audio'), { paused: true });
  await ada.meeting.publish('microphone', new FakeTrack('audio'));
  await ada.reads('Bob adds camera');
  const seen = ada.producer('Bob', 'camera');
  assert.ok(seen);
  await ada.meeting.subscribe([seen.id]);
  await bob.reads("track of Ada's microphone");
  const [worker] = world.server.workers.all;
  process.kill(worker?.pid ?? Number.NaN, 'SIGKILL');
  await until('Bob hears Ada again', () => bob.count("track of Ada's microphone") === 2);
  await until('Bob shows his camera again', () => ada.count('Bob adds camera') === 2);
  const again = ada.producer('Bob', 'camera');
  assert.ok(again && again.id !== seen.id);
  assert.is(ada.named('Bob').producers.size, 2);
  assert.ok(ada.producer('Bob', 'microphone')?.paused);
  assert.is(bob.meeting.publications.get('camera'), camera);
  assert.ok(muted.paused);
  await ada.meeting.subscribe([again.id]);
  assert.ok(again.track);
  assert.is(ada.count('Bob joined') - ada.count('Bob lost'), 1);
  assert.not(ada.diary.some((line) => line.startsWith('reconnecting') || line.startsWith('problem')));
});

test('an interrupted transport gets an ICE restart; a dead one is replaced', async (world) => {
  const ada = await join(world, 'Ada');
  const bob = await join(world, 'Bob');
  await ada.meeting.publish('microphone', new FakeTrack('audio'));
  await until('Bob hears her', () => bob.producer('Ada', 'microphone')?.track);
  const states: string[] = [];
  ada.meeting.on('media', ({ state, error }) => states.push(error ? `${state}: ${error.code}` : state));
  const { sendTransport } = ada;
  sendTransport.setState('failed');
  await until('it is restarted', () => sendTransport.restarts === 1);
  assert.equal(states, ['interrupted', 'connected']);
  // Beyond repair: restarts do not help any more.
  sendTransport.restartIce = () => Promise.reject(new Error('no such transport'));
  sendTransport.setState('failed');
  await until('there is another', () => ada.sendTransport !== sendTransport && ada.senders.length === 1);
  await until('Bob hears her again', () => bob.count("track of Ada's microphone") === 2);
  assert.ok(states.includes('failed: media-failed'));
  await until('media is back', () => ada.meeting.media === 'connected');
});

test('other addresses of the server: both transports restart ICE and get the new candidates', async (world) => {
  const ada = await join(world, 'Ada');
  await ada.meeting.publish('microphone', new FakeTrack('audio'));
  await until('her media is connected', () => ada.meeting.media === 'connected');
  const got: string[] = [];
  for (const transport of ada.engine.transports) {
    const restart = transport.restartIce.bind(transport);
    transport.restartIce = (parameters, candidates) => {
      got.push(candidates.map(({ protocol, address }) => `${protocol} ${address}`).join(', '));
      return restart(parameters, candidates);
    };
  }
  world.server.rooms.addressesChanged();
  await until('both are restarted', () => got.length === 2);
  assert.equal(got, ['udp 127.0.0.1, tcp 127.0.0.1', 'udp 127.0.0.1, tcp 127.0.0.1']);
  assert.is(ada.meeting.media, 'connected');
  assert.is(ada.engine.transports.length, 2);
});

test('a camera that is off while its worker dies comes back when it is switched on', async (world) => {
  const ada = await join(world, 'Ada');
  const bob = await join(world, 'Bob');
  const camera = await bob.meeting.publish('camera', new FakeTrack('video'));
  await camera.mute();
  await camera.replaceTrack(null);
  const [worker] = world.server.workers.all;
  process.kill(worker?.pid ?? Number.NaN, 'SIGKILL');
  const { engine } = bob;
  await until('Bob has fresh transports', () => engine.transports.length === 4);
  await camera.replaceTrack(new FakeTrack('video'));
  await camera.unmute();
  await until('Ada sees it', () => ada.producer('Bob', 'camera')?.paused === false);
});

test.run();
