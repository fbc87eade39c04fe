import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measurePhase } from '../../../bench/weak-link/measure-phase.ts';
import type { LineSample } from '../../../bench/weak-link/measures.ts';
import type { PageSample, ReceivedStream } from '../../../bench/weak-link/page-probe.ts';

const test = suite('measures of a phase');
const window = { from: 0, to: 20_000 };
const measuring = { speaker: 'Speaker', rate: 300_000, fullHeight: 720 };

function stream(kind: 'audio' | 'video', change: Partial<ReceivedStream>): ReceivedStream {
  return {
    name: 'Speaker',
    kind,
    id: kind,
    bytes: 0,
    packetsLost: 0,
    frames: 0,
    height: 0,
    freezes: 0,
    frozenMs: 0,
    samples: 0,
    concealed: 0,
    silentlyConcealed: 0,
    slowedDown: 0,
    bufferDelay: 0,
    bufferEmitted: 0,
    ...change,
  };
}

/** A look every 250 ms for 20 s. */
function looks(
  change: (second: number) => { height?: number; concealed?: number; heldBack?: boolean },
): PageSample[] {
  return Array.from({ length: 81 }, (_, index) => {
    const second = index / 4;
    const { height = 720, concealed = 0, heldBack = false } = change(second);
    return {
      at: second * 1000,
      received: [
        stream('video', { height, frames: index * 6 }),
        stream('audio', { samples: second * 48_000, concealed }),
      ],
      sent: [
        { kind: 'video', id: 'a', rid: 'r0', bytes: second * 10_000, frames: 0, height: 180, target: 1 },
        { kind: 'video', id: 'b', rid: 'r1', bytes: second * 5000, frames: 0, height: 0, target: 1 },
      ],
      roundTripMs: 20,
      tiles: [{ name: 'Speaker', heldBack, height: 500 }],
      notices: [],
      painted: Array.from({ length: 6 }, (_picture, number) => ({ at: second * 1000 + number * 40, height })),
    };
  });
}

function line(kilobits: number): LineSample[] {
  const counters = { packets: 1, lost: 0, dropped: 1, queuedMs: 0, longestQueueMs: 80 };
  const bytes = (kilobits * 250) / 8;
  const down = { ...counters, bytes };
  return Array.from({ length: 80 }, (_, index) => ({
    at: (index + 1) * 250,
    overMs: 250,
    down,
    up: { ...counters, bytes: 0 },
  }));
}

function measured(change: Parameters<typeof looks>[0], kilobits = 150) {
  const page = looks(change);
  return measurePhase({ page, behind: page, line: line(kilobits) }, window, measuring);
}

test('an even picture on half of the line', () => {
  const measures = measured(() => ({}));
  assert.is(measures.frozenMs, 0);
  assert.is(measures.changes, 0);
  assert.is(measures.settledAfter, 0);
  assert.is(measures.fullAfter, 0);
  assert.ok(Math.abs((measures.afterwards.lineUsed ?? 0) - 0.5) < 0.01);
  assert.ok(Math.abs(measures.downDropped - 0.5) < 0.01);
  assert.ok(measures.framesPerSecond > 23 && measures.framesPerSecond < 26);
});

test('speech counts after the settling time only', () => {
  const measures = measured((second) => ({ concealed: second < 2 ? second * 48_000 : 2 * 48_000 }));
  assert.is(measures.concealed, 0);
  const later = measured((second) => ({ concealed: second < 10 ? 0 : 17 * 480 }));
  assert.ok(Math.abs((later.concealed ?? 0) - 0.01) < 1e-9);
});

test('changes of the size, when they end, and when it is full for good', () => {
  const measures = measured((second) => ({
    height: second < 1 ? 720 : second < 8 ? 180 : second < 9 ? 360 : 720,
  }));
  assert.is(measures.changes, 3);
  assert.is(measures.afterwards.changesPerMinute, 8);
  assert.is(measures.settledAfter, 1);
  assert.is(measures.fullAfter, 9);
});

test('a mark on the tile explains, and pauses', () => {
  const measures = measured((second) => ({ heldBack: second >= 10 }));
  assert.is(measures.pausedMs, 10_000);
  assert.ok(measures.explained > 0.49 && measures.explained < 0.52);
});

test('what the page sends, by encoding', () => {
  const { sent, sentOfSmallest } = measured(() => ({}));
  assert.equal(sent, [
    { rid: 'r0', rate: 80_000 },
    { rid: 'r1', rate: 40_000 },
  ]);
  assert.is(sentOfSmallest, 1.5);
});

test.run();
