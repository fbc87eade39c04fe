import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FakeTrack } from '../../src/client/engine/fake-track.ts';
import type { ParticipantId, ParticipantInfo, ProducerId } from '../../src/protocol/messages.ts';
import { until } from '../support/until.ts';
import { AnsweringServer } from './answering-server.ts';
import { Person } from './person.ts';

// What the SDK says about its line and its screen, and how it obeys what it is told about them.

const test = suite('adaptation');
let server: AnsweringServer;
let person: Person;
const camera = 'p-camera' as ProducerId;
const screen = 'p-screen' as ProducerId;
const bob: ParticipantInfo = {
  id: 'bob' as ParticipantId,
  displayName: 'Bob',
  role: 'participant',
  producers: [
    { id: camera, kind: 'video', source: 'camera', paused: false },
    { id: screen, kind: 'video', source: 'screen', paused: false },
  ],
};
const view = (producerId: ProducerId, width: number, pinned = false) => ({
  producerId,
  width,
  height: Math.round((width * 9) / 16),
  pinned,
});
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

test.before.each(async () => {
  server = await AnsweringServer.start();
  server.participants = [bob];
  person = await Person.join(server.url, 'token', 'Ada');
});
test.after.each(async () => {
  await person.meeting.leave();
  await server.close();
});

test('views: what appears is told at once, a resize once, what is the same never', async () => {
  const { meeting } = person;
  meeting.setViews([view(camera, 300)]);
  const first = await server.reads('setViews');
  assert.equal(first.views, [{ producerId: camera, width: 304, height: 176, pinned: false }]);
  for (let width = 300; width <= 640; width += 10) meeting.setViews([view(camera, width)]);
  const resized = await server.reads('setViews', 2);
  assert.is(resized.views[0]?.width, 640);
  meeting.setViews([view(camera, 638)]);
  await pause(250);
  assert.is(server.asked('setViews').length, 2, 'a few pixels are no news');
  meeting.setViews([view(camera, 638), view(screen, 1280, true)]);
  const both = await server.reads('setViews', 3);
  assert.equal(
    both.views.map(({ producerId, pinned }) => [producerId, pinned]),
    [
      [screen, true],
      [camera, false],
    ],
  );
  meeting.setViews([]);
  assert.equal((await server.reads('setViews', 4)).views, []);
});

test('views are bounded whatever a page says', async () => {
  const many = Array.from({ length: 500 }, (_, index) => view(`p${index}` as ProducerId, 100_000 + index));
  person.meeting.setViews([...many, view(camera, 0), view(screen, -5)]);
  const { views } = await server.reads('setViews');
  assert.is(views.length, 256);
  assert.ok(views.every(({ width, height }) => width <= 16_384 && height <= 16_384 && height > 0));
});

test('after joining anew the server is told again what is shown and what may be spent', async () => {
  person.meeting.setViews([view(camera, 320)]);
  person.meeting.setDataCeiling({ bitrate: 250_000, audioOnly: false });
  await server.reads('setViews');
  await server.reads('setDataCeiling');
  server.notify({
    name: 'videosHeldBack',
    body: { videos: [{ producerId: camera, reason: 'slow-connection' }] },
  });
  await until('the mark', () => person.meeting.heldBack.has(camera));
  server.forget();
  assert.is((await server.reads('setViews', 2)).views.length, 1);
  assert.is((await server.reads('setDataCeiling', 2)).bitrate, 250_000);
  assert.is(person.meeting.heldBack.size, 0, 'the old session is not to be believed any more');
});

test('what is not received is not sent, what is wanted again is, for each producer anew', async () => {
  const publication = await person.meeting.publish('camera', new FakeTrack('video'));
  const [sender] = person.senders;
  assert.ok(sender);
  const all = Number.POSITIVE_INFINITY;
  assert.equal(sender.limited, { encodings: all, maxBitrate: all });
  const wanted = (encodings: number, maxBitrate: number, producerId: ProducerId = sender.id) =>
    server.notify({ name: 'encodingsWanted', body: { producerId, encodings, maxBitrate } });
  wanted(1, 0);
  await until('one encoding', () => sender.limited.encodings === 1);
  assert.is(sender.limited.maxBitrate, all);
  await publication.mute();
  await publication.replaceTrack(new FakeTrack('video'));
  await publication.unmute();
  assert.is(sender.limited.encodings, 1, 'another camera does not change what is wanted');
  wanted(0, 0);
  await until('nothing', () => sender.limited.encodings === 0);
  wanted(3, 900_000);
  await until('all again', () => sender.limited.maxBitrate === 900_000);
  wanted(0, 0, 'somebody-else' as ProducerId);
  server.notify({ name: 'mediaReset', body: { reason: 'test' } });
  await until('published anew', () => server.asked('produce').length === 2 && person.senders[0]);
  await until('nothing is known about the new one', () => person.senders[0]?.limited.encodings === all);
});

