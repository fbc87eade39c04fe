import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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

const samplesPerSecond = 48_000;

/** Writes two seconds of a sine at `hertz` (a whole number, so that it loops without a click) as WAV. @returns its path */
export function writeTone(folder: string, hertz: number): Promise<string> {
  const samples = new Int16Array(samplesPerSecond * 2);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = Math.round(0.5 * 32_767 * Math.sin((2 * Math.PI * hertz * at) / samplesPerSecond));
  }
  return writeWav(join(folder, `tone-${hertz}.wav`), samples);
}

/**
 * Writes four seconds that a browser's noise suppression and a server take for speech: vowels of a gliding voice,
 * five syllables a second, a breath at the end. The fake device's own beep is as good as silence to both. @returns its path
 */
export function writeVoice(folder: string): Promise<string> {
  const [seconds, breathSeconds, syllableSeconds] = [4, 0.4, 0.2];
  /** first and second formant of a, e, i, o, u in Hz */
  const vowels = [
    [800, 1200],
    [450, 2100],
    [280, 2400],
    [460, 850],
    [310, 750],
  ] as const;
  const samples = new Int16Array(samplesPerSecond * seconds);
  let phase = 0;
  for (let at = 0; at < samples.length; at += 1) {
    const time = at / samplesPerSecond;
    const pitch = 120 + 25 * Math.sin(2 * Math.PI * 0.7 * time);
    phase += (2 * Math.PI * pitch) / samplesPerSecond;
    if (time > seconds - breathSeconds) continue;
    const vowel = vowels[Math.floor(time / syllableSeconds) % vowels.length] ?? vowels[0];
    const loudness = Math.sin((Math.PI * (time % syllableSeconds)) / syllableSeconds) ** 0.5;
    let sum = 0;
    for (let harmonic = 1; harmonic * pitch < 3500; harmonic += 1) {
      const near = vowel.map((formant) => Math.exp(-(((harmonic * pitch - formant) / 150) ** 2)));
      sum += (0.1 / harmonic + Math.max(...near)) * Math.sin(harmonic * phase);
    }
    samples[at] = Math.round(8000 * loudness * Math.max(-4, Math.min(4, sum)));
  }
  return writeWav(join(folder, 'voice.wav'), samples);
}

async function writeWav(path: string, samples: Int16Array): Promise<string> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(samplesPerSecond, 24);
  header.writeUInt32LE(samplesPerSecond * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  await writeFile(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
  return path;
}
