// heavy
// time limit: 240 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LinkEmulator } from '../../bench/link-emulator/link-emulator.ts';
import { launchChromium } from '../support/chromium.ts';
import { localAddress } from '../support/local-address.ts';
import { MeetingPage } from '../support/meeting-page.ts';
import { type Plenum, startPlenum } from '../support/plenum.ts';
import { until } from '../support/until.ts';

/** What somebody on a line that hardly carries speech sees, and what when it is good again. */
const test = suite('web client on a slow line');

const patience = { timeoutMs: 90_000 };

let plenum: Plenum;
let browser: Browser;
let line: LinkEmulator;
let ada: MeetingPage;
let emmy: MeetingPage;
test.before(async () => {
  plenum = await startPlenum();
  browser = await launchChromium();
  const port = await mediaPort();
  line = await LinkEmulator.open({ targets: [{ address: localAddress(), port }], seed: 1 });
  ada = await MeetingPage.open(browser, 'Ada');
  emmy = await MeetingPage.open(browser, 'Emmy');
  await leadThrough(emmy.page, port, line.entries[0]?.udpPort ?? 0);
  const { invitation } = await ada.startMeeting(plenum.url, 'Council');
  await emmy.followLink(invitation);
  await MeetingPage.untilAllFlow([ada, emmy]);
});
test.after(async () => {
  await browser?.close();
  await line?.close();
  await plenum?.close();
});

async function mediaPort(): Promise<number> {
  const [worker] = plenum.server.workers.all;
  const { udpSockets = [] } = (await worker?.webRtcServer.dump()) ?? {};
  const [socket] = udpSockets;
  if (!socket) throw new Error('the worker listens nowhere');
  return socket.port;
}

/** The page's media goes to another port than the server tells. */
async function leadThrough(page: Page, from: number, to: number): Promise<void> {
  await page.addInitScript(
    (ports) => {
      const { prototype } = RTCPeerConnection;
      const { setRemoteDescription } = prototype;
      prototype.setRemoteDescription = async function (this: RTCPeerConnection, description) {
        const lines = description.sdp?.split('\r\n') ?? [];
        // Over UDP alone: TCP would go past the line.
        const led = lines
          .filter((text) => !/^a=candidate:\S+ \d+ tcp/i.test(text))
          .map((text) =>
            text.startsWith('a=candidate:') ? text.replace(` ${ports.from} `, ` ${ports.to} `) : text,
          );
        await Reflect.apply(setRemoteDescription, this, [{ ...description, sdp: led.join('\r\n') }]);
      };
    },
    { from, to },
  );
}

const mark = () => emmy.page.locator('.tile-paused[data-reason="slow-connection"]');

test('the video pauses with a mark that says why, speech goes on, and the picture comes back by itself', async () => {
  assert.is(await mark().count(), 0);
  line.shape({ down: { rate: 70_000, queueMs: 200 } });
  await until('the mark', async () => (await mark().count()) === 1, patience);
  assert.match((await mark().textContent()) ?? '', /slow connection/i);
  const energy = async () =>
    (await emmy.page.evaluate(() => globalThis.mediaWatch.received()))['Ada']?.energy ?? 0;
  const before = await energy();
  await until('more of her voice', async () => (await energy()) > before + 0.2, patience);

  line.shape({ down: { rate: 0 } });
  await until('the mark goes', async () => (await mark().count()) === 0, patience);
  await MeetingPage.untilAllFlow([ada, emmy], patience.timeoutMs);
  assert.equal([...ada.complaints, ...emmy.complaints], []);
});

test.run();
