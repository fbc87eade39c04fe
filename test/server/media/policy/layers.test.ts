import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  allocate,
  type Candidate,
  nextPrice,
  priceOf,
  wantedPrice,
} from '../../../../src/server/media/policy/layers.ts';

const test = suite('layers');

/** A camera with 40, 60, 130 kbit/s for its small picture, 500 and 1700 for the larger ones. */
function camera(id: string, rank: Candidate['rank'], current = -1, layers = 3): Candidate {
  const bitrates = [40_000, 60_000, 130_000, 500_000, 1_700_000].slice(0, layers + 2);
  const rungs = bitrates.map((bitrate, index) => ({
    spatialLayer: Math.max(0, index - 2),
    temporalLayer: Math.min(2, index),
    bitrate,
  }));
  return { id, rank, rungs, smoothRung: 2, current };
}
const screen: Candidate = {
  id: 'screen',
  rank: 'screen',
  rungs: [100_000, 200_000, 800_000].map((bitrate, temporalLayer) => ({
    spatialLayer: 0,
    temporalLayer,
    bitrate,
  })),
  smoothRung: 2,
  current: -1,
};
const tiles = (count: number, current = -1) =>
  Array.from({ length: count }, (_, index) => camera(`tile${index}`, 'tile', current, 1));

const cases: [what: string, budget: number, candidates: Candidate[], rungs: Record<string, number>][] = [
  ['nobody', 1_000_000, [], {}],
  ['nothing fits: nothing', 30_000, [camera('ada', 'focus')], { ada: -1 }],
  ['a debt: nothing', -50_000, [camera('ada', 'focus')], { ada: -1 }],
  ['a little: few frames', 50_000, [camera('ada', 'focus')], { ada: 0 }],
  ['a step up needs a margin', 130_000, [camera('ada', 'focus', 1)], { ada: 1 }],
  ['what is there stays at its price', 130_000, [camera('ada', 'focus', 2)], { ada: 2 }],
  ['plenty: everything', 10_000_000, [camera('ada', 'focus')], { ada: 4 }],
  [
    'the speaker moves before anybody else is seen',
    160_000,
    [...tiles(2), camera('ada', 'focus')],
    { ada: 2, tile0: -1, tile1: -1 },
  ],
  [
    'then all are seen, before anybody gets better',
    300_000,
    [camera('ada', 'focus'), ...tiles(3)],
    { ada: 2, tile0: 1, tile1: 1, tile2: 0 },
  ],
  ['small before none', 100_000, tiles(2), { tile0: 0, tile1: 0 }],
  ['the first of equals', 60_000, tiles(2), { tile0: 0, tile1: -1 }],
  ['the screen before the speaker', 120_000, [camera('ada', 'focus'), screen], { screen: 0, ada: -1 }],
  ['both, then frames for the screen', 400_000, [screen, camera('ada', 'focus')], { screen: 1, ada: 2 }],
  [
    'the speaker grows last',
    1_000_000,
    [camera('ada', 'focus'), ...tiles(3)],
    { ada: 3, tile0: 2, tile1: 2, tile2: 2 },
  ],
];
for (const [what, budget, candidates, rungs] of cases) {
  test(what, () => assert.equal(Object.fromEntries(allocate(budget, candidates)), rungs));
}

test('never more than the budget, whatever it is', () => {
  const candidates = [screen, camera('ada', 'focus', 3), camera('bob', 'focus', 4), ...tiles(7, 2)];
  for (let budget = 0; budget < 6_000_000; budget += 7919) {
    const fresh = candidates.map((candidate) => ({ ...candidate, current: -1 }));
    assert.ok(priceOf(allocate(budget, fresh), fresh) <= budget);
    // What is being sent may cost a little more than there is.
    const kept = candidates.map((candidate) => ({ ...candidate, current: candidate.rungs.length - 1 }));
    assert.ok(priceOf(allocate(budget, kept), kept) <= budget * 1.15);
  }
});

test('the next step costs the least that would show', () => {
  const candidates = [camera('ada', 'focus'), camera('bob', 'tile')];
  const allocation = new Map([
    ['ada', 2],
    ['bob', 0],
  ]);
  assert.is(nextPrice(allocation, candidates), 170_000 + 20_000 * 1.12);
  assert.is(nextPrice(new Map([['ada', 4]]), [camera('ada', 'focus')]), undefined);
  assert.is(wantedPrice(candidates), 3_400_000);
});

test.run();
