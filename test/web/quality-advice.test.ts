import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConnectionQuality } from '../../src/client/index.ts';
import type { DataChoice } from '../../src/web/state/data-choice.ts';
import {
  type Advice,
  type AdviceState,
  dismissed,
  firstAdviceState,
  helped,
  nextAdvice,
} from '../../src/web/state/quality-advice.ts';

const test = suite('quality advice');

const good: ConnectionQuality = { level: 'good' };
const poor = (reason: ConnectionQuality['reason']): ConnectionQuality => ({
  level: 'poor',
  ...(reason && { reason }),
});
const uplink = poor('uplink-rate');

interface Phase {
  seconds: number;
  quality: ConnectionQuality | undefined;
}
interface Given {
  cameraOn?: boolean;
  dataUse?: DataChoice;
  from?: AdviceState;
}

/** Second by second through the phases. */
function after(phases: readonly Phase[], given: Given = {}): { state: AdviceState; shownAt: number[] } {
  const { cameraOn = true, dataUse = 'automatic' } = given;
  let state = given.from ?? firstAdviceState;
  let second = 0;
  const shownAt: number[] = [];
  for (const { seconds, quality } of phases) {
    for (let end = second + seconds; second < end; second++) {
      const before = state;
      state = nextAdvice(state, { now: second * 1000, quality, cameraOn, dataUse });
      if (state.name === 'shown' && before.name !== 'shown') shownAt.push(second);
    }
  }
  return { state, shownAt };
}

const when: [string, Phase[], number[]][] = [
  ['nothing is wrong', [{ seconds: 60, quality: good }], []],
  ['nothing is known', [{ seconds: 60, quality: undefined }], []],
  ['poor for a moment', [{ seconds: 4, quality: uplink }], []],
  ['poor for some seconds', [{ seconds: 60, quality: uplink }], [5]],
  [
    'poor, good, poor, never for long',
    Array.from({ length: 8 }, (_, index) => ({ seconds: 4, quality: index % 2 ? good : uplink })),
    [],
  ],
  ['fair has to last longer', [{ seconds: 60, quality: { level: 'fair', reason: 'jitter' } }], [20]],
  ['no reason, no advice', [{ seconds: 60, quality: { level: 'poor' } }], []],
  [
    'another trouble has to last anew',
    [
      { seconds: 4, quality: uplink },
      { seconds: 10, quality: poor('downlink-loss') },
    ],
    [9],
  ],
  [
    'over, and back too soon: not at once again',
    [
      { seconds: 10, quality: uplink },
      { seconds: 10, quality: good },
      { seconds: 40, quality: uplink },
    ],
    [5],
  ],
  [
    'over, and back after a while',
    [
      { seconds: 10, quality: uplink },
      { seconds: 90, quality: good },
      { seconds: 10, quality: uplink },
    ],
    [5, 105],
  ],
];
for (const [name, phases, seconds] of when)
  test(`when: ${name}`, () => assert.equal(after(phases).shownAt, seconds));

const what: [string, ConnectionQuality, Given, Advice][] = [
  ['uplink too slow', uplink, {}, { topic: 'uplink', offers: [{ do: 'camera-off' }] }],
  ['uplink loses', poor('uplink-loss'), {}, { topic: 'uplink', offers: [{ do: 'camera-off' }] }],
  ['uplink, camera is off', uplink, { cameraOn: false }, { topic: 'uplink', offers: [] }],
  ['uplink, audio only', uplink, { dataUse: 'audio-only' }, { topic: 'uplink', offers: [] }],
  [
    'downlink',
    poor('downlink-rate'),
    {},
    { topic: 'downlink', offers: [{ do: 'less-data', choice: '250' }, { do: 'audio-only' }] },
  ],
  [
    'downlink with a limit',
    poor('downlink-loss'),
    { dataUse: '250' },
    { topic: 'downlink', offers: [{ do: 'less-data', choice: '100' }, { do: 'audio-only' }] },
  ],
  [
    'downlink with the lowest limit',
    poor('downlink-rate'),
    { dataUse: '100' },
    { topic: 'downlink', offers: [{ do: 'audio-only' }] },
  ],
  [
    'downlink, audio only',
    poor('downlink-rate'),
    { dataUse: 'audio-only' },
    { topic: 'downlink', offers: [] },
  ],
  ['delay', poor('delay'), {}, { topic: 'delay', offers: [] }],
  ['jitter', poor('jitter'), {}, { topic: 'jitter', offers: [] }],
];
for (const [name, quality, given, advice] of what)
  test(`what: ${name}`, () => {
    const { state } = after([{ seconds: 8, quality }], given);
    assert.equal(state, { name: 'shown', advice, calmSince: undefined });
  });

test('goes away when it is over, not in the first good second', () => {
  const first = { seconds: 10, quality: uplink };
  assert.is(after([first, { seconds: 4, quality: good }]).state.name, 'shown');
  assert.is(after([first, { seconds: 7, quality: good }]).state.name, 'calm');
});

test('dismissed: silence for a quarter of an hour', () => {
  const from = dismissed(0);
  assert.equal(after([{ seconds: 899, quality: uplink }], { from }).shownAt, []);
  assert.equal(after([{ seconds: 910, quality: uplink }], { from }).shownAt, [900]);
});

test('an offer was taken: time to work, then the next step', () => {
  const { shownAt, state } = after([{ seconds: 60, quality: uplink }], { from: helped(0), cameraOn: false });
  assert.equal(shownAt, [30]);
  assert.equal(state.name === 'shown' && state.advice.offers, []);
});

test('what stays true stays the same object: nothing is announced twice', () => {
  const { state } = after([{ seconds: 8, quality: uplink }]);
  const next = nextAdvice(state, { now: 9000, quality: uplink, cameraOn: true, dataUse: 'automatic' });
  assert.is(next, state);
});

test.run();
