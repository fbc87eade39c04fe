import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decideRoute,
  firstRouteState,
  type RouteAttempt,
  type RoutePerson,
  type RouteReport,
  type RouteSnapshot,
  type RouteState,
  type RouteTimes,
} from '../../../../src/server/media/policy/route.ts';

const test = suite('policy: route');

const times: RouteTimes = {
  settleMs: 2000,
  againMs: 10_000,
  firstRetryMs: 30_000,
  longestRetryMs: 100_000,
  trialMs: 15_000,
};
const able: RoutePerson = {
  id: 'ada',
  ability: { possible: true, hideAddress: false },
  ceiling: { bitrate: 0, audioOnly: false },
  mutedByModerator: false,
  report: undefined,
};
const other: RoutePerson = { ...able, id: 'ben' };
const fine: RouteSnapshot = {
  now: 0,
  allowedByServer: true,
  allowedByRoom: true,
  people: [able, other],
  attempt: undefined,
};
const quick = { ...times, settleMs: 0 };

/** One look after the other. */
class Looks {
  state: RouteState = firstRouteState;

  at(now: number, changes: Partial<RouteSnapshot> = {}): string {
    const decision = decideRoute(this.state, { ...fine, ...changes, now }, times, 0);
    this.state = decision.state;
    return `${decision.route}: ${decision.reason}`;
  }
}

const attempt = (stage: RouteAttempt['stage'], since: number): RouteAttempt => ({
  stage,
  startedAt: since,
  stageSince: since,
  broken: undefined,
});
const good: RouteReport = { at: 0, packetsReceived: 100, packetsLost: 0, concealed: 0, roundTripMs: 30 };

const ruledOut: [string, Partial<RouteSnapshot>][] = [
  ['switched-off', { allowedByServer: false }],
  ['room', { allowedByRoom: false }],
  ['alone', { people: [able] }],
  ['alone', { people: [] }],
  ['more-than-two', { people: [able, other, { ...able, id: 'eve' }] }],
  ['not-able', { people: [able, { ...other, ability: undefined }] }],
  ['not-able', { people: [{ ...able, ability: { possible: false, hideAddress: false } }, other] }],
  ['address-hidden', { people: [able, { ...other, ability: { possible: true, hideAddress: true } }] }],
  ['address-hidden', { people: [able, { ...other, ability: { possible: false, hideAddress: true } }] }],
  ['data-ceiling', { people: [{ ...able, ceiling: { bitrate: 250_000, audioOnly: false } }, other] }],
  ['data-ceiling', { people: [able, { ...other, ceiling: { bitrate: 0, audioOnly: true } }] }],
  ['muted-by-moderator', { people: [able, { ...other, mutedByModerator: true }] }],
  // The configuration is the first reason of several.
  ['switched-off', { allowedByServer: false, allowedByRoom: false, people: [able] }],
];
for (const [reason, changes] of ruledOut) {
  test(`${reason} rules it out, at the start and in the middle: ${JSON.stringify(changes)}`, () => {
    assert.is(decideRoute(firstRouteState, { ...fine, ...changes }, quick, 0).reason, reason);
    const going = { ...fine, ...changes, attempt: attempt('direct', 0), now: 60_000 };
    const { route, reason: why, state } = decideRoute(firstRouteState, going, quick, 0);
    assert.equal([route, why], ['sfu', reason]);
    assert.is(state.failures, 0, 'nobody’s failure');
  });
}

test('two who can are tried after a moment of calm, which begins anew with every obstacle', () => {
  const looks = new Looks();
  assert.is(looks.at(0), 'sfu: settling');
  assert.is(looks.at(1900), 'sfu: settling');
  assert.is(looks.at(1950, { people: [able] }), 'sfu: alone');
  assert.is(looks.at(2000), 'sfu: settling');
  assert.is(looks.at(3999), 'sfu: settling');
  assert.is(looks.at(4000), 'p2p: trying');
  assert.is(looks.at(5000, { attempt: attempt('trying', 4000) }), 'p2p: trying');
  assert.is(looks.at(6000, { attempt: { ...attempt('switching', 6000), startedAt: 4000 } }), 'p2p: trying');
  assert.is(looks.at(7000, { attempt: { ...attempt('direct', 7000), startedAt: 4000 } }), 'p2p: direct');
});

test('a third comes: at once; when they are two again: later than the first time', () => {
  const looks = new Looks();
  looks.at(0);
  looks.at(2000);
  assert.is(looks.at(3000, { attempt: attempt('direct', 3000) }), 'p2p: direct');
  const three = { people: [able, other, { ...able, id: 'eve' }] };
  assert.is(looks.at(3001, { ...three, attempt: attempt('direct', 3000) }), 'sfu: more-than-two');
  assert.is(looks.at(10_000, three), 'sfu: more-than-two');
  assert.is(looks.at(11_000), 'sfu: settling');
  assert.is(looks.at(20_900), 'sfu: settling');
  assert.is(looks.at(21_000), 'p2p: trying');
});

