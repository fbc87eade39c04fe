import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../bench/options.ts';
import { situations } from '../../../bench/weak-link/situations.ts';
import { readWeakLinkOptions } from '../../../bench/weak-link/weak-link-options.ts';

const test = suite('weak-link options');
const read = (...parameters: string[]) => readWeakLinkOptions(parameters, situations);

test('a few situations by default, all or some on request', () => {
  const few = read();
  assert.ok(few.situations.length >= 6 && few.situations.length <= 10);
  assert.equal(read('--short').situations, few.situations);
  assert.is(few.participants, 9);
  assert.equal(read('--full').situations, situations);
  const names = read('--only', 'outage,step', '--participants', '4').situations.map(({ name }) => name);
  assert.equal(names, ['step', 'outage']);
});

test('what cannot be is refused with what would be right', () => {
  for (const [parameters, what] of [
    [['--only', 'storm'], /no situation "storm"[\s\S]*step/],
    [['--participants', '1'], /--participants must be a whole number of at least 2/],
    [['--seed', 'x'], /--seed/],
    [['--viewers', '3'], /--viewers/],
    [['--help'], /weak-link: one page/],
  ] as const) {
    try {
      read(...parameters);
      assert.unreachable(parameters.join(' '));
    } catch (error) {
      assert.instance(error, UsageError);
      assert.match((error as Error).message, what);
    }
  }
});

test.run();
