import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arrange, keepUnmoved, type StageSnapshot, selfKey } from '../../src/web/state/arrangement.ts';

const test = suite('arrangement');

const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);
const stage = (part: Partial<StageSnapshot>): StageSnapshot => ({
  box: { width: 1260, height: 700 },
  others: [],
  screens: [],
  showSelf: true,
  view: 'grid',
  pinned: undefined,
  speakers: [],
  page: 0,
  ...part,
});
const keys = (snapshot: StageSnapshot) => arrange(snapshot).placed.map(({ key }) => key);

test('alone, in twos, in a grid', () => {
  assert.equal(keys(stage({})), [selfKey]);
  const duo = arrange(stage({ others: ['a'] }));
  assert.equal(
    duo.placed.map(({ key, place }) => `${key}:${place}`),
    ['a:main', 'self:corner'],
  );
  assert.equal(keys(stage({ others: ['a', 'b'] })), [selfKey, 'a', 'b']);
});

test('two people on an upright phone share the stage evenly', () => {
  const { placed } = arrange(stage({ others: ['a'], box: { width: 378, height: 690 } }));
  assert.equal(
    placed.map(({ place }) => place),
    ['grid', 'grid'],
  );
});

test('a viewer has no tile of their own', () => {
  assert.equal(keys(stage({ showSelf: false })), []);
  assert.equal(keys(stage({ showSelf: false, others: ['a'] })), ['a']);
});

test('a shared screen is shown large, in either view; the latest one first', () => {
  const { placed } = arrange(stage({ others: ['a', 'b'], screens: ['screen:a', 'screen:b'] }));
  assert.is(placed[0]?.key, 'screen:b');
  assert.is(placed[0]?.place, 'main');
  assert.ok(placed.some(({ key }) => key === 'screen:a'));
});

test('pinned wins over screens and speakers, as long as it is there', () => {
  const shared = { others: ['a', 'b'], screens: ['screen:a'], pinned: 'b' };
  assert.is(keys(stage(shared))[0], 'b');
  assert.is(keys(stage({ ...shared, pinned: 'gone' }))[0], 'screen:a');
});

test('speaker view follows who speaks, never ourselves', () => {
  const view = { others: ['a', 'b', 'c'], view: 'speaker' } as const;
  assert.is(keys(stage(view))[0], 'a');
  assert.is(keys(stage({ ...view, speakers: ['c', 'a'] }))[0], 'c');
  assert.is(keys(stage({ ...view, speakers: ['left-already', 'b'] }))[0], 'b');
});

test('who finds no room beside the large tile is counted', () => {
  const { placed, hidden } = arrange(stage({ others: people(30), view: 'speaker' }));
  assert.ok(hidden);
  assert.is(placed.length + hidden.count, 31);
  assert.ok(
    !placed.some(({ rectangle }) => rectangle === hidden.rectangle),
    'the count has a place of its own',
  );
});

test('in the strip nobody moves because somebody speaks', () => {
  const before = keys(stage({ others: people(5), pinned: 'p0' }));
  assert.equal(keys(stage({ others: people(5), pinned: 'p0', speakers: ['p4', 'p2'] })), before);
});

test('pages: room for the buttons, and a page number that has become too large is pulled back', () => {
  const many = { others: people(60) };
  const first = arrange(stage(many));
  assert.is(first.pages, 2);
  assert.ok(first.placed.every(({ rectangle }) => rectangle.y + rectangle.height <= 700 - 50));
  const last = arrange(stage({ ...many, page: 9 }));
  assert.is(last.page, 1);
  assert.is(first.placed.length + last.placed.length, 61);
});

test('whoever speaks comes to the first page in the place of a silent one; nobody else moves', () => {
  const quiet = keys(stage({ others: people(60) }));
  const spoken = keys(stage({ others: people(60), speakers: ['p59'] }));
  assert.ok(!quiet.includes('p59') && spoken.includes('p59'));
  assert.is(spoken.length, quiet.length);
  assert.is(spoken.filter((key, index) => key !== quiet[index]).length, 1);
  assert.ok(spoken.includes(selfKey));
  const both = stage({ others: people(60), speakers: ['p59', 'p58'] });
  const everybody = [...keys(both), ...keys({ ...both, page: 1 })];
  assert.is(new Set(everybody).size, 61, 'nobody is lost, nobody is there twice');
});

test('tiles that have not moved stay the same objects', () => {
  const before = arrange(stage({ others: people(30) }));
  const again = keepUnmoved(before.placed, arrange(stage({ others: people(30), speakers: ['p3'] })));
  assert.ok(again.placed.every((tile, index) => tile === before.placed[index]));
  const larger = arrange(stage({ others: people(30), box: { width: 1400, height: 800 } }));
  const moved = keepUnmoved(before.placed, larger);
  assert.equal(moved, larger);
  assert.not.ok(moved.placed.some((tile) => before.placed.includes(tile)));
  // Somebody shares a screen: the keys are the same, their places are not.
  const shared = arrange(stage({ others: people(3), screens: ['screen:p0'] }));
  assert.equal(keepUnmoved(arrange(stage({ others: people(3) })).placed, shared), shared);
});

test.run();
