import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from './until.ts';

const test = suite('until');

test('returns the first truthy answer', async () => {
  let asked = 0;
  assert.is(await until('it is three', () => (++asked === 3 ? 'three' : undefined), { everyMs: 1 }), 'three');
  assert.is(asked, 3);
});

test('outlives errors, and tells the last one', async () => {
  const fails = () => Promise.reject(new Error('not yet'));
  try {
    await until('the end of days', fails, { timeoutMs: 30, everyMs: 1 });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /until the end of days; last error: Error: not yet/);
  }
});

test('does not wait for ever for one answer', async () => {
  try {
    await until('it speaks', () => new Promise<never>(() => undefined), { timeoutMs: 30, everyMs: 1 });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /until it speaks; last error: Error: it never answered/);
  }
});

test.run();
