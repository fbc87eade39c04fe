import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
} from '../../src/protocol/codec.ts';
import { ProtocolError } from '../../src/protocol/errors.ts';
import type { ClientFrame, RequestName, ServerFrame } from '../../src/protocol/messages.ts';
import {
  notificationFrames,
  notificationNames,
  otherClientFrames,
  otherServerFrames,
  requestFrames,
  requestNames,
  responseFrames,
} from './arbitrary-frames.ts';

const test = suite('codec');
const roundTrips = { numRuns: 60 };

function clientRoundTrip(frames: fc.Arbitrary<ClientFrame>): void {
  fc.assert(
    fc.property(frames, (frame) => assert.equal(decodeClientFrame(encodeClientFrame(frame)), frame)),
    roundTrips,
  );
}
function serverRoundTrip(frames: fc.Arbitrary<ServerFrame>, name?: RequestName): void {
  fc.assert(
    fc.property(frames, (frame) => assert.equal(decodeServerFrame(encodeServerFrame(frame, name)), frame)),
    roundTrips,
  );
}

for (const name of requestNames) {
  test(`request ${name} survives the wire`, () => clientRoundTrip(requestFrames(name)));
  test(`the answer to ${name} survives the wire`, () => serverRoundTrip(responseFrames(name), name));
}
for (const name of notificationNames) {
  test(`notification ${name} survives the wire`, () => serverRoundTrip(notificationFrames(name)));
}
for (const [type, frames] of Object.entries(otherClientFrames)) {
  test(`${type} survives the wire`, () => clientRoundTrip(frames));
}
for (const [type, frames] of Object.entries(otherServerFrames)) {
  test(`${type} survives the wire`, () => serverRoundTrip(frames));
}

for (const [side, decode] of [
  ['client', decodeClientFrame],
  ['server', decodeServerFrame],
] as const) {
  const understands = (bytes: Uint8Array) => {
    try {
      decode(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      assert.is(error.reason, 'bad-frame');
    }
  };
  test(`random bytes as a ${side} frame: understood or ProtocolError bad-frame, nothing else`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), understands), { numRuns: 3000 });
  });

  test(`damaged ${side} frames: understood or ProtocolError bad-frame, nothing else`, () => {
    const whole = fc
      .oneof(...requestNames.map((name) => requestFrames(name)))
      .map((frame) => encodeClientFrame(frame));
    const damage = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat());
    fc.assert(
      fc.property(whole, damage, (bytes, [at, value, cut]) => {
        const damaged = bytes.slice();
        damaged[at % damaged.length] = value;
        understands(damaged);
        understands(bytes.slice(0, cut % bytes.length));
      }),
      { numRuns: 1500 },
    );
  });

  test(`an empty ${side} frame is refused`, () => {
    assert.throws(
      () => decode(new Uint8Array()),
      (error: unknown) => error instanceof ProtocolError,
    );
  });
}

test('a request of a kind that this version does not know is refused, not taken for another', () => {
  // Field 2 of ClientFrame (request), holding id = 1 and field 1000 with an empty message.
  const unknown = new Uint8Array([0x12, 0x05, 0x08, 0x01, 0xc2, 0x3e, 0x00]);
  assert.throws(
    () => decodeClientFrame(unknown),
    (error: unknown) => error instanceof ProtocolError,
  );
});

test('a refusal with a code of a newer server is internal, with its own words', () => {
  const bytes = encodeServerFrame({
    type: 'refusal',
    sequence: 1,
    requestId: 1,
    refusal: { code: 'code-from-the-future' as never, message: 'Words.', detail: '' },
  });
  const frame = decodeServerFrame(bytes);
  assert.is(frame.type === 'refusal' && frame.refusal.code, 'internal');
  assert.is(frame.type === 'refusal' && frame.refusal.message, 'Words.');
});

test('deep nesting is refused instead of exhausting the stack', () => {
  // Field 15 opens a group, in it field 15 opens a group, …
  const bytes = new Uint8Array(60_000).fill(0x7b);
  assert.throws(
    () => decodeClientFrame(bytes),
    (error: unknown) => error instanceof ProtocolError,
  );
});

test.run();
