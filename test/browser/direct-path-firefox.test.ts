// network: own
// heavy
// time limit: 180 s
import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { launchFirefox } from '../support/firefox.ts';
import { FirefoxMeetingPage } from '../support/firefox-meeting-page.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** A direct path between two makes of browser, and back to the server. */
const test = suite('direct path between Chromium and Firefox');

let plenum: Plenum;
let chromium: Chromium;
let firefox: Firefox;

test.before(async () => {
  plenum = await startPlenum({ rooms: { p2p: { settleMs: 1000 } } });
  chromium = await launchChromium({ switches: ['--disable-features=WebRtcHideLocalIpsWithMdns'] });
  firefox = await launchFirefox();
});
test.after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await plenum?.close();
});

test('they see and hear each other directly, and through the server when one hides the address', async () => {
  const ada = await MeetingPage.open(chromium, 'Ada');
  const finn = await FirefoxMeetingPage.open(firefox, 'Finn');
  const bothFlow = () => Promise.all([ada.media.untilFlows(['Finn']), finn.media.untilFlows(['Ada'])]);
  const byRoute = () => plenum.server.rooms.stats().participantsByRoute;
  const { invitation } = await ada.startMeeting(plenum.url, 'Council');
  await finn.followLink(invitation);
  await bothFlow();
  await until('the direct path', () => byRoute().p2p === 2, { timeoutMs: 60_000 });
  await bothFlow();
  assert.equal(byRoute(), { sfu: 0, p2p: 2 });
  await ada.hideAddress();
  await until('the way through the server', () => byRoute().sfu === 2);
  await bothFlow();
  assert.equal([...ada.complaints, ...finn.complaints], []);
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error' || level === 'warn'),
    [],
  );
});

test.run();
