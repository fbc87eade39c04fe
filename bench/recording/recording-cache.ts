import { access, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { serveBlankPage } from '../../test/support/blank-page.ts';
import { launchChromium, openPages } from '../../test/support/chromium.ts';
import { type CameraFormat, cameraLayers } from '../media/camera-layers.ts';
import { type Encoded, encodeInPage } from './encode-in-page.ts';
import { type Recording, writeRecording } from './recording.ts';

/** Raise it with every change of what is painted, spoken or how it is encoded. */
const recipeVersion = 1;
/** Ten seconds and a bit: a multiple of the four frames of the temporal pattern. */
const frameCount = 256;
/** Half of it, one temporal layer less, is still more than 12. */
export const recordedCamera: CameraFormat = { width: 1280, height: 720, framesPerSecond: 25 };
const audioBitrate = 32_000;

/**
 * The recording's file, `${XDG_CACHE_HOME:-~/.cache}/plenum/bench/recording-<version>.bin`; made with Chromium when it is
 * not there yet, in about half a minute.
 */
export async function recordingFile(say: (text: string) => void): Promise<string> {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(base, 'plenum', 'bench');
  const file = join(folder, `recording-${recipeVersion}.bin`);
  try {
    await access(file);
    return file;
  } catch {
    say('Recording what the load clients play (once) …');
  }
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const recording = await record();
  await writeRecording(unfinished, recording);
  // Atomic: a reader sees the whole file or none.
  await rename(unfinished, file);
  say(describe(recording));
  return file;
}

/** The encodings the web client asks its browser for, encoded by that browser. */
async function record(): Promise<Recording> {
  const blank = await serveBlankPage();
  const browser = await launchChromium();
  try {
    const [page] = await openPages(browser, 1);
    if (!page) throw new Error('no page');
    await page.goto(blank.url);
    const { framesPerSecond } = recordedCamera;
    const layers = cameraLayers(recordedCamera).map(({ width, height, bitrate }) => ({
      width,
      height,
      bitrate,
    }));
    const encoded = await page.evaluate(encodeInPage, {
      framesPerSecond,
      frames: frameCount,
      warmUpFrames: 48,
      layers,
      audioBitrate,
    });
    check(encoded);
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
      audio: encoded.audio.map((data) => Buffer.from(data, 'base64')),
    };
  } finally {
    await browser.close();
    await blank.close();
  }
}

/** @throws Error when the encoder did something that cannot be played in a loop with the layers in step */
function check({ layers, audio }: Encoded): void {
  for (const { frames } of layers) {
    const pattern = [0, 2, 1, 2];
    if (
      frames.length !== frameCount ||
      frames.some(({ keyFrame }, index) => keyFrame !== (index === 0)) ||
      frames.some(({ temporalLayer }, index) => temporalLayer !== pattern[index % 4])
    ) {
      const seen = frames.map(({ keyFrame, temporalLayer }) => (keyFrame ? 'K' : temporalLayer)).join('');
      throw new Error(`this Chromium encodes VP8 in another pattern than L1T3 (${seen})`);
    }
  }
  if (audio.length < 100) throw new Error('this Chromium encoded no Opus');
}

function describe({ framesPerSecond, layers, audio }: Recording): string {
  const kilobits = (pieces: readonly { length: number }[], perSecond: number) =>
    ((pieces.reduce((sum, { length }) => sum + length, 0) * 8 * perSecond) / pieces.length / 1000).toFixed(0);
  const pictures = layers.map(
    ({ width, height, frames }) =>
      `${width}x${height} ${kilobits(
        frames.map(({ data }) => data),
        framesPerSecond,
      )}`,
  );
  return `Recorded ${pictures.join(', ')}, speech ${kilobits(audio, 50)} kbit/s`;
}
