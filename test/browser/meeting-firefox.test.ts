// network: own
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

/** Two makes of browser in one meeting. */
const test = suite('Chromium and Firefox');

let plenum: Plenum;
let chromium: Chromium;
let firefox: Firefox;
let ada: MeetingPage;
let finn: FirefoxMeetingPage;

test.before(async () => {
  plenum = await startPlenum();
  chromium = await launchChromium();
  firefox = await launchFirefox();
});
test.after(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  await plenum?.close();
});

const bothFlow = () => Promise.all([ada.media.untilFlows(['Finn']), finn.media.untilFlows(['Ada'])]);

test('they see and hear each other', async () => {
  ada = await MeetingPage.open(chromium, 'Ada');
  finn = await FirefoxMeetingPage.open(firefox, 'Finn');
  const { invitation } = await ada.startMeeting(plenum.url, 'Council');
  await finn.followLink(invitation);
  await bothFlow();
});

test('muting and the camera, in both directions', async () => {
  await ada.press('Mute');
  await finn.press('Stop camera');
  await Promise.all([
    finn.media.untilOnlyStopped({ Ada: 'energy' }),
    ada.media.untilOnlyStopped({ Finn: 'frames' }),
  ]);
  await ada.press('Unmute');
  await finn.press('Start camera');
  await bothFlow();
  await finn.press('Mute');
  await ada.press('Stop camera');
  await Promise.all([
    ada.media.untilOnlyStopped({ Finn: 'energy' }),
    finn.media.untilOnlyStopped({ Ada: 'frames' }),
  ]);
});

test('leaving frees everything', async () => {
  await finn.press('Leave');
  await ada.page.getByRole('heading', { name: 'You are the only one here' }).waitFor();
  await until('all of Finn is gone', () => {
    const { producers, consumers, transports } = plenum.server.rooms.stats();
    return (
      [producers.audio, producers.video, consumers.audio, consumers.video, transports.length].join() ===
      '1,1,0,0,2'
    );
  });
  await ada.leave(true);
  await until('nothing is left', () => plenum.server.rooms.stats().rooms === 0);
  const [worker] = plenum.server.workers.all;
  assert.equal((await worker?.webRtcServer.dump())?.webRtcTransportIds, []);
  assert.equal([...ada.complaints, ...finn.complaints], []);
  assert.equal(
    plenum.log.filter(({ level }) => level === 'error' || level === 'warn'),
    [],
  );
});

test.run();
