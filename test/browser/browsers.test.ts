// network: own
// time limit: 180 s
import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox } from 'puppeteer-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BlankPage, serveBlankPage } from '../../bench/browser/blank-page.ts';
import { launchChromium, openPages } from '../support/chromium.ts';
import { writeColorVideo, writeTone } from '../support/fake-media.ts';
import { launchFirefox, openFirefoxPages } from '../support/firefox.ts';
import { loopCall } from '../support/loop-call.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

/** The browsers themselves: without them working as expected no other browser test means anything. */
const test = suite('browsers');

let page: BlankPage;
let files: TempDir;
let chromium: Chromium | undefined;
let firefox: Firefox | undefined;
test.before(async () => {
  page = await serveBlankPage();
  files = await tempDir();
});
test.after.each(async () => {
  await chromium?.close();
  await firefox?.close();
  chromium = undefined;
  firefox = undefined;
});
test.after(async () => {
  await page.close();
  await files.remove();
});

test('Chromium calls itself in two separate pages', async () => {
  chromium = await launchChromium();
  const pages = await openPages(chromium, 2);
  await Promise.all(pages.map((opened) => opened.goto(page.url)));
  const seen = await Promise.all(pages.map((opened) => opened.evaluate(loopCall)));
  for (const { framesDecoded, totalAudioEnergy } of seen) {
    assert.ok(framesDecoded > 5 && totalAudioEnergy > 0, JSON.stringify(seen));
  }
  await pages[0]?.evaluate(() => localStorage.setItem('name', 'Ada'));
  assert.is(await pages[1]?.evaluate(() => localStorage.getItem('name')), null);
});

test('Chromium shows and plays files as camera and microphone', async () => {
  const camera = await writeColorVideo(files.path, { red: 200, green: 30, blue: 30 });
  const microphone = await writeTone(files.path, 1000);
  chromium = await launchChromium({ camera, microphone });
  const [opened] = await openPages(chromium, 1);
  await opened?.goto(page.url);
  const found = await opened?.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const player = document.createElement('video');
    player.muted = true;
    player.srcObject = stream;
    await player.play();
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas?.drawImage(player, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = canvas?.getImageData(0, 0, 1, 1).data ?? [];

    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    audio.createMediaStreamSource(stream).connect(analyser);
    const spectrum = new Uint8Array(analyser.frequencyBinCount);
    let loudestHz = 0;
    for (let tries = 0; tries < 50 && loudestHz === 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      analyser.getByteFrequencyData(spectrum);
      const loudest = spectrum.indexOf(Math.max(...spectrum));
      loudestHz = (loudest * audio.sampleRate) / analyser.fftSize;
    }
    return { red, green, blue, loudestHz };
  });
  assert.ok(found && found.red > 150 && found.green < 80 && found.blue < 80, JSON.stringify(found));
  assert.ok(Math.abs(found.loudestHz - 1000) < 60, JSON.stringify(found));
});

test('Firefox calls itself', async () => {
  firefox = await launchFirefox();
  const [opened] = await openFirefoxPages(firefox, 1);
  await opened?.goto(page.url);
  const seen = await opened?.evaluate(loopCall);
  assert.ok(seen && seen.framesDecoded > 5 && seen.totalAudioEnergy > 0, JSON.stringify(seen));
});

test.run();
