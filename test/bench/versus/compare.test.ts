import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparedRow, conclusions, doubts, median } from '../../../bench/versus/compare.ts';

const test = suite('versus: comparison');

const row = (name: string, ratio: number | undefined): ComparedRow => ({
  name,
  unit: 'µs',
  better: 'less',
  plenum: 1,
  other: ratio,
  ratio,
});

test('the median of an even number of runs lies between the two in the middle', () => {
  assert.is(median([]), undefined);
  assert.is(median([3]), 3);
  assert.is(median([5, 1, 3]), 3);
  assert.is(median([4, 1, 2, 9]), 3);
});

test('who is ahead where is said, and where nobody is', () => {
  const rows = [
    row('a', 2),
    row('b', 0.5),
    row('c', 1.05),
    row('d', undefined),
    { ...row('forwarded', 3), better: undefined },
  ];
  assert.equal(conclusions(rows, 'other'), [
    'Plenum is ahead of other in: a (2.00 ×).',
    'other is ahead of Plenum in: b (2.00 ×).',
    'No difference (within 10 %) in: c.',
  ]);
  assert.match(conclusions([], 'other').join(), /in: nothing\./);
});

test('a different load is told', () => {
  const forwarded = (ratio: number | undefined) =>
    doubts([{ ...row('forwarded', ratio), unit: 'packets/s' }]);
  assert.equal(forwarded(1.04), []);
  assert.match(forwarded(0.8).join(), /-20 %/);
  assert.match(forwarded(undefined).join(), /nothing/);
});

test.run();
