import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Footprint } from '../../../bench/measure/footprint.ts';
import { growth, memory } from '../../../bench/measure/memory.ts';

const test = suite('what grows');

const series = (value: (index: number) => number, count = 40) =>
  Array.from({ length: count }, (_, index) => ({ at: index * 15, value: value(index) }));
/** The same in each run: between -1 and 1. */
const noise = (index: number) => Math.sin(index * 12.9898) * Math.cos(index * 78.233);

test('noise around a level is no growth, a leak beneath it is', () => {
  assert.not.ok(growth(series((index) => 1000 + 30 * noise(index))).grows);
  const leak = growth(series((index) => 1000 + 30 * noise(index) + 3 * index));
  assert.ok(leak.grows);
  assert.ok(Math.abs(leak.perHour - 720) < 100, `${leak.perHour}`);
});

test('one step at the end, and a fall, are none', () => {
  assert.not.ok(growth(series((index) => (index < 38 ? 1000 : 1400))).grows);
  assert.not.ok(growth(series((index) => 1000 - 2 * index)).grows);
});

test('a steady rise that comes to nothing is none', () => {
  assert.not.ok(growth(series((index) => 100_000 + index)).grows);
});

test('per participant, and what is left of it', () => {
  const print = (moment: Footprint['moment'], participants: number, heap: number): Footprint => ({
    second: 0,
    moment,
    participants,
    nodeHeapOctets: heap,
    nodeResidentOctets: 3 * heap,
    workerResidentOctets: 2 * heap,
    descriptors: 10,
    handles: 5,
    resources: {},
  });
  const found = memory([print('empty', 0, 1000), print('full', 4, 3000), print('after', 0, 1100)]);
  assert.is(found?.heapPerParticipant, 500);
  assert.is(found?.workerResidentPerParticipant, 1000);
  assert.is(found?.heapAfter, 1.1);
  assert.is(memory([print('empty', 0, 1000)]), undefined);
});

test.run();
