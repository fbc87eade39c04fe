// time limit: 180 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LoadedScripts } from '../../bench/browser/loaded-scripts.ts';
import { pageCounters } from '../../bench/web-client/page-counters.ts';
import { launchChromium } from '../support/chromium.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** What the web client costs a browser that shows several people. `npm run bench -- web-client` measures it with many. */
const test = suite('web costs');

const patience = { timeoutMs: 60_000 };
/** kB, gzip */
const mostScript = 150;
/** Enough that work for each picture, or for each frame of the screen, cannot hide behind what happens now and then. */
const pictures = 150;
const mostLayoutsPerPicture = 0.15;

let plenum: Plenum;
let browser: Browser;
test.before(async () => {
  plenum = await startPlenum();
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await plenum?.close();
});

const shown = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('video')].reduce(
      (sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames,
      0,
    ),
  );

test('the way into a meeting loads at most 150 kB of script; pictures that play cause no layout', async () => {
  const names = ['Ada', 'Emmy', 'Grace'];
  const people = await Promise.all(names.map((name) => MeetingPage.open(browser, name)));
  const [ada, emmy, grace] = people;
  assert.ok(ada && emmy && grace);
  const scripts = new LoadedScripts(grace.page);
  const { invitation } = await ada.startMeeting(plenum.url, 'Council');
  await Promise.all([emmy.followLink(invitation), grace.followLink(invitation)]);
  await MeetingPage.untilAllFlow(people, patience.timeoutMs);

  const loaded = await scripts.list();
  const size = loaded.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1000;
  const listed = loaded.map(({ name, gzipped }) => `${name} ${gzipped}`).join(', ');
  // Through the server: with somebody's direct path a little more comes, see test/web/bundle.test.ts.
  assert.ok(size > 50 && size <= mostScript, `${size.toFixed(1)} kB: ${listed}`);

  // News of who has come goes away by itself.
  await until('no messages', async () => (await grace.page.locator('.toast').count()) === 0, patience);
  const session = await grace.page.context().newCDPSession(grace.page);
  await session.send('Performance.enable');
  const [before, first] = [await pageCounters(session), await shown(grace.page)];
  await until('pictures', async () => (await shown(grace.page)) - first >= pictures, {
    ...patience,
    everyMs: 500,
  });
  const [after, last] = [await pageCounters(session), await shown(grace.page)];
  const perPicture = (after.layouts - before.layouts) / (last - first);
  assert.ok(
    perPicture <= mostLayoutsPerPicture,
    `${after.layouts - before.layouts} layouts with ${last - first} pictures`,
  );
  assert.equal(
    people.flatMap(({ complaints }) => complaints),
    [],
  );
});

test.run();
