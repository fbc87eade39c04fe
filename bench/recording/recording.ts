import { readFile, writeFile } from 'node:fs/promises';

/** Encoded media that browsers can decode, in a loop: what load clients play when somebody looks at them. */
export interface Recording {
  framesPerSecond: number;
  /** lowest first; the same pictures in every layer, the first of each is the only key frame */
  layers: RecordedLayer[];
  /** Opus, 20 ms each, somebody who speaks all the time */
  audio: Uint8Array[];
  /** the same as it is encoded for thin lines */
  thinAudio: Uint8Array[];
}

export interface RecordedLayer {
  width: number;
  height: number;
  frames: RecordedFrame[];
}

export interface RecordedFrame {
  temporalLayer: number;
  data: Uint8Array;
}

/** First line of the file; the frames' octets follow in this order. */
interface Index {
  framesPerSecond: number;
  layers: { width: number; height: number; frames: { temporalLayer: number; size: number }[] }[];
  audio: number[];
  thinAudio: number[];
}

export async function writeRecording(
  file: string,
  { framesPerSecond, layers, audio, thinAudio }: Recording,
): Promise<void> {
  const index: Index = {
    framesPerSecond,
    layers: layers.map(({ width, height, frames }) => ({
      width,
      height,
      frames: frames.map(({ temporalLayer, data }) => ({ temporalLayer, size: data.length })),
    })),
    audio: audio.map(({ length }) => length),
    thinAudio: thinAudio.map(({ length }) => length),
  };
  const pieces = [...layers.flatMap(({ frames }) => frames.map(({ data }) => data)), ...audio, ...thinAudio];
  await writeFile(file, [Buffer.from(`${JSON.stringify(index)}\n`), ...pieces]);
}

/** @throws Error when it is cut off */
export async function readRecording(file: string): Promise<Recording> {
  const content = await readFile(file);
  let at = content.indexOf('\n') + 1;
  const { framesPerSecond, layers, audio, thinAudio } = JSON.parse(content.toString('utf8', 0, at)) as Index;
  const take = (size: number): Uint8Array => {
    if (at + size > content.length) throw new Error(`${file} is cut off`);
    at += size;
    return content.subarray(at - size, at);
  };
  return {
    framesPerSecond,
    layers: layers.map(({ width, height, frames }) => ({
      width,
      height,
      frames: frames.map(({ temporalLayer, size }) => ({ temporalLayer, data: take(size) })),
    })),
    audio: audio.map(take),
    thinAudio: thinAudio.map(take),
  };
}
