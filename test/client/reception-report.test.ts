import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReceivedAudioCounters, ReceivedCounters } from '../../src/client/index.ts';
import { isMuchTheSame, type LineSample, receptionBetween } from '../../src/client/media/reception-report.ts';

const test = suite('reception report');

function audio(id: string, counters: Partial<ReceivedAudioCounters>): ReceivedAudioCounters {
  const none = {
    packets: 0,
    samples: 0,
    concealedSamples: 0,
    jitterBufferDelayMs: 0,
    jitterBufferEmitted: 0,
  };
  return { id, ...none, ...counters };
}
function sample(at: number, bytesReceived: number, received?: Partial<ReceivedCounters>): LineSample {
  const none = { packetsReceived: 0, packetsLost: 0, freezes: 0, audio: [] };
  return {
    at,
    receive: {
      state: 'connected',
      bytesSent: 0,
      bytesReceived,
      roundTripMs: 31.4,
      ...(received && { received: { ...none, ...received } }),
    },
  };
}

test('what has grown between two moments', () => {
  const before = sample(1000, 10_000, { packetsReceived: 100, packetsLost: 5, freezes: 1 });
  const now = sample(3000, 110_000, { packetsReceived: 300, packetsLost: 8, freezes: 3 });
  assert.equal(receptionBetween(before, now), {
    intervalMs: 2000,
    receivedBitrate: 400_000,
    packetsReceived: 200,
    packetsLost: 3,
    concealed: 0,
    jitterBufferMs: 0,
    freezes: 2,
    roundTripMs: 31,
    availableOutgoingBitrate: 0,
    uplinkLost: 0,
  });
});

test('only streams that carry speech tell how speech sounds', () => {
  const silent = audio('b', { packets: 2, samples: 48_000, concealedSamples: 0 });
  const speaking = audio('a', {
    packets: 48,
    samples: 48_000,
    concealedSamples: 4800,
    jitterBufferDelayMs: 48_000 * 80,
    jitterBufferEmitted: 48_000,
  });
  const report = receptionBetween(sample(0, 0), sample(1000, 1, { audio: [silent, speaking] }));
  assert.is(report.concealed, 0.1);
  assert.is(report.jitterBufferMs, 80);
});

test('an outage is not silence', () => {
  const before = audio('a', { packets: 100, samples: 96_000, concealedSamples: 0 });
  const now = audio('a', { packets: 100, samples: 144_000, concealedSamples: 24_000 });
  const report = receptionBetween(sample(0, 5, { audio: [before] }), sample(1000, 5, { audio: [now] }));
  assert.is(report.concealed, 0.5);
});

test('new transports count from zero: never less than nothing, shares never above one', () => {
  const before = sample(0, 9999, { packetsReceived: 500, packetsLost: 50, freezes: 5 });
  const now = sample(1000, 10, { packetsReceived: 3, packetsLost: -2, freezes: 0 });
  const report = receptionBetween(before, now);
  for (const value of Object.values(report)) assert.ok(value >= 0);
  const send = { state: 'connected', bytesSent: 0, bytesReceived: 0, sent: sentWith(1.7) } as const;
  assert.is(receptionBetween(now, { at: 2000, send }).uplinkLost, 1);
  assert.ok(receptionBetween(now, { at: 1000 }).intervalMs >= 1, 'the server refuses intervals of nothing');
});

test('a report with nothing new may wait, one with trouble never', () => {
  const calm = receptionBetween(sample(0, 0), sample(1000, 50_000, { packetsReceived: 50 }));
  assert.ok(
    isMuchTheSame(calm, { ...calm, receivedBitrate: calm.receivedBitrate + 15_000, roundTripMs: 40 }),
  );
  for (const trouble of [
    { packetsLost: 1 },
    { concealed: 0.02 },
    { freezes: 1 },
    { uplinkLost: 0.1 },
    { receivedBitrate: 200_000 },
    { roundTripMs: 90 },
    { jitterBufferMs: 120 },
    { availableOutgoingBitrate: 300_000 },
  ]) {
    assert.not(isMuchTheSame(calm, { ...calm, ...trouble }), JSON.stringify(trouble));
  }
});

function sentWith(fractionLost: number) {
  return {
    packetsSent: 1,
    fractionLost,
    audioPacketsSent: 0,
    audioSendDelayMs: 0,
    limitedByBandwidth: false,
  };
}

test.run();
