import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hueOf, initials, sortPeople } from '../../src/web/state/people.ts';
import { chooseFit } from '../../src/web/state/video-fit.ts';

const test = suite('people');

test('initials in any script', () => {
  const expected: [string, string][] = [
    ['Ada Lovelace', 'AL'],
    ['ada', 'A'],
    ['Jean-Luc de la Tour', 'JT'],
    ['山田 花子', '山花'],
    ['Emmy Noether 2', 'EN'],
    ['42', '4'],
    ['(she) Şebnem', 'SŞ'],
    ['é́tienne', 'É́'],
    ['🎉', '?'],
    ['  ', '?'],
  ];
  for (const [name, letters] of expected) assert.is(initials(name), letters, name);
});

test('a colour stays with a name', () => {
  for (const name of ['', 'Ada', '山田', '🎉'.repeat(60)]) {
    const hue = hueOf(name, 8);
    assert.ok(Number.isInteger(hue) && hue >= 0 && hue < 8);
    assert.is(hueOf(name, 8), hue);
  }
});

test('moderators first, viewers last, names as the language sorts them', () => {
  const sorted = sortPeople(
    [
      { name: 'Zoë', role: 'participant' },
      { name: 'Ärmel', role: 'participant' },
      { name: 'Anna', role: 'viewer' },
      { name: 'Max', role: 'moderator' },
      { name: 'Berta 10', role: 'participant' },
      { name: 'berta 2', role: 'participant' },
    ],
    'de',
  );
  assert.equal(
    sorted.map(({ name }) => name),
    ['Max', 'Ärmel', 'berta 2', 'Berta 10', 'Zoë', 'Anna'],
  );
});

test('pictures fill their tile unless too much would be cut off', () => {
  const wide = { width: 1280, height: 720 };
  assert.is(chooseFit(wide, { width: 400, height: 300 }), 'cover');
  assert.is(chooseFit(wide, { width: 300, height: 400 }), 'cover');
  assert.is(chooseFit({ width: 720, height: 1280 }, { width: 1260, height: 700 }), 'contain');
  assert.is(chooseFit({ width: 0, height: 0 }, wide), 'cover');
});

test.run();
