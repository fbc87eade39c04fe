import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RecordedFootage } from '../../../bench/media/footage.ts';
import { readRecording, writeRecording } from '../../../bench/recording/recording.ts';
import { type TempDir, tempDir } from '../../support/temp-dir.ts';

const test = suite('recording');
let directory: TempDir;
test.before(async () => {
  directory = await tempDir();
});
test.after(() => directory.remove());

const layer = (width: number, size: number) => ({
  width,
  height: width / 2,
  frames: [0, 2, 1, 2].map((temporalLayer, index) => ({
    temporalLayer,
    data: new Uint8Array(size).fill(index),
  })),
});
const recording = {
  framesPerSecond: 25,
  layers: [layer(320, 5), layer(640, 9)],
  audio: [Uint8Array.of(1, 10, 3), Uint8Array.of(4)],
  thinAudio: [Uint8Array.of(7, 8), Uint8Array.of(10)],
};

test('what is written is read again; a file that was cut off is refused', async () => {
  const file = join(directory.path, 'recording.bin');
  await writeRecording(file, recording);
  const read = await readRecording(file);
  assert.equal(
    read.layers.map(({ frames }) => frames.map(({ data }) => [...data])),
    recording.layers.map(({ frames }) => frames.map(({ data }) => [...data])),
  );
  assert.equal(
    read.audio.map((data) => [...data]),
    [[1, 10, 3], [4]],
  );
  assert.equal(
    read.thinAudio.map((data) => [...data]),
    [[7, 8], [10]],
  );
  assert.is(read.framesPerSecond, 25);
  await truncate(file, 270);
  const error = await readRecording(file).catch((reason: unknown) => reason);
  assert.instance(error, Error);
});

test('it plays in a loop in all layers at once, and a wanted key frame is its beginning', () => {
  const footage = new RecordedFootage(recording);
  const next = (keyFrame = false) => footage.next(keyFrame).map(({ data }) => data?.[0]);
  assert.equal(
    Array.from({ length: 6 }, () => next()),
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [0, 0],
      [1, 1],
    ],
  );
  assert.equal(next(true), [0, 0]);
  const [second] = footage.next(false);
  assert.equal([second?.keyFrame, second?.temporalLayer, second?.layerSync], [false, 2, true]);
});

test.run();
