import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Attempt, capacityText, findCapacity } from '../../bench/capacity.ts';

const test = suite('search of the largest size');

/** A server that carries so many, and what was tried on it. */
async function search(carries: number, from: number, least = 1) {
  const tried: number[] = [];
  const found = await findCapacity('viewers', { from, least }, (size) => {
    tried.push(size);
    const reasons = size <= carries ? [] : ['1.00 % lost'];
    return Promise.resolve<Attempt>({ size, reasons, byHarness: false });
  });
  return { ...found, tried };
}

test('it doubles, then halves the gap until that is a tenth', async () => {
  const { carried, tooMany, tried } = await search(330, 100);
  assert.equal(tried, [100, 200, 400, 300, 350, 325]);
  assert.is(carried, 325);
  assert.is(tooMany?.size, 350);
});

test('a first size that is too large is halved', async () => {
  const { carried, tried } = await search(9, 40);
  assert.equal(tried, [40, 20, 10, 5, 7, 8, 9]);
  assert.is(carried, 9);
});

test('nothing is carried: it ends at the least size, and says so', async () => {
  const found = await search(0, 8, 2);
  assert.equal(found.tried, [8, 4, 2]);
  assert.is(found.carried, 0);
  assert.match(capacityText(found), /was carried: none/);
});

test('a server without a limit does not search for ever', async () => {
  const { carried, tooMany, tried } = await search(Number.POSITIVE_INFINITY, 1);
  assert.is(tried.length, 12);
  assert.is(carried, 2048);
  assert.is(tooMany, undefined);
});

test.run();
