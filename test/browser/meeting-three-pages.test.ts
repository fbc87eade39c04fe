// time limit: 150 s
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { readMetrics } from '../support/metrics-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** The main job: three people come together from the start page, see and hear each other, mute, and leave nothing behind. */
const test = suite('three Chromium pages');

let plenum: Plenum;
let browser: Browser;
let people: MeetingPage[];
let ada: MeetingPage;
let bob: MeetingPage;
let eve: MeetingPage;

test.before(async () => {
  plenum = await startPlenum();
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await plenum?.close();
});

test('everybody sees and hears everybody', async () => {
  people = await MeetingPage.meet(browser, plenum.url, ['Ada', 'Bob', 'Eve']);
  [ada, bob, eve] = people as [MeetingPage, MeetingPage, MeetingPage];
  const { producers, consumers, transports } = plenum.server.rooms.stats();
  assert.equal(producers, { audio: 3, video: 3 });
  assert.equal(consumers, { audio: 6, video: 6 });
  assert.equal(
    transports.map(({ ice, dtls }) => `${ice} ${dtls}`),
    Array.from({ length: 6 }, () => 'completed connected'),
  );
});

test('what is switched off stops for everybody, and nothing else does', async () => {
  await ada.press('Mute');
  await bob.press('Stop camera');
  await Promise.all([
    bob.media.untilOnlyStopped({ Ada: 'energy' }, ['Eve']),
    ada.media.untilOnlyStopped({ Bob: 'frames' }, ['Eve']),
    eve.media.untilOnlyStopped({ Ada: 'energy', Bob: 'frames' }),
  ]);
  await ada.press('Unmute');
  await bob.press('Start camera');
  await MeetingPage.untilAllFlow(people);
});

test('metrics tell what goes on', async () => {
  const during = await readMetrics(plenum.metricsUrl);
  const expected: Record<string, number> = {
    'plenum_rooms{workers="one"}': 1,
    'plenum_participants{role="moderator"}': 1,
    'plenum_participants{role="participant"}': 2,
    'plenum_producers{kind="audio"}': 3,
    'plenum_producers{kind="video"}': 3,
    'plenum_consumers{kind="audio"}': 6,
    'plenum_consumers{kind="video"}': 6,
    plenum_join_duration_seconds_count: 3,
    'plenum_join_duration_seconds_bucket{le="+Inf"}': 3,
    'plenum_signalling_requests_total{request="produce",outcome="ok"}': 6,
    'plenum_signalling_requests_total{request="pauseProducer",outcome="ok"}': 2,
    'plenum_transport_failures_total{stage="ice"}': 0,
    'plenum_transport_failures_total{stage="dtls"}': 0,
    'plenum_media_workers{state="alive"}': 1,
    plenum_signalling_connections: 3,
  };
  for (const [name, value] of Object.entries(expected)) assert.is(during.get(name), value, name);
  const value = (name: string) => during.get(name) ?? 0;
  // A browser that is short of CPU while it connects can end up on TCP.
  for (const name of [
    'plenum_transports{ice="completed",dtls="connected",',
    'plenum_transport_connections_total{',
  ])
    assert.is(value(`${name}protocol="udp"}`) + value(`${name}protocol="tcp"}`), 6, name);
  // Each of six streams goes to two people.
  const bytesIn = value('plenum_media_bytes_total{direction="in"}');
  assert.ok(bytesIn > 100_000, String(bytesIn));
  assert.ok(value('plenum_media_bytes_total{direction="out"}') > bytesIn);
  assert.ok(
    value('plenum_media_packets_total{direction="out"}') >
      value('plenum_media_packets_total{direction="in"}'),
  );
  assert.ok(value('plenum_media_worker_cpu_seconds_total{worker="0"}') > 0);
  const health = async (path: string) => (await fetch(`${plenum.loopbackUrl}/health/${path}`)).json();
  assert.equal(await health('live'), { status: 'live' });
  assert.equal(await health('ready'), { status: 'ready', checks: { store: true, workers: true } });
});

test('leaving frees everything, one after the other', async () => {
  const [worker] = plenum.server.workers.all;
  assert.ok(worker);
  const held = async () => {
    const { rooms, producers, consumers, transports } = plenum.server.rooms.stats();
    // The worker's own count: what Node forgot without closing it would still be here.
    const { webRtcTransportIds } = await worker.webRtcServer.dump();
    return [
      rooms,
      producers.video,
      producers.audio,
      consumers.video,
      consumers.audio,
      transports.length,
      webRtcTransportIds.length,
    ].join();
  };
  await eve.leave();
  await until('all of Eve is gone', async () => (await held()) === '1,2,2,2,2,4,4');
  await ada.media.untilFlows(['Bob']);
  await ada.leave(true);
  await until('Bob is alone', async () => (await held()) === '1,1,1,0,0,2,2');
  await bob.leave();
  await until('nothing is left', async () => (await held()) === '0,0,0,0,0,0,0');
  assert.is(worker.load, 0);
  for (const person of people) {
    assert.is((await person.connections()).open, 0);
    assert.is(await person.page.locator('video, audio').count(), 0);
    assert.equal(person.complaints, []);
  }
  const after = await readMetrics(plenum.metricsUrl);
  assert.is(after.get('plenum_rooms{workers="one"}'), 0);
  assert.is(after.get('plenum_joins_total{role="participant"}'), 2);
  assert.ok((after.get('plenum_media_bytes_total{direction="in"}') ?? 0) > 100_000, 'counters keep what was');
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error' || level === 'warn'),
    [],
  );
});

test.run();
