import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparedRow, conclusions, doubts } from '../../../bench/versus/compare.ts';

const test = suite('versus: comparison');

const point = (median: number) => ({ median, least: median, most: median, runs: 2 });
const row = (name: string, ratio: number | undefined, ahead?: ComparedRow['ahead']): ComparedRow => ({
  name,
  unit: 'µs',
  plenum: point(1),
  other: ratio === undefined ? undefined : point(ratio),
  ratio,
  ahead,
});

test('who is ahead where is said, and where nobody is', () => {
  const rows = [
    row('a', 2, 'plenum'),
    row('b', 0.5, 'other'),
    row('c', 1.05, 'neither'),
    row('d', undefined),
  ];
  assert.equal(conclusions(rows, 'other'), [
    'Plenum is ahead of other in: a (2.00 ×).',
    'other is ahead of Plenum in: b (2.00 ×).',
    'No difference beyond chance in: c.',
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
