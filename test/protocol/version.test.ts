import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { negotiate, protocolVersions } from '../../src/protocol/version.ts';

const test = suite('protocol version');

for (const [ours, theirs, expected] of [
  [[1, 1], [1, 1], 1],
  [[1, 3], [1, 1], 1],
  [[1, 1], [1, 3], 1],
  [[1, 3], [2, 5], 3],
  [[2, 5], [1, 3], 3],
  [[2, 3], [1, 1], undefined],
  [[1, 1], [2, 3], undefined],
  // Nobody sends such ranges; they must not come out as an agreement.
  [[1, 3], [3, 2], undefined],
  [[1, 3], [0, 0], undefined],
] as const) {
  test(`${ours.join('–')} with ${theirs.join('–')}: ${expected ?? 'none'}`, () => {
    const range = ([lowest, highest]: readonly [number, number]) => ({ lowest, highest });
    assert.is(negotiate(range(ours), range(theirs)), expected);
  });
}

test('this build speaks with itself', () => {
  assert.is(negotiate(protocolVersions, protocolVersions), protocolVersions.highest);
});

test.run();
