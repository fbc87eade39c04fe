import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chanceOfError, type Judgement, judgeChange } from '../../../bench/report/judgement.ts';
import { spreadOf } from '../../../bench/report/spread.ts';

const test = suite('judgement');

const table: [base: number[], other: number[], better: 'less' | 'more' | 'neither', Judgement][] = [
  [[10], [10], 'less', 'same'],
  [[0], [0], 'less', 'same'],
  [[5, 5], [5, 5, 5], 'more', 'same'],
  // single runs
  [[10], [11.9], 'less', 'could be noise'],
  [[10], [8.1], 'less', 'could be noise'],
  [[10], [12.1], 'less', 'worse'],
  [[10], [7], 'less', 'better'],
  [[10], [12.1], 'more', 'better'],
  [[10], [7], 'more', 'worse'],
  [[10], [20], 'neither', 'different'],
  [[0], [0.1], 'less', 'worse'],
  [[-10], [-30], 'less', 'better'],
  // several runs
  [[10, 11, 12], [12, 30, 31], 'less', 'within the spread'],
  [[10, 11, 12], [13, 14, 15], 'less', 'worse'],
  [[10, 11, 12], [10.1, 10.2, 10.3], 'less', 'within the spread'],
  [[100, 101, 102], [95, 96, 97], 'less', 'better'],
  [[100, 101, 102], [95, 96, 97], 'more', 'worse'],
  [[100, 101, 102], [95, 96, 97], 'neither', 'different'],
  // a single one against several
  [[10, 11, 12], [11.5], 'less', 'within the spread'],
  [[10, 11, 12], [12.5], 'less', 'could be noise'],
  [[10, 11, 12], [15], 'less', 'worse'],
];
for (const [base, other, better, expected] of table) {
  test(`${base} → ${other}, ${better} is better: ${expected}`, () => {
    const [from, to] = [spreadOf(base), spreadOf(other)];
    assert.ok(from && to);
    assert.is(judgeChange(from, to, better), expected);
  });
}

test('the chance of being wrong is that of an order by accident', () => {
  assert.is(chanceOfError(1, 5), undefined);
  assert.is(chanceOfError(2, 2), 2 / 6);
  assert.is(chanceOfError(3, 3), 2 / 20);
  assert.is(chanceOfError(5, 5), 2 / 252);
});

test('medians of even and odd numbers of values', () => {
  assert.equal(spreadOf([3, 1, undefined, 2]), { median: 2, least: 1, most: 3, runs: 3 });
  assert.is(spreadOf([4, 1])?.median, 2.5);
  assert.is(spreadOf([undefined]), undefined);
});

test.run();
