// time limit: 150 s
import process from 'node:process';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** A room that is too big for one worker spans two, and nobody notices; not even when one of the two dies. */
const test = suite('two workers');

let browser: Browser;
let plenum: Plenum;
let people: MeetingPage[] = [];

test.before(async () => {
  browser = await launchChromium();
});
test.before.each(async () => {
  // One person's two streams are over the budget already.
  plenum = await startPlenum({ media: { workers: 2, consumersPerWorker: 1 } });
  people = await MeetingPage.meet(browser, plenum.url, ['Ada', 'Bob', 'Eve']);
});
test.after.each(async () => {
  await Promise.all(people.splice(0).map((person) => person.close()));
  await plenum.close();
});
test.after(async () => {
  await browser?.close();
});

const spans = () => {
  const { roomsSpanning, pipes } = plenum.server.rooms.stats();
  return { roomsSpanning, pipes };
};

test('everybody sees everybody over both; leaving takes the pipes away', async () => {
  // Three people with two streams each: every stream is needed on the other worker exactly once.
  assert.equal(spans(), { roomsSpanning: 1, pipes: 6 });
  assert.ok(plenum.server.workers.all.every(({ load }) => load > 0));
  const [ada, bob, eve] = people as [MeetingPage, MeetingPage, MeetingPage];
  await ada.press('Mute');
  await Promise.all(
    [bob, eve].map(({ media }) =>
      media.untilOnlyStopped({ Ada: 'energy' }, media === bob.media ? ['Eve'] : ['Bob']),
    ),
  );
  await ada.press('Unmute');
  await eve.leave();
  await until('Eve takes her pipes along', () => spans().pipes <= 4);
  await bob.leave();
  await until('no pipe is left', () => spans().pipes === 0);
  await ada.leave(true);
  await until('the room is gone', () => plenum.server.rooms.stats().rooms === 0);
  for (const worker of plenum.server.workers.all) {
    assert.is(worker.load, 0);
    assert.equal((await worker.webRtcServer.dump()).webRtcTransportIds, []);
  }
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error' || level === 'warn'),
    [],
  );
});

test('either worker is killed: all is back', async () => {
  for (const index of [0, 1]) {
    const victim = plenum.server.workers.all.find((worker) => worker.index === index);
    assert.ok(victim);
    const killedAt = performance.now();
    process.kill(victim.pid, 'SIGKILL');
    await until('the worker is replaced', () =>
      plenum.server.workers.all.some((worker) => worker.index === index && worker.pid !== victim.pid),
    );
    await MeetingPage.untilAllFlow(people);
    console.log(`worker ${index}: all is back after ${Math.round(performance.now() - killedAt)} ms`);
    await until('everybody has all streams', () => {
      const { consumers, producers, transports } = plenum.server.rooms.stats();
      return (
        [producers.audio, producers.video, consumers.audio, consumers.video, transports.length].join() ===
        '3,3,6,6,6'
      );
    });
  }
  for (const person of people) {
    assert.is(await person.reconnecting(), 0);
    assert.equal(person.complaints, []);
  }
});

test.run();
