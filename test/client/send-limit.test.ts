import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refitEncodings, videoEncodings } from '../../src/client/engine/encodings.ts';
import { limitAudio, limitVideo, narrower, noLimit } from '../../src/client/engine/send-limit.ts';

const test = suite('send limit');
const simulcast = refitEncodings(3, { width: 1280, height: 720, frameRate: 30 });
const small = refitEncodings(3, { width: 640, height: 360, frameRate: 30 });
const all = Number.POSITIVE_INFINITY;

/** kbit/s of each encoding; 0: off. */
function sent(encodings: { active: boolean; maxBitrate: number }[]): number[] {
  return encodings.map(({ active, maxBitrate }) => (active ? Math.round(maxBitrate / 1000) : 0));
}

for (const [encodings, maxBitrate, expected] of [
  [all, all, [150, 500, 1700]],
  [3, all, [150, 500, 1700]],
  [2, all, [150, 500, 0]],
  [1, all, [150, 0, 0]],
  [0, all, [0, 0, 0]],
  [all, 2_350_000, [150, 500, 1700]],
  [all, 1_500_000, [150, 500, 850]],
  [all, 1_000_000, [150, 500, 0]],
  [all, 500_000, [150, 350, 0]],
  [all, 300_000, [150, 0, 0]],
  [all, 100_000, [100, 0, 0]],
  [all, 20_000, [0, 0, 0]],
  [1, 400_000, [150, 0, 0]],
] as const) {
  test(`720p in three sizes, ${encodings} wanted, ${maxBitrate / 1000} kbit/s: ${expected.join('+')}`, () => {
    assert.equal(sent(limitVideo(simulcast, { encodings, maxBitrate })), [...expected]);
  });
}

test('a camera with fewer sizes than encodings: what rests, rests', () => {
  assert.equal(sent(limitVideo(small, { encodings: 3, maxBitrate: all })).slice(2), [0]);
  assert.equal(
    limitVideo(small, { encodings: 1, maxBitrate: all }).map(({ active }) => active),
    [true, false, false],
  );
});

test('one scalable stream: fewer spatial layers, smaller picture, fewer bits', () => {
  const vp9 = videoEncodings('camera', { width: 1280, height: 720, frameRate: 30 }, 'video/VP9', true);
  const modes = ([3, 2, 1] as const).map((encodings) => limitVideo(vp9, { ...noLimit, encodings })[0]);
  assert.equal(
    modes.map((mode) => [mode?.scalabilityMode, mode?.scaleResolutionDownBy ?? 1]),
    [
      ['L3T3_KEY', 1],
      ['L2T3_KEY', 2],
      ['L1T3', 4],
    ],
  );
  const rates = modes.map((mode) => mode?.maxBitrate ?? 0);
  assert.ok(rates[0] === vp9[0]?.maxBitrate && (rates[1] ?? 0) < (rates[0] ?? 0) / 2);
  assert.is(limitVideo(vp9, { ...noLimit, encodings: 0 })[0]?.active, false);
});

test('a screen, in one size: fewer bits, or off', () => {
  const screen = videoEncodings('screen', { width: 1920, height: 1080, frameRate: 15 }, 'video/VP8', true);
  assert.equal(sent(limitVideo(screen, { encodings: 1, maxBitrate: 300_000 })), [300]);
  assert.equal(sent(limitVideo(screen, { encodings: 0, maxBitrate: all })), [0]);
});

test('speech gets thinner but never less than what can be understood; longer frames when thin', () => {
  const opus = { active: true, maxBitrate: 40_000 };
  assert.equal(limitAudio(opus, noLimit), opus);
  assert.equal(limitAudio(opus, { ...noLimit, maxBitrate: 24_000 }), {
    active: true,
    maxBitrate: 24_000,
  });
  assert.is(limitAudio(opus, { ...noLimit, maxBitrate: 1000 }).maxBitrate, 12_000);
  assert.is(limitAudio(opus, { ...noLimit, encodings: 0 }).active, false);
});

test('of two limits the narrower counts, part by part', () => {
  assert.equal(narrower({ encodings: 1, maxBitrate: 500 }, { encodings: 2, maxBitrate: 300 }), {
    encodings: 1,
    maxBitrate: 300,
  });
});

test.run();
