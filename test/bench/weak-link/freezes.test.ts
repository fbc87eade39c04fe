import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calmSince, frozenTime } from '../../../bench/weak-link/freezes.ts';

const test = suite('freezes');
const window = { from: 0, to: 10_000 };

/** Pictures at an even pace. */
function moving(from: number, to: number, everyMs: number): { at: number }[] {
  return Array.from({ length: Math.ceil((to - from) / everyMs) }, (_, index) => ({
    at: from + index * everyMs,
  }));
}

test('a picture that moves is not frozen, however few pictures a second it has', () => {
  for (const everyMs of [40, 160, 250]) {
    assert.is(frozenTime(moving(-5000, 10_100, everyMs), window, []).ms, 0, `one in ${everyMs} ms`);
  }
});

test('a gap counts with its whole length', () => {
  const { ms, gaps } = frozenTime([...moving(-1000, 4000, 40), ...moving(5200, 10_100, 40)], window, []);
  assert.equal(gaps, [{ from: 3960, to: 5200 }]);
  assert.is(ms, 1240);
});

test('fewer pictures on purpose are no freeze, one missing among few is none either', () => {
  const pictures = [...moving(-1000, 4000, 40), ...moving(4000, 7000, 160), ...moving(7160, 10_100, 160)];
  assert.is(frozenTime(pictures, window, []).ms, 0);
});

test('what never comes back is frozen to the end, what began before counts from the start', () => {
  assert.is(frozenTime(moving(-1000, 8040, 40), window, []).ms, 2000);
  assert.is(frozenTime([{ at: -3000 }, ...moving(1000, 10_100, 40)], window, []).ms, 1000);
});

test('what the page explains is paused, not frozen', () => {
  const pictures = [...moving(-1000, 2040, 40), ...moving(8000, 10_100, 40)];
  const { ms } = frozenTime(pictures, window, [{ from: 3500, to: 8000 }]);
  assert.is(ms, 1500);
});

test('calm comes after the last trouble that is followed by none for five seconds', () => {
  const at = (moment: number) => ({ from: moment, to: moment });
  assert.is(calmSince([], window), 0);
  assert.is(calmSince([at(300), at(1200)], window), 1200);
  assert.is(calmSince([at(300), { from: 1000, to: 4000 }], window), 4000);
  assert.is(calmSince([{ from: 100, to: 9000 }], window), undefined);
  assert.is(calmSince([at(3000), at(7000)], window), undefined);
});

test.run();