test('each failure makes the next trial come later, up to a limit; other people begin anew', () => {
  const looks = new Looks();
  looks.at(0);
  let now = 2000;
  for (const waitMs of [30_000, 60_000, 100_000, 100_000]) {
    assert.is(looks.at(now), 'p2p: trying');
    assert.is(looks.at(now + 15_000, { attempt: attempt('trying', now) }), 'p2p: trying');
    now += 15_001;
    assert.is(looks.at(now, { attempt: attempt('trying', now - 15_001) }), 'sfu: no-path');
    assert.is(looks.at(now + waitMs - 1), 'sfu: no-path');
    now += waitMs;
  }
  // Somebody who came and went does not make the same two new.
  assert.is(looks.at(now), 'p2p: trying');
  assert.is(
    looks.at(now + 1, { attempt: { ...attempt('trying', now), broken: 'path-lost' } }),
    'sfu: no-path',
  );
  assert.is(looks.at(now + 2, { people: [able] }), 'sfu: alone');
  assert.is(looks.at(now + 3000), 'sfu: no-path');
  const strangers = { people: [able, { ...other, id: 'eve' }] };
  assert.is(looks.at(now + 4000, strangers), 'sfu: settling');
  assert.is(looks.at(now + 6000, strangers), 'p2p: trying');
});

test('a path that breaks is given up at once, one that held for long counts for something', () => {
  const looks = new Looks();
  const broken = (since: number) => ({
    attempt: { ...attempt('direct', since), broken: 'path-lost' as const },
  });
  looks.at(0);
  looks.at(2000, { attempt: attempt('direct', 2000) });
  assert.is(looks.at(3000, broken(2000)), 'sfu: path-lost');
  assert.is(looks.at(32_999), 'sfu: path-lost');
  assert.is(looks.at(33_000), 'p2p: trying');
  looks.at(34_000, { attempt: attempt('direct', 34_000) });
  assert.is(looks.at(153_000, { attempt: attempt('direct', 34_000) }), 'p2p: direct');
  assert.is(looks.state.failures, 1);
  looks.at(154_000, { attempt: attempt('direct', 34_000) });
  assert.is(looks.state.failures, 0);
  assert.is(looks.at(155_000, broken(34_000)), 'sfu: path-lost');
  assert.is(looks.at(185_000), 'p2p: trying');
});

test('a path on which the two do not get to see and hear each other is none', () => {
  const looks = new Looks();
  looks.at(0);
  const switching = { attempt: { ...attempt('switching', 12_000), startedAt: 2000 } };
  assert.is(looks.at(32_000, switching), 'p2p: trying');
  assert.is(looks.at(32_001, switching), 'sfu: path-lost');
});

test('lost media of the server is nobody’s failure', () => {
  const looks = new Looks();
  looks.at(0);
  const lost = { attempt: { ...attempt('direct', 2000), broken: 'media-reset' as const } };
  assert.is(looks.at(3000, lost), 'sfu: media-reset');
  assert.is(looks.state.failures, 0);
});

const reports: [string, Partial<RouteReport>[], string][] = [
  ['all well', [{}, {}, {}], 'p2p: direct'],
  ['one bad second', [{ packetsLost: 15 }, {}, { packetsLost: 15 }, {}], 'p2p: direct'],
  ['two bad seconds', [{ packetsLost: 15 }, { packetsLost: 15 }], 'sfu: bad-line'],
  ['half is lost', [{ packetsLost: 100 }], 'sfu: bad-line'],
  ['few packets', [{ packetsReceived: 2, packetsLost: 2 }], 'p2p: direct'],
  [
    'made up speech',
    [
      { packetsLost: 3, concealed: 0.1 },
      { packetsLost: 3, concealed: 0.2 },
    ],
    'sfu: bad-line',
  ],
  ['a slow computer', [{ concealed: 0.3 }, { concealed: 0.3 }], 'p2p: direct'],
  ['a long way', [{ roundTripMs: 700 }, { roundTripMs: 700 }], 'sfu: bad-line'],
  ['measured before', [{ at: 100, packetsLost: 100 }], 'p2p: direct'],
];
for (const [name, list, expected] of reports) {
  test(`reports: ${name}`, () => {
    const looks = new Looks();
    looks.at(0);
    let last = '';
    list.forEach((changes, index) => {
      const report = { ...good, at: 4000 + index * 1000, ...changes };
      const people = [able, { ...other, report }];
      const at = 4000 + index * 1000;
      // Twice: the same report is no second one.
      looks.at(at, { people, attempt: attempt('direct', 2000) });
      if (looks.state.failures === 0) last = looks.at(at + 100, { people, attempt: attempt('direct', 2000) });
      else last = looks.at(at + 100, { people });
    });
    assert.is(last, expected);
  });
}

test.run();
