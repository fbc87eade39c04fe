import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refitEncodings, videoEncodings } from '../../src/client/engine/encodings.ts';

const test = suite('encodings');

function size(width: number, height: number, frameRate = 30) {
  return { width, height, frameRate };
}
function kbits(encodings: { maxBitrate: number }[]): number[] {
  return encodings.map(({ maxBitrate }) => maxBitrate / 1000);
}
function scales(encodings: { scaleResolutionDownBy?: number }[]): (number | undefined)[] {
  return encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
}

for (const [width, height, expected] of [
  [1920, 1080, [4, 2, 1]],
  [1280, 720, [4, 2, 1]],
  [960, 540, [4, 2, 1]],
  [720, 1280, [4, 2, 1]],
  [640, 480, [2, 1]],
  [640, 360, [2, 1]],
  [480, 270, [2, 1]],
  [320, 240, [1]],
  [320, 180, [1]],
  [160, 90, [1]],
] as const) {
  test(`a camera of ${width}x${height} in VP8 and H264 is sent in ${expected.length} sizes`, () => {
    for (const codec of ['video/VP8', 'video/H264']) {
      assert.equal(scales(videoEncodings('camera', size(width, height), codec, true)), expected);
    }
  });
}

test('bit rates of a 720p camera', () => {
  assert.equal(kbits(videoEncodings('camera', size(1280, 720), 'video/VP8', true)), [150, 500, 1700]);
});

test('more pixels never get fewer bits, and none gets nothing', () => {
  let last = 0;
  for (const [width, height] of [
    [160, 90],
    [320, 180],
    [640, 360],
    [960, 540],
    [1280, 720],
    [1920, 1080],
    [3840, 2160],
  ] as const) {
    const top = videoEncodings('camera', size(width, height), 'video/VP8', true).at(-1)?.maxBitrate ?? 0;
    assert.ok(top >= last && top >= 60_000 && top <= 4_000_000);
    last = top;
  }
});

test('VP9 is one stream with as many spatial layers as the size allows, AV1 with temporal ones only', () => {
  const modes = (codec: string, width: number, height: number) =>
    videoEncodings('camera', size(width, height), codec, true).map(({ scalabilityMode }) => scalabilityMode);
  assert.equal(modes('video/VP9', 1280, 720), ['L3T3_KEY']);
  assert.equal(modes('video/VP9', 640, 360), ['L2T3_KEY']);
  assert.equal(modes('video/VP9', 160, 90), ['L1T3']);
  assert.equal(modes('video/AV1', 1280, 720), ['L1T3']);
});

test('a browser that cannot layer is not asked to', () => {
  for (const codec of ['video/VP9', 'video/AV1']) {
    assert.equal(videoEncodings('camera', size(1280, 720), codec, false)[0]?.scalabilityMode, undefined);
  }
  assert.is(videoEncodings('screen', size(1920, 1080), 'video/VP8', false)[0]?.scalabilityMode, undefined);
});

test('a screen is sent once, in full size, at few frames', () => {
  for (const codec of ['video/VP8', 'video/H264', 'video/VP9', 'video/AV1']) {
    const encodings = videoEncodings('screen', size(2560, 1440), codec, true);
    assert.is(encodings.length, 1);
    assert.is(encodings[0]?.maxFramerate, 15);
    assert.is(encodings[0]?.scaleResolutionDownBy ?? 1, 1);
    assert.ok((encodings[0]?.maxBitrate ?? 0) <= 2_500_000);
  }
});

test('another camera on the same sender: upper encodings rest, the full size moves down', () => {
  const fitted = refitEncodings(3, size(640, 360));
  assert.equal(
    fitted.map(({ active, scaleResolutionDownBy }) => [active, scaleResolutionDownBy]),
    [
      [true, 2],
      [true, 1],
      [false, 1],
    ],
  );
  assert.ok(refitEncodings(3, size(1280, 720)).every(({ active }) => active));
  assert.equal(scales(refitEncodings(2, size(1280, 720))), [2, 1]);
});

test.run();
