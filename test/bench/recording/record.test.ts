import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serveBlankPage } from '../../../bench/browser/blank-page.ts';
import { launchChromium, openPage } from '../../../bench/browser/chromium.ts';
import { record } from '../../../bench/recording/record.ts';

const test = suite('recorded media');

/** Runs inside a page. @returns how many of the pictures in base64 come out of a decoder, and their height */
async function decode(pictures: string[]): Promise<{ count: number; height: number }> {
  const seen = { count: 0, height: 0 };
  const failures: unknown[] = [];
  const decoder = new VideoDecoder({
    output: (picture) => {
      seen.count += 1;
      seen.height = picture.codedHeight;
      picture.close();
    },
    error: (error) => failures.push(error),
  });
  decoder.configure({ codec: 'vp8' });
  pictures.forEach((picture, index) => {
    const data = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const type = index === 0 ? 'key' : 'delta';
    decoder.decode(new EncodedVideoChunk({ type, timestamp: index * 40_000, data }));
  });
  await decoder.flush();
  if (failures.length > 0) throw new Error(String(failures[0]));
  return seen;
}

test('a browser decodes every layer, with and without the upper temporal layers', async () => {
  const { layers, audio, thinAudio } = await record({ width: 640, height: 360, framesPerSecond: 25 }, 24);
  assert.equal(
    layers.map(({ height }) => height),
    [180, 360],
  );
  assert.ok(audio.length > 40 && audio.every(({ length }) => length > 20), 'somebody speaks all the time');
  const octets = (frames: readonly Uint8Array[]) => frames.reduce((sum, { length }) => sum + length, 0);
  assert.is(thinAudio.length, audio.length);
  assert.ok(octets(thinAudio) < 0.8 * octets(audio));
  const blank = await serveBlankPage();
  const browser = await launchChromium();
  try {
    const page = await openPage(browser);
    await page.goto(blank.url);
    for (const { height, frames } of layers) {
      for (const temporalLayer of [0, 1, 2]) {
        const kept = frames.filter((frame) => frame.temporalLayer <= temporalLayer);
        const pictures = kept.map(({ data }) => Buffer.from(data).toString('base64'));
        const seen = await page.evaluate(decode, pictures);
        assert.equal(seen, { count: [6, 12, 24][temporalLayer], height });
      }
    }
  } finally {
    await browser.close();
    await blank.close();
  }
});

test.run();
