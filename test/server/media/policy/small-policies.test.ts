import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type EncodingsState,
  encodingsWanted,
} from '../../../../src/server/media/policy/encodings-wanted.ts';
import { type QualitySigns, qualityOf } from '../../../../src/server/media/policy/quality.ts';
import { highestLayer, rungsOf, type Sight } from '../../../../src/server/media/policy/rungs.ts';
import {
  lastSpeakers,
  noVoices,
  openVoices,
  voicesHeard,
} from '../../../../src/server/media/policy/voices.ts';

const test = suite('small policies of adaptation');

test('encodings: more at once, fewer after a while, and not when somebody looks again', () => {
  let state: EncodingsState = { told: 3, fewerSince: undefined };
  const rows: [now: number, needed: number, told: number][] = [
    [0, 3, 3],
    [1000, 1, 3],
    [3900, 1, 3],
    [4000, 1, 1],
    [4100, 2, 2],
    [5000, 0, 2],
    [6000, 2, 2],
    [7000, 0, 2],
    [9999, 0, 2],
    [10_000, 0, 0],
    [10_001, 3, 3],
  ];
  for (const [now, needed, told] of rows) {
    state = encodingsWanted(state, needed, now);
    assert.is(state.told, told, `at ${now} ms`);
  }
});

const open = (ids: string) => [...ids].map((id) => ({ id, muted: false }));
/** Small letters are unmuted, capital ones muted. */
const some = (letters: string) =>
  [...letters].map((letter) => ({ id: letter.toLowerCase(), muted: letter !== letter.toLowerCase() }));

test('voices: few are heard at a time, the likely next speakers keep their places in silence', () => {
  const limits = { above: 4, places: 4, voices: 2 };
  let state = noVoices;
  // Who is there, and who is audible: the loudest first, 1 dB a place.
  const rows: [now: number, people: string, audible: string, open: string, placed: string, why: string][] = [
    [0, 'abcd', '', 'abcd', '', 'as many as there are places: no limit'],
    [100, 'abcdef', '', 'abcd', 'abcd', 'who comes in takes nobody a place'],
    [400, 'abcdef', 'fe', 'abef', 'abef', 'who speaks gets in'],
    [800, 'abcdef', 'ab', 'abef', 'abef', 'others speak; the last speakers stay in their silence'],
    [1200, 'abcdef', 'cab', 'abef', 'abef', 'a third voice that is hardly louder does not get in'],
    [1600, 'abcdef', 'd......ab', 'ade', 'abde', 'one that is much louder does, and takes a place'],
    [9000, 'abcdefg', '', 'abde', 'abde', 'who comes in later does not either'],
    [9400, 'aBcDefg', '', 'aefg', 'aefg', 'a muted one gives its place to who is not'],
    [9800, 'abcDefg', '', 'abeg', 'abeg', 'who unmutes is about to speak'],
    [10_200, 'ABCDEFG', '', '', 'abeg', 'all muted: nobody needs another place'],
    [10_600, 'AbCDEFG', '', 'b', 'abeg', 'one that has a place is heard at once'],
    [11_000, 'ABcDEFG', '', 'c', 'abce', 'one that has none gets it'],
    [11_400, 'acf', '', 'acf', '', 'few again: no limit'],
  ];
  for (const [now, people, audible, expected, places, why] of rows) {
    const levels = [...audible]
      .map((producerId, index) => ({ producerId, volume: -10 - index }))
      .filter(({ producerId }) => producerId !== '.');
    state = openVoices(state, { now, microphones: some(people), levels }, limits);
    const { open: isOpen, placed = new Set() } = state;
    assert.is([...isOpen].sort().join(''), expected, `${why} (at ${now} ms)`);
    assert.is([...placed].sort().join(''), places, `${why}: places (at ${now} ms)`);
  }
});

test('voices: a whole school that unmutes does not turn all places over', () => {
  const limits = { above: 6, places: 6, voices: 2 };
  const muted = openVoices(noVoices, { now: 0, microphones: some('ABCDEFGHIJKL'), levels: [] }, limits);
  const speaking = openVoices(
    muted,
    { now: 100, microphones: some('abcdefGHIJKL'), levels: [{ producerId: 'a', volume: -20 }] },
    limits,
  );
  const all = openVoices(speaking, { now: 200, microphones: some('abcdefghijkl'), levels: [] }, limits);
  const gone = [...(speaking.placed ?? [])].filter((id) => !all.placed?.has(id));
  assert.is(gone.length, limits.voices);
  assert.ok(all.placed?.has('a'), 'who spoke stays');
});

