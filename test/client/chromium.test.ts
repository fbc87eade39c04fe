// heavy
// time limit: 180 s
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchChromium } from '../support/chromium.ts';
import { SignallingServer } from '../support/signalling-server.ts';
import { until } from '../support/until.ts';
import { Line } from './line.ts';
import { enter, publishCamera, SdkPages, stats, watch } from './sdk-pages.ts';

/** The SDK with the browser's own WebRTC against a real worker: what is really encoded, sent and decoded. */
const test = suite('SDK in Chromium');

let sdkPages: SdkPages;
let server: SignallingServer;
let browser: Browser;

test.before(async () => {
  sdkPages = await SdkPages.prepare();
});
test.before.each(async () => {
  browser = await launchChromium();
});
test.after.each(async () => {
  await browser.close();
  await server.close();
});
test.after(async () => {
  await sdkPages.close();
});

async function serve(videoCodecs: string[] = ['VP8']): Promise<void> {
  const allowedOrigins = [sdkPages.origin];
  server = await SignallingServer.start({ signalling: { allowedOrigins }, media: { videoCodecs } });
}

const pages = (count: number) => sdkPages.open(browser, count);

async function sentSizes(page: Page): Promise<string[]> {
  const [camera] = (await stats(page)).publications;
  return (camera?.layers ?? [])
    .filter(({ active, framesSent = 0 }) => active && framesSent > 10)
    .map(({ width, height }) => `${width}x${height}`);
}

async function decoded(page: Page): Promise<number> {
  return (await stats(page)).subscriptions.reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0);
}

test('the example of the README is a video call', async () => {
  await serve();
  const callers = await pages(2);
  for (const page of callers) {
    await page.evaluate(async (url) => {
      globalThis.meeting = await sdk.call(url, 'participant@room', document.body);
    }, server.url);
  }
  for (const page of callers) {
    await until('picture and sound of the other', async () => {
      const { subscriptions } = await stats(page);
      const energy = subscriptions.reduce((sum, { audioEnergy = 0 }) => sum + audioEnergy, 0);
      return (await decoded(page)) > 5 && energy > 0;
    });
    assert.is(await page.evaluate(() => meeting.media), 'connected');
  }
  await callers[0]?.evaluate(() => meeting.leave());
  await until('the other’s tiles go', () =>
    callers[1]?.evaluate(() => document.querySelectorAll('video, audio').length === 0),
  );
});

test('a camera is sent in as many sizes as fit, the full one always; another camera on the same sender too', async () => {
  await serve();
  const [page, viewer] = await pages(2);
  if (!page || !viewer) throw new Error('no pages');
  await watch(viewer, server.url);
  await enter(page, server.url);
  await publishCamera(page, 1280, 720);
  const all = ['320x180', '640x360', '1280x720'];
  await until('three sizes', async () => String(await sentSizes(page)) === String(all), {
    timeoutMs: 40_000,
  });
  await publishCamera(page, 640, 360);
  await until('the full size of the smaller camera at the viewer', async () =>
    (await stats(viewer)).subscriptions.some(({ width }) => width === 640),
  );
  assert.equal((await sentSizes(page)).slice(0, 2), ['320x180', '640x360']);
});

test('muted, not one packet goes out; unmuted, the picture is back', async () => {
  await serve();
  const [page, viewer] = await pages(2);
  if (!page || !viewer) throw new Error('no pages');
  await watch(viewer, server.url);
  await enter(page, server.url);
  await publishCamera(page, 640, 360);
  await until('the picture', async () => (await decoded(viewer)) > 5);
  await page.evaluate(() => meeting.publications.get('camera')?.mute());
  const sent = async () => (await stats(page)).publications[0]?.layers.map(({ packetsSent }) => packetsSent);
  let last = String(await sent());
  await until(
    'nothing is sent for a second',
    async () => {
      const before = last;
      last = String(await sent());
      return before === last;
    },
    { everyMs: 1000 },
  );
  const before = await decoded(viewer);
  await page.evaluate(() => meeting.publications.get('camera')?.unmute());
  await until('the picture again', async () => (await decoded(viewer)) > before + 5);
});

test('while the line of the signalling is cut, media goes on', async () => {
  await serve();
  const [page, viewer] = await pages(2);
  if (!page || !viewer) throw new Error('no pages');
  const line = await Line.to(server.url);
  try {
    await watch(viewer, line.url);
    await enter(page, server.url);
    await publishCamera(page, 320, 180);
    await until('the picture', async () => (await decoded(viewer)) > 5);
    line.down();
    await until('the loss is noticed', () => viewer.evaluate(() => meeting.connection === 'reconnecting'));
    const before = await decoded(viewer);
    await until('more of the picture', async () => (await decoded(viewer)) > before + 15);
    assert.is(await viewer.evaluate(() => meeting.connection), 'reconnecting');
    line.up();
    await until('the line is back', () => viewer.evaluate(() => meeting.connection === 'connected'));
    // Another network: the old socket is not waited for, and nobody has to join again.
    const states = await viewer.evaluate(async () => {
      const { id } = meeting.self;
      const seen: string[] = [];
      const back = new Promise<void>((resolve) => {
        meeting.on('connection', ({ state }) => {
          seen.push(state);
          if (state === 'connected') resolve();
        });
      });
      globalThis.dispatchEvent(new Event('online'));
      await back;
      return [...seen, meeting.self.id === id];
    });
    assert.equal(states, ['reconnecting', 'connected', true]);
  } finally {
    line.close();
  }
});

for (const codec of ['H264', 'VP9', 'AV1']) {
  test(`${codec}, camera and screen`, async () => {
    await serve([codec]);
    const [page, viewer] = await pages(2);
    if (!page || !viewer) throw new Error('no pages');
    await watch(viewer, server.url);
    await enter(page, server.url);
    await publishCamera(page, 640, 360);
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 640;
      canvas.height = 360;
      const context = canvas.getContext('2d');
      let hue = 0;
      setInterval(() => {
        hue += 5;
        if (context) context.fillStyle = `hsl(${hue}, 80%, 50%)`;
        context?.fillRect(0, 0, 640, 360);
      }, 50);
      const [track] = canvas.captureStream(15).getVideoTracks();
      if (track) await meeting.publish('screen', track);
    });
    await until(`both in ${codec}`, async () => {
      const { subscriptions } = await stats(viewer);
      const good = subscriptions.filter(
        (its) => its.codec === `video/${codec}` && (its.framesDecoded ?? 0) > 5,
      );
      return good.length === 2;
    });
  });
}

test.run();
