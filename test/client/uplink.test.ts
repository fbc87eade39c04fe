import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  firstUplinkState,
  nextUplinkState,
  type UplinkSample,
  type UplinkState,
} from '../../src/client/media/uplink-policy.ts';
import { shareUplink } from '../../src/client/media/uplink-share.ts';
import type { MediaSource } from '../../src/protocol/media.ts';

const test = suite('uplink');
const healthy: UplinkSample = {
  now: 0,
  sent: 1_800_000,
  available: 3_000_000,
  audioDelayMs: 2,
  lost: 0,
  roundTripMs: 40,
  limited: false,
};

/** One sample a second; each function tells what the line is like. */
function run(
  state: UplinkState,
  seconds: number,
  sample: (state: UplinkState) => Partial<UplinkSample>,
  from = 0,
) {
  const budgets: number[] = [];
  let now = from;
  for (let second = 0; second < seconds; second++) {
    now += 1000;
    state = nextUplinkState(state, { ...healthy, ...sample(state), now });
    budgets.push(state.budget);
  }
  return { state, budgets, now };
}

/** What a browser on a line of this rate would tell: it sends what it may, and knows the line. */
const line = (rate: number) => (state: UplinkState) => {
  const sent = Math.min(rate, state.budget, 2_400_000);
  return { sent, available: rate, limited: state.budget > rate && rate < 2_400_000 };
};

for (const [what, sample] of [
  ['a good line', {}],
  ['random loss while there is room', { lost: 0.2, available: 3_000_000 }],
  ['an estimate that lies a little below what is sent', { sent: 1_000_000, available: 900_000 }],
  ['speech alone, far away', { sent: 20_000, audioDelayMs: 200 }],
  ['a browser that tells no estimate', { available: undefined }],
] as const) {
  test(`no shortage: ${what}`, () => {
    assert.is(run(firstUplinkState, 20, () => sample).state.budget, Number.POSITIVE_INFINITY);
  });
}

for (const [what, sample, atMost] of [
  ['less than half of what is sent gets through', { sent: 800_000, available: 200_000 }, 170_000],
  ['speech waits behind video', { sent: 600_000, available: 500_000, audioDelayMs: 300 }, 425_000],
  ['loss where the estimate is used up', { sent: 500_000, available: 520_000, lost: 0.2 }, 442_000],
  [
    'the estimate is unknown and speech waits',
    { sent: 400_000, available: undefined, audioDelayMs: 200 },
    340_000,
  ],
] as const) {
  test(`at once: ${what}`, () => {
    const { budget } = nextUplinkState(firstUplinkState, { ...healthy, ...sample, now: 1000 });
    assert.ok(budget <= atMost && budget >= 45_000, String(budget));
  });
}

test('a queue in the network that the browser does not see', () => {
  const before = nextUplinkState(firstUplinkState, { ...healthy, now: 1000 });
  const after = nextUplinkState(before, { ...healthy, roundTripMs: 600, now: 2000 });
  assert.ok(after.budget < healthy.sent);
});

test('an estimate that begins low is no shortage yet', () => {
  const start = run(firstUplinkState, 2, () => ({ sent: 300_000, available: 300_000, limited: true }));
  assert.is(start.state.budget, Number.POSITIVE_INFINITY);
});

test('200 kbit/s: a margin is kept, steps up are rare and get rarer', () => {
  const { budgets } = run(firstUplinkState, 120, line(200_000));
  const settled = budgets.slice(5);
  const over = settled.filter((budget) => budget > 200_000).length;
  assert.ok(over <= 16, `over the line in ${over} of ${settled.length} seconds`);
  assert.ok(
    settled.every((budget) => budget >= 100_000 && budget <= 260_000),
    String(settled),
  );
  const late = settled.slice(60).filter((budget, index, all) => index > 0 && budget > (all[index - 1] ?? 0));
  assert.ok(late.length <= 2, `${late.length} steps up in the second minute`);
});

test('the line is good again: everything is back within half a minute', () => {
  const thin = run(firstUplinkState, 10, line(200_000));
  const free = run(thin.state, 30, line(4_000_000), thin.now);
  assert.is(free.state.budget, Number.POSITIVE_INFINITY, String(free.budgets));
});

test('what each source may send', () => {
  const kbits = (budget: number, ...sources: MediaSource[]) =>
    [...shareUplink(budget * 1000, new Set(sources))].map(([source, { encodings, maxBitrate }]) => [
      source,
      encodings === 0 ? 0 : Math.round(maxBitrate / 1000),
    ]);
  assert.equal(kbits(Number.POSITIVE_INFINITY, 'camera'), [['camera', Number.POSITIVE_INFINITY]]);
  for (const [budget, sources, expected] of [
    [500, ['microphone', 'camera'], { microphone: 40, camera: 405 }],
    [250, ['microphone', 'camera'], { microphone: 24, camera: 187 }],
    [100, ['microphone', 'camera'], { microphone: 16, camera: 55 }],
    [60, ['microphone', 'camera'], { microphone: 16, camera: 0 }],
    [100, ['microphone', 'camera', 'screen'], { microphone: 16, screen: 41, camera: 0 }],
    [500, ['microphone', 'camera', 'screen'], { microphone: 40, screen: 303, camera: 101 }],
    [250, ['camera'], { camera: 232 }],
  ] as const) {
    assert.equal(Object.fromEntries(kbits(budget, ...sources)), expected, `${budget} ${sources.join(' ')}`);
  }
});

test.run();