test('voices: who spoke last', () => {
  const limits = { above: 9, places: 9, voices: 9 };
  let state = noVoices;
  for (const [now, producerId] of [
    [100, 'a'],
    [200, 'b'],
    [300, 'c'],
    [400, 'b'],
  ] as const) {
    const signs = { now, microphones: open('abcd'), levels: [{ producerId, volume: -20 }] };
    state = openVoices(state, signs, limits);
  }
  assert.equal([...lastSpeakers(state, 2)], ['b', 'c']);
  assert.equal([...lastSpeakers(state, 9)], ['b', 'c', 'a', 'd']);
});

test('voices: how many are heard', () => {
  const limits = { above: 9, places: 9, voices: 9 };
  const signs = { microphones: open('ab'), levels: [{ producerId: 'a', volume: -20 }] };
  const state = openVoices(noVoices, { ...signs, now: 100 }, limits);
  assert.is(voicesHeard(state, 100), 1);
  assert.is(voicesHeard(state, 2599), 1);
  assert.is(voicesHeard(state, 2600), 0);
});

test('a view gets the layer that it gains from', () => {
  const camera = (width: number, height: number): Sight => ({ width, height, source: 'camera' });
  const rows: [Sight, layers: number, highest: number][] = [
    [camera(160, 90), 3, 0],
    [camera(426, 240), 3, 0],
    [camera(640, 360), 3, 1],
    [camera(640, 360), 1, 0],
    [camera(1280, 720), 3, 2],
    [camera(1280, 720), 2, 1],
    [camera(390, 780), 3, 2],
    [camera(0, 0), 3, 0],
    [{ width: 100, height: 50, source: 'screen' }, 2, 1],
  ];
  for (const [sight, layers, highest] of rows) {
    assert.is(highestLayer(sight, layers), highest, JSON.stringify(sight));
  }
});

test('rungs rise in price, also when a still picture costs less above', () => {
  const { rungs, smoothRung } = rungsOf({ spatial: 3, temporal: 3 }, 2, (spatial, temporal) =>
    spatial === 1 ? 10_000 : 50_000 * (spatial + 1) * (temporal + 1),
  );
  assert.equal(
    rungs.map(({ spatialLayer, temporalLayer }) => `${spatialLayer}${temporalLayer}`),
    ['00', '01', '02', '12', '22'],
  );
  assert.equal(
    rungs.map(({ bitrate }) => bitrate),
    [50_000, 100_000, 150_000, 150_000, 450_000],
  );
  assert.is(smoothRung, 2);
  assert.is(rungsOf({ spatial: 1, temporal: 1 }, 0, () => 1).rungs.length, 1);
});

test('quality: the worst sign counts, own loss before others', () => {
  const report = {
    receivedBitrate: 1_000_000,
    packetsReceived: 1000,
    packetsLost: 0,
    concealed: 0,
    jitterBufferMs: 60,
    freezes: 0,
    roundTripMs: 30,
    availableOutgoingBitrate: 2_000_000,
    uplinkLost: 0,
  };
  const fine: QualitySigns = { report, uplinkLoss: 0, downlinkShare: 1, uplinkWanted: 300_000 };
  const rows: [Partial<QualitySigns>, expected: string][] = [
    [{}, 'good '],
    [{ report: undefined }, 'good '],
    [{ uplinkLoss: 0.05 }, 'fair uplink-loss'],
    [{ uplinkLoss: 0.2 }, 'poor uplink-loss'],
    [{ report: { ...report, packetsLost: 60 } }, 'fair downlink-loss'],
    [{ report: { ...report, concealed: 0.1 } }, 'poor downlink-loss'],
    [{ downlinkShare: 0.5 }, 'fair downlink-rate'],
    [{ downlinkShare: 0.1, uplinkLoss: 0.05 }, 'poor downlink-rate'],
    [{ report: { ...report, availableOutgoingBitrate: 60_000 } }, 'poor uplink-rate'],
    [{ report: { ...report, availableOutgoingBitrate: 60_000 }, uplinkWanted: 0 }, 'good '],
    [{ report: { ...report, roundTripMs: 900 } }, 'poor delay'],
    [{ report: { ...report, jitterBufferMs: 900 } }, 'good '],
    [{ report: { ...report, jitterBufferMs: 300, packetsLost: 1 } }, 'fair jitter'],
    [{ report: { ...report, jitterBufferMs: 700, roundTripMs: 200 } }, 'poor jitter'],
  ];
  for (const [signs, expected] of rows) {
    const { level, reason } = qualityOf({ ...fine, ...signs });
    assert.is(`${level} ${reason}`, expected);
  }
});

test.run();
