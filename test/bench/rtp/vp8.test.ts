import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readVp8Payload, writeVp8Descriptor, writeVp8FrameHeader } from '../../../bench/rtp/vp8.ts';

const test = suite('VP8 framing');

function payload(frame: { startOfFrame: boolean; keyFrame: boolean; temporalLayer: number }): Buffer {
  const buffer = Buffer.alloc(60);
  const at = writeVp8Descriptor(buffer, 0, {
    ...frame,
    pictureId: 0x7abc,
    tl0PictureIndex: 300,
    layerSync: true,
  });
  if (frame.startOfFrame) {
    writeVp8FrameHeader(buffer, at, { keyFrame: frame.keyFrame, width: 1280, height: 720, frameSize: 9000 });
  }
  return buffer;
}

test('a key frame begins with its start code and size', () => {
  const buffer = payload({ startOfFrame: true, keyFrame: true, temporalLayer: 0 });
  assert.equal([...buffer.subarray(9, 12)], [0x9d, 0x01, 0x2a]);
  assert.equal(readVp8Payload(buffer, 0, buffer.length), {
    startOfFrame: true,
    keyFrame: true,
    temporalLayer: 0,
    pictureId: 0x7abc,
    width: 1280,
    height: 720,
  });
});

test('other frames and later packets are no key frames', () => {
  const delta = readVp8Payload(payload({ startOfFrame: true, keyFrame: false, temporalLayer: 2 }), 0, 60);
  assert.is(delta?.keyFrame, false);
  assert.is(delta?.temporalLayer, 2);
  const later = readVp8Payload(payload({ startOfFrame: false, keyFrame: true, temporalLayer: 0 }), 0, 60);
  assert.is(later?.startOfFrame, false);
  assert.is(later?.keyFrame, false);
});

test('descriptors of every length are understood, cut ones are not', () => {
  // Without extension: the frame header follows at once.
  assert.is(readVp8Payload(Buffer.from([0x10, 0x00]), 0, 2)?.keyFrame, true);
  // 7-bit picture id only.
  assert.is(readVp8Payload(Buffer.from([0x90, 0x80, 0x05, 0x01]), 0, 4)?.pictureId, 5);
  const whole = payload({ startOfFrame: true, keyFrame: true, temporalLayer: 1 });
  for (let size = 0; size <= 6; size++)
    assert.is(readVp8Payload(whole, 0, size), undefined, `${size} octets`);
});

test.run();
