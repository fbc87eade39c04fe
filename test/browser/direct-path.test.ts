// heavy
// time limit: 300 s
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { writeTone } from '../support/fake-media.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { readMetrics } from '../support/metrics-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';
import { type Gaps, watchGaps } from '../support/watch-gaps.ts';

/**
 * Two people alone: media leaves the server, and comes back for whatever needs it, without anybody noticing. The gaps are
 * asserted with wide bounds, because a busy machine makes gaps by itself; `PLENUM_TEST_REPORT=1` prints what was measured.
 */
const test = suite('direct path in Chromium');

const reports = process.env['PLENUM_TEST_REPORT'] !== undefined;
let plenum: Plenum;
let browser: Browser;
let files: TempDir;
let ada: MeetingPage;
let bob: MeetingPage;
let route = { route: 'sfu', reason: 'alone' };
let links: { invitation: string; code: string };

test.before(async () => {
  files = await tempDir();
  plenum = await startPlenum({
    rooms: { p2p: { settleMs: 1000, againMs: 2000, firstRetryMs: 2000, longestRetryMs: 2000 } },
  });
  plenum.server.rooms.events.on('routeChanged', (changed) => {
    route = changed;
  });
  browser = await launchChromium({
    microphone: await writeTone(files.path, 500),
    switches: ['--disable-features=WebRtcHideLocalIpsWithMdns'],
  });
});
test.after(async () => {
  await browser?.close();
  await plenum?.close();
  await files?.remove();
});

/** On a starved machine a direct path can look bad for a moment: it comes back, and everything waits for it. */
async function untilRoute(wanted: 'p2p' | 'sfu', reason?: string): Promise<void> {
  const named = `${wanted} ${reason ?? ''}`;
  const is = () => route.route === wanted && (!reason || route.reason === reason);
  await until(named, () => is() || Promise.reject(new Error(`${route.route} ${route.reason}`)), {
    timeoutMs: 60_000,
  });
}

async function packets(): Promise<number> {
  const metrics = await readMetrics(plenum.metricsUrl);
  const of = (direction: string) => metrics.get(`plenum_media_packets_total{direction="${direction}"}`) ?? 0;
  return of('in') + of('out');
}

const startGaps = (person: MeetingPage) => person.page.evaluate(() => globalThis.gapWatch.start());
const readGaps = (person: MeetingPage) => person.page.evaluate(() => globalThis.gapWatch.read());

/** What is seen and heard as a gap while something happens, on both sides. */
async function gapsDuring(what: string, act: () => Promise<void>): Promise<Gaps> {
  const people = [ada, bob];
  await Promise.all(people.map(startGaps));
  const before = await Promise.all(people.map(readGaps));
  await act();
  await sleep(1500);
  const after = await Promise.all(people.map(readGaps));
  const worst: Gaps = {
    picture: Math.max(...after.map(({ picture }) => picture)),
    sound: Math.max(...after.map(({ sound }) => sound)),
    concealed: Math.max(...after.map(({ concealed }, index) => concealed - (before[index]?.concealed ?? 0))),
    received: 0,
  };
  if (reports)
    console.log(
      `${what}: picture ${worst.picture.toFixed(0)} ms, sound ${worst.sound.toFixed(0)} ms, ` +
        `${(worst.concealed / 48).toFixed(0)} ms of speech made up`,
    );
  return worst;
}

/** Far more than what was measured, far less than what a break before the make would cost. */
function assertSmooth({ picture, sound }: Gaps): void {
  assert.ok(picture < 4000, `no new picture for ${picture} ms`);
  assert.ok(sound < 2000, `no sound for ${sound} ms`);
}

test('two see and hear each other directly, and the server’s media stands still', async () => {
  [ada, bob] = (await Promise.all(
    ['Ada', 'Bob'].map((name) => MeetingPage.open(browser, name, [watchGaps])),
  )) as [MeetingPage, MeetingPage];
  links = await ada.startMeeting(plenum.url, 'Council');
  await bob.followLink(links.invitation);
  await MeetingPage.untilAllFlow([ada, bob]);
  if (reports) await gapsDuring('through the server', () => sleep(0));
  assertSmooth(await gapsDuring('to the direct path', () => untilRoute('p2p')));
  let last = await packets();
  await until(
    'the counters of the server to stand still',
    async () => {
      const before = last;
      last = await packets();
      return last === before;
    },
    { everyMs: 1000 },
  );
  await MeetingPage.untilAllFlow([ada, bob]);
  assert.is(await packets(), last, 'while media flows, not one packet comes or goes through the server');
  const metrics = await readMetrics(plenum.metricsUrl);
  assert.is(metrics.get('plenum_participants_by_route{route="p2p"}'), 2);
  assert.ok(metrics.get('plenum_route_changes_total{route="p2p",reason="direct"}'));
  await ada.page.keyboard.press('q');
  await ada.page.getByText('directly to the other person').waitFor();
  await ada.page.getByText('UDP, direct').waitFor();
});

test('what is switched off stops on the direct path too', async () => {
  await untilRoute('p2p');
  await ada.press('Mute');
  await bob.press('Stop camera');
  const grown = async (person: MeetingPage, name: string) => (await person.media.growth())[name];
  await Promise.all([
    until('Ada to be seen only', async () => {
      const { frames = 0, energy } = (await grown(bob, 'Ada')) ?? {};
      return frames > 0 && energy === 0;
    }),
    until('Bob to be heard only', async () => {
      const { frames, energy = 0 } = (await grown(ada, 'Bob')) ?? {};
      return frames === 0 && energy > 0;
    }),
  ]);
  await ada.control('Unmute');
  await bob.press('Start camera');
  await MeetingPage.untilAllFlow([ada, bob]);
});

test('a third comes: all see and hear all; goes: directly again', async () => {
  await untilRoute('p2p');
  const eve = await MeetingPage.open(browser, 'Eve');
  const gaps = await gapsDuring('back to the server', async () => {
    await eve.followLink(links.invitation);
    await untilRoute('sfu', 'more-than-two');
    await MeetingPage.untilAllFlow([ada, bob, eve]);
  });
  assertSmooth(gaps);
  await ada.page.getByText('more than two people are here').waitFor();
  await eve.leave();
  await eve.close();
  await untilRoute('p2p');
  await MeetingPage.untilAllFlow([ada, bob]);
});

test('the direct path is cut in mid-call: media comes through the server again', async () => {
  await untilRoute('p2p');
  await gapsDuring('cut', async () => {
    await ada.page.evaluate(() => globalThis.mediaWatch.cutDirectPath());
    await untilRoute('sfu');
    await MeetingPage.untilAllFlow([ada, bob]);
  });
  await untilRoute('p2p');
});

test('whom a moderator mutes is not heard directly either', async () => {
  await ada.page.keyboard.press('p');
  await ada.press('Actions for Bob');
  await ada.page.locator('.popover .menu-item:has-text("Mute")').click();
  await untilRoute('sfu', 'muted-by-moderator');
  await until('Bob to be silent', async () => (await ada.media.growth()).Bob?.energy === 0);
  await bob.control('Unmute');
  await until('it not to be the reason any more', () => route.reason !== 'muted-by-moderator');
  for (const person of [ada, bob]) assert.equal(person.complaints, []);
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error' || level === 'warn'),
    [],
  );
});

test.run();
