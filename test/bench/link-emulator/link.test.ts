import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Link, type LinkShape, perfectLink, seededRandom } from '../../../bench/link-emulator/link.ts';

const test = suite('link');

function run(shape: Partial<LinkShape>, packets: number, everyMs: number, size: number, seed = 1) {
  const link = new Link({ ...perfectLink, ...shape }, seededRandom(seed));
  const arrivals = Array.from({ length: packets }, (_, index) => link.send(index * everyMs, size));
  return { arrivals, counters: link.takeCounters() };
}

test('an unlimited line delivers at once', () => {
  assert.equal(run({}, 3, 10, 1000).arrivals, [0, 10, 20]);
});

test('rate spreads packets, the queue is bounded, the rest is dropped', () => {
  // 1000 bytes at 80 kbit/s take 100 ms each; 250 ms of queue hold two more behind the one on the line and a bit.
  const { arrivals, counters } = run({ rate: 80_000, queueMs: 250 }, 10, 0, 1000);
  assert.equal(arrivals.slice(0, 4), [100, 200, 300, undefined]);
  assert.is(counters.dropped, 7);
  assert.is(counters.longestQueueMs, 200);
});

test('delay is added, jitter keeps the order', () => {
  const { arrivals } = run({ delayMs: 50, jitterMs: 40 }, 200, 1, 100);
  const times = arrivals as number[];
  assert.ok(times.every((time, index) => time >= index + 50 && time <= index + 50 + 40 + 40));
  assert.ok(times.every((time, index) => index === 0 || time >= (times[index - 1] as number)));
});

test('random loss is about what was asked, and the same for the same seed', () => {
  const first = run({ loss: 0.1 }, 10_000, 1, 100, 7);
  assert.equal(first.arrivals, run({ loss: 0.1 }, 10_000, 1, 100, 7).arrivals);
  assert.ok(first.counters.lost > 850 && first.counters.lost < 1150, String(first.counters.lost));
});

test('burst loss comes in bursts', () => {
  const burst = { toBad: 0.01, toGood: 0.2, lossInGood: 0, lossInBad: 1 };
  const { arrivals } = run({ burst }, 20_000, 1, 100);
  const losses = arrivals.map((arrival) => arrival === undefined);
  const lost = losses.filter(Boolean).length;
  const runs = losses.filter((isLost, index) => isLost && !losses[index - 1]).length;
  // Mean burst length 1 / toGood = 5.
  assert.ok(lost / runs > 3.5 && lost / runs < 6.5, `${lost} in ${runs}`);
});

test('bursts that last a time take as much of it whether much or little is sent', () => {
  const burst = { goodMs: 900, badMs: 100, lossInGood: 0, lossInBad: 1 };
  for (const everyMs of [2, 50]) {
    const { arrivals, counters } = run({ burst }, 400_000 / everyMs, everyMs, 100);
    const share = counters.lost / arrivals.length;
    assert.ok(share > 0.07 && share < 0.13, `${share} at one packet in ${everyMs} ms`);
  }
});

test('reordering lets later packets overtake', () => {
  const times = run({ reorder: 0.2, reorderMs: 30 }, 500, 5, 100).arrivals as number[];
  assert.ok(times.some((time, index) => index > 0 && time < (times[index - 1] as number)));
});

test('down: nothing passes', () => {
  assert.equal(run({ down: true }, 3, 1, 100).arrivals, [undefined, undefined, undefined]);
});

test.run();
