import { serveBlankPage } from '../browser/blank-page.ts';
import { launchChromium, openPage } from '../browser/chromium.ts';
import { type CameraFormat, cameraLayers } from '../media/camera-layers.ts';
import { type Encoded, encodeInPage } from './encode-in-page.ts';
import type { Recording } from './recording.ts';
import { voice, voiceRate } from './voice.ts';

const audioBitrate = 32_000;
/** What the server asks everybody for when somebody's line is thin. */
const thinAudioBitrate = 20_000;

/**
 * The encodings the web client asks its browser for, encoded by that browser: about a minute for ten seconds of 720p.
 * @param count frames, a multiple of the four frames of the temporal pattern
 */
export async function record(camera: CameraFormat, count: number): Promise<Recording> {
  const blank = await serveBlankPage();
  const browser = await launchChromium();
  try {
    const page = await openPage(browser);
    await page.goto(blank.url);
    const { framesPerSecond } = camera;
    const layers = cameraLayers(camera).map(({ width, height, bitrate }) => ({
      width,
      height,
      bitrate,
    }));
    const encoded = await page.evaluate(encodeInPage, {
      framesPerSecond,
      frames: count,
      warmUpFrames: 48,
      layers,
      voice: { rate: voiceRate, samples: [...voice(count / framesPerSecond)] },
      audioBitrates: [audioBitrate, thinAudioBitrate],
    });
    check(encoded, count);
    const [audio = [], thinAudio = []] = encoded.audio.map((frames) =>
      frames.map((data) => Buffer.from(data, 'base64')),
    );
    return {
      framesPerSecond,
      layers: encoded.layers.map(({ frames }, index) => ({
        width: layers[index]?.width ?? 0,
        height: layers[index]?.height ?? 0,
        frames: frames.map(({ temporalLayer, data }) => ({
          temporalLayer,
          data: Buffer.from(data, 'base64'),
        })),
      })),
      audio,
      thinAudio,
    };
  } finally {
    await browser.close();
    await blank.close();
  }
}

/** @throws Error when the encoder did something that cannot be played in a loop with the layers in step */
function check({ layers, audio }: Encoded, count: number): void {
  for (const { frames } of layers) {
    const pattern = [0, 2, 1, 2];
    if (
      frames.length !== count ||
      frames.some(({ keyFrame }, index) => keyFrame !== (index === 0)) ||
      frames.some(({ temporalLayer }, index) => temporalLayer !== pattern[index % 4])
    ) {
      const seen = frames.map(({ keyFrame, temporalLayer }) => (keyFrame ? 'K' : temporalLayer)).join('');
      throw new Error(`this Chromium encodes VP8 in another pattern than L1T3 (${seen})`);
    }
  }
  if (audio.some((frames) => frames.length === 0)) throw new Error('this Chromium encoded no Opus');
}
