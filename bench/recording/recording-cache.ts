import { access, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { CameraFormat } from '../media/camera-layers.ts';
import { record } from './record.ts';
import { type Recording, writeRecording } from './recording.ts';

/** Raise it with every change of what is painted, spoken or how it is encoded. */
const recipeVersion = 3;
/** Ten seconds and a bit: a multiple of the four frames of the temporal pattern. */
const frameCount = 256;
/** Half of it, one temporal layer less, is still more than 12. */
export const recordedCamera: CameraFormat = { width: 1280, height: 720, framesPerSecond: 25 };

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
  const recording = await record(recordedCamera, frameCount);
  await writeRecording(unfinished, recording);
  // Atomic: a reader sees the whole file or none.
  await rename(unfinished, file);
  say(describe(recording));
  return file;
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