test('a ceiling holds for what is sent: the sum fits, speech first; lifted, all is back', async () => {
  const { meeting } = person;
  await meeting.publish('microphone', new FakeTrack('audio'));
  const publication = await meeting.publish('camera', new FakeTrack('video'));
  const [microphone, picture] = person.senders;
  assert.ok(microphone && picture);
  meeting.setDataCeiling({ bitrate: 100_000, audioOnly: false });
  assert.ok(microphone.limited.maxBitrate + picture.limited.maxBitrate < 80_000);
  server.notify({
    name: 'encodingsWanted',
    body: { producerId: picture.id, encodings: 3, maxBitrate: 30_000 },
  });
  await until('the narrower of both', () => picture.limited.maxBitrate === 30_000);
  await publication.mute();
  meeting.setDataCeiling({ bitrate: 0, audioOnly: false });
  assert.is(microphone.limited.maxBitrate, Number.POSITIVE_INFINITY);
  assert.is(picture.limited.maxBitrate, 30_000);
  assert.equal(meeting.dataCeiling, { bitrate: 0, audioOnly: false });
  await server.reads('setDataCeiling', 2);
});

test('audio only: the camera rests and no video is asked for, until it is lifted', async () => {
  const { meeting } = person;
  const publication = await meeting.publish('camera', new FakeTrack('video'));
  meeting.setDataCeiling({ bitrate: 0, audioOnly: true });
  await server.reads('pauseProducer');
  assert.is(person.senders[0]?.sending, null);
  assert.not(publication.paused, 'nobody has muted it');
  await meeting.subscribe([camera]);
  assert.equal(server.asked('subscribe'), []);
  await publication.mute();
  await publication.unmute();
  assert.is(person.senders[0]?.sending, null, 'held whatever the camera button says');
  const shared = await meeting.publish('screen', new FakeTrack('video'));
  assert.ok((await server.reads('produce', 2)).paused);
  await shared.close();
  meeting.setDataCeiling({ bitrate: 0, audioOnly: false });
  await server.reads('resumeProducer');
  assert.equal((await server.reads('subscribe')).producerIds, [camera]);
});

test('how media arrives is told once a second, less often when nothing is new, never twice at a time', async () => {
  await person.meeting.publish('microphone', new FakeTrack('audio'));
  const { sendTransport } = person;
  const sent = (fractionLost: number) => ({
    packetsSent: 1,
    fractionLost,
    audioPacketsSent: 0,
    audioSendDelayMs: 0,
    limitedByBandwidth: false,
  });
  sendTransport.measured = { availableOutgoingBitrate: 800_000, sent: sent(0.25) };
  const trouble = await server.reads('reportReception');
  assert.is(trouble.uplinkLost, 0.25);
  assert.is(trouble.availableOutgoingBitrate, 800_000);
  await server.reads('reportReception', 3);
  sendTransport.measured = { availableOutgoingBitrate: 800_000, sent: sent(0) };
  const before = server.asked('reportReception').length;
  await pause(4200);
  const calm = server.asked('reportReception').length - before;
  assert.ok(calm <= 3, `${calm} reports of nothing new in 4 s`);
});

test('an uplink that does not carry what is sent: video gives way, speech stays', async () => {
  const { meeting } = person;
  await meeting.publish('microphone', new FakeTrack('audio'));
  await meeting.publish('camera', new FakeTrack('video'));
  const [microphone, picture] = person.senders;
  const { sendTransport } = person;
  assert.ok(microphone && picture);
  const started = Date.now();
  const sent = { packetsSent: 1, audioPacketsSent: 0, audioSendDelayMs: 0, limitedByBandwidth: true };
  const send = () => {
    const bytesSent = ((Date.now() - started) / 8000) * 900_000;
    sendTransport.measured = { availableOutgoingBitrate: 200_000, bytesSent, sent };
  };
  const timer = setInterval(send, 20);
  await until('less video', () => picture.limited.maxBitrate < 150_000, { timeoutMs: 10_000 });
  clearInterval(timer);
  assert.ok(microphone.limited.maxBitrate >= 24_000);
  assert.ok(microphone.limited.maxBitrate + picture.limited.maxBitrate <= 170_000);
});

test('quality of everybody, ourselves included, and who left is forgotten', async () => {
  const { meeting } = person;
  const told: string[] = [];
  meeting.on('connection-quality', ({ participantId, level, reason }) =>
    told.push([participantId, level, reason].filter(Boolean).join(' ')),
  );
  server.notify({
    name: 'connectionQuality',
    body: {
      participants: [
        { participantId: bob.id, level: 'poor', reason: 'uplink-loss' },
        { participantId: meeting.self.id, level: 'good', reason: '' },
      ],
    },
  });
  await until('told', () => told.length === 2);
  assert.equal(told, ['bob poor uplink-loss', 'self-1 good']);
  assert.equal(meeting.quality.get(bob.id), { level: 'poor', reason: 'uplink-loss' });
  server.notify({ name: 'participantLeft', body: { participantId: bob.id, reason: 'left' } });
  await person.reads('Bob left');
  assert.equal([...meeting.quality.keys()], [meeting.self.id]);
});

test.run();
