// time limit: 150 s
import process from 'node:process';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** A media worker dies in the middle of a call: everything is back without a click. */
const test = suite('worker death');

let browser: Browser;
let plenum: Plenum | undefined;
let people: MeetingPage[] = [];

test.before(async () => {
  browser = await launchChromium();
});
test.after.each(async () => {
  await Promise.all(people.splice(0).map((person) => person.close()));
  await plenum?.close();
  plenum = undefined;
});
test.after(async () => {
  await browser?.close();
});

/** The one that carries the room. Waits until everybody has left what was on it. */
async function killWorker(server: Plenum['server']): Promise<void> {
  const victim = server.workers.all.find(({ load }) => load > 0);
  assert.ok(victim);
  const made = await Promise.all(people.map(async (person) => (await person.connections()).made));
  const killedAt = performance.now();
  process.kill(victim.pid, 'SIGKILL');
  await until('everybody has fresh connections', async () => {
    const now = await Promise.all(people.map((person) => person.connections()));
    return now.every((its, index) => its.made >= (made[index] ?? 0) + 2 && its.open === 2);
  });
  console.log(`fresh connections ${Math.round(performance.now() - killedAt)} ms after the death`);
  assert.not(server.workers.all.some(({ pid }) => pid === victim.pid));
}

/** Nothing was lost and nothing is left over. */
async function untilWhole({ server }: Plenum, workers: number): Promise<void> {
  await until('as many workers as before', () => server.workers.all.length === workers);
  const { participants, producers, consumers, transports, rooms } = server.rooms.stats();
  assert.equal(
    { participants, producers, consumers, rooms, transports: transports.length },
    {
      participants: { moderator: 1, participant: 2, viewer: 0 },
      producers: { audio: 3, video: 3 },
      consumers: { audio: 6, video: 6 },
      rooms: 1,
      transports: 6,
    },
  );
  for (const person of people) {
    assert.is(await person.reconnecting(), 0);
    assert.equal(person.complaints, []);
  }
}

test('the only worker is killed, and its successor while somebody is muted', async () => {
  plenum = await startPlenum({ media: { workers: 1 } });
  people = await MeetingPage.meet(browser, plenum.url, ['Ada', 'Bob', 'Eve']);
  const [ada, bob, eve] = people as [MeetingPage, MeetingPage, MeetingPage];
  await killWorker(plenum.server);
  await MeetingPage.untilAllFlow(people);
  assert.is(plenum.server.workers.deaths, 1);

  // What is muted must not come back unmuted.
  await ada.press('Mute');
  await bob.media.untilOnlyStopped({ Ada: 'energy' }, ['Eve']);
  await killWorker(plenum.server);
  await Promise.all([
    bob.media.untilOnlyStopped({ Ada: 'energy' }, ['Eve']),
    eve.media.untilOnlyStopped({ Ada: 'energy' }, ['Bob']),
  ]);
  await ada.press('Unmute');
  await MeetingPage.untilAllFlow(people);
  await untilWhole(plenum, 1);
});

test('one of two workers is killed', async () => {
  plenum = await startPlenum({ media: { workers: 2 } });
  people = await MeetingPage.meet(browser, plenum.url, ['Ada', 'Bob', 'Eve']);
  await killWorker(plenum.server);
  await MeetingPage.untilAllFlow(people);
  await untilWhole(plenum, 2);
});

test.run();
