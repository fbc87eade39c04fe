// heavy
// time limit: 240 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { SignallingServer } from '../support/signalling-server.ts';
import { until } from '../support/until.ts';
import { enter, publishCamera, SdkPages, stats, watch } from './sdk-pages.ts';

/** What really travels when something is shown large, small or not at all, and when somebody wants to spend little. */
const test = suite('what is sent');

let sdkPages: SdkPages;
let server: SignallingServer;
let browser: Browser;
let publisher: Page;
let viewer: Page;

test.before(async () => {
  sdkPages = await SdkPages.prepare();
});
test.before.each(async () => {
  browser = await launchChromium();
  server = await SignallingServer.start({
    signalling: { allowedOrigins: [sdkPages.origin] },
    media: { videoCodecs: ['VP8'] },
  });
  const [first, second] = await sdkPages.open(browser, 2);
  if (!first || !second) throw new Error('no pages');
  [publisher, viewer] = [first, second];
  await watch(viewer, server.url);
  await enter(publisher, server.url);
  await publishCamera(publisher, 1280, 720);
  // What others publish is told a moment later.
  await until('the viewer to know the camera', () =>
    viewer.evaluate(() => [...meeting.participants.values()].some(({ producers }) => producers.size > 0)),
  );
});
test.after.each(async () => {
  await browser?.close();
  await server?.close();
});
test.after(async () => {
  await sdkPages?.close();
});

/** @param size undefined: off the screen */
async function show(size: { width: number; height: number; pinned?: boolean } | undefined): Promise<void> {
  await viewer.evaluate((shown) => {
    const cameras = [...meeting.participants.values()].flatMap(({ producers }) => [...producers.values()]);
    meeting.setViews(shown ? cameras.map(({ id }) => ({ producerId: id, pinned: false, ...shown })) : []);
  }, size);
}

async function receivedLines(): Promise<number> {
  return (await stats(viewer)).subscriptions[0]?.height ?? 0;
}

const sees = (lines: number) =>
  until(`${lines} lines`, async () => (await receivedLines()) === lines, { timeoutMs: 40_000 });

/** Which encodings sent anything in a second, lowest first. */
async function encodingsSent(): Promise<string> {
  const packets = async () =>
    (await stats(publisher)).publications[0]?.layers.map(({ packetsSent }) => packetsSent) ?? [];
  const before = await packets();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // A probe or a last packet on its way is no picture.
  return (await packets()).map((sent, index) => (sent - (before[index] ?? 0) > 3 ? 1 : 0)).join('');
}

const sends = (encodings: string) =>
  until(`encodings ${encodings}`, async () => (await encodingsSent()) === encodings, { timeoutMs: 40_000 });

/** bit/s over some seconds, headers above UDP included. */
async function rate(page: Page, direction: 'bytesSent' | 'bytesReceived', seconds = 5): Promise<number> {
  const side = direction === 'bytesSent' ? 'send' : 'receive';
  const bytes = async () => (await stats(page))[side]?.[direction] ?? 0;
  const [from, at] = [await bytes(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return (((await bytes()) - from) * 8000) / (performance.now() - at);
}

/**
 * Over some seconds, as soon as what was on its way is through: a ceiling holds in the mean, single frames are above it.
 * @returns bit/s
 */
function holds(page: Page, direction: 'bytesSent' | 'bytesReceived', ceiling: number): Promise<number> {
  let spent = 0;
  return until(
    `at most ${ceiling} bit/s`,
    async () => {
      spent = await rate(page, direction, 4);
      if (spent > 1.15 * ceiling) throw new Error(`${Math.round(spent)} bit/s`);
      return spent;
    },
    { timeoutMs: 40_000 },
  );
}

test('the layer follows the size, nothing off the screen is sent, and what nobody watches rests', async () => {
  await show({ width: 1280, height: 720 });
  await sees(720);
  assert.is(await encodingsSent(), '111');

  await show({ width: 256, height: 144 });
  await sees(180);
  await sends('100');

  await show(undefined);
  await sends('000');
  assert.ok((await rate(viewer, 'bytesReceived', 2)) < 20_000, 'nothing but reports and probes');

  await show({ width: 1280, height: 720, pinned: true });
  await sees(720);
  assert.is(await encodingsSent(), '111');
});

test('a ceiling holds for what comes, and goes', async () => {
  await sees(720);
  for (const ceiling of [500_000, 100_000]) {
    await viewer.evaluate((bitrate) => meeting.setDataCeiling({ bitrate, audioOnly: false }), ceiling);
    await holds(viewer, 'bytesReceived', ceiling);
  }
  await viewer.evaluate(() => meeting.setDataCeiling({ bitrate: 0, audioOnly: true }));
  await until('no video', async () => (await rate(viewer, 'bytesReceived', 1)) < 20_000);
  await viewer.evaluate(() => meeting.setDataCeiling({ bitrate: 0, audioOnly: false }));
  await sees(720);
});

test('a ceiling holds for what goes out', async () => {
  await sees(720);
  for (const ceiling of [500_000, 100_000]) {
    await publisher.evaluate((bitrate) => meeting.setDataCeiling({ bitrate, audioOnly: false }), ceiling);
    const spent = await holds(publisher, 'bytesSent', ceiling);
    assert.ok(spent > 0.2 * ceiling, `and something is sent: ${Math.round(spent)} bit/s`);
  }
  await publisher.evaluate(() => meeting.setDataCeiling({ bitrate: 0, audioOnly: true }));
  await sends('000');
  await publisher.evaluate(() => meeting.setDataCeiling({ bitrate: 0, audioOnly: false }));
  await sees(720);
});

test.run();
