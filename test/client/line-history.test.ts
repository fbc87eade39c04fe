import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LineHistory, momentBetween } from '../../src/client/media/line-history.ts';
import type { LineSample } from '../../src/client/media/reception-report.ts';

const test = suite('line history');

function sample(at: number, bytes: number, packetsReceived: number, packetsLost: number): LineSample {
  const transport = { state: 'connected' as const, bytesSent: bytes / 2, bytesReceived: bytes };
  return {
    at,
    receive: {
      ...transport,
      roundTripMs: 31,
      received: { packetsReceived, packetsLost, freezes: 0, jitterMs: 4, audio: [] },
    },
    send: {
      ...transport,
      availableOutgoingBitrate: 900_000,
      sent: {
        packetsSent: 1,
        fractionLost: 0.02,
        audioPacketsSent: 0,
        audioSendDelayMs: 0,
        limitedByBandwidth: false,
      },
    },
  };
}

test('rates, loss and delay between two looks', () => {
  assert.equal(momentBetween(sample(1000, 10_000, 100, 5), sample(3000, 110_000, 190, 15)), {
    at: 3000,
    sentBitrate: 200_000,
    receivedBitrate: 400_000,
    sentLost: 0.02,
    receivedLost: 0.1,
    jitterMs: 4,
    roundTripMs: 31,
    availableOutgoingBitrate: 900_000,
  });
});

test('what cannot be known is absent; counters that begin anew count nothing', () => {
  assert.equal(momentBetween({ at: 0 }, { at: 1000 }), { at: 1000, sentBitrate: 0, receivedBitrate: 0 });
  const anew = momentBetween(sample(0, 90_000, 100, 9), sample(1000, 10_000, 10, 0));
  assert.is(anew.receivedBitrate, 0);
  assert.is(anew.receivedLost, undefined);
});

test('the last two minutes are kept', () => {
  const history = new LineHistory();
  for (let second = 1; second <= 200; second++)
    history.add({ at: second * 1000 - 1000 }, { at: second * 1000 });
  assert.is(history.moments.length, 120);
  assert.is(history.moments[0]?.at, 81_000);
  assert.is(history.moments.at(-1)?.at, 200_000);
});

test.run();
