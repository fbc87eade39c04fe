import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { voice, voiceRate, wav } from '../../bench/recording/voice.ts';

export interface Color {
  red: number;
  green: number;
  blue: number;
}

/** Writes a Y4M file of one color, 320x180 at 15 fps, for the fake camera. @returns its path */
export async function writeColorVideo(folder: string, { red, green, blue }: Color): Promise<string> {
  const [width, height] = [320, 180];
  // BT.601, limited range: what a browser assumes of a file without any word about it.
  const y = Math.round(16 + 0.257 * red + 0.504 * green + 0.098 * blue);
  const u = Math.round(128 - 0.148 * red - 0.291 * green + 0.439 * blue);
  const v = Math.round(128 + 0.439 * red - 0.368 * green - 0.071 * blue);
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(width * height, y),
    Buffer.alloc((width * height) / 4, u),
    Buffer.alloc((width * height) / 4, v),
  ]);
  const path = join(folder, `color-${red}-${green}-${blue}.y4m`);
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`);
  await writeFile(path, Buffer.concat([header, frame, frame, frame]));
  return path;
}

/** Writes two seconds of a sine at `hertz` (a whole number, so that it loops without a click) as WAV. @returns its path */
export async function writeTone(folder: string, hertz: number): Promise<string> {
  const samples = new Int16Array(voiceRate * 2);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = Math.round(0.5 * 32_767 * Math.sin((2 * Math.PI * hertz * at) / voiceRate));
  }
  const path = join(folder, `tone-${hertz}.wav`);
  await writeFile(path, wav(samples));
  return path;
}

/**
 * Writes four seconds that a browser's noise suppression and a server take for speech, with a breath at the end. The
 * fake device's own beep is as good as silence to both. @returns its path
 */
export async function writeVoice(folder: string): Promise<string> {
  const [seconds, breathSeconds] = [4, 0.4];
  const path = join(folder, 'voice.wav');
  await writeFile(path, wav(voice(seconds).fill(0, Math.round(voiceRate * (seconds - breathSeconds)))));
  return path;
}
