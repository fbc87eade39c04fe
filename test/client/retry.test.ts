import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Retry } from '../../src/client/signalling/retry.ts';
import { HandClock } from './hand-clock.ts';

const test = suite('retry');
const settings = { firstMs: 100, highestMs: 1000, jitter: 0.5, giveUpAfterMs: 60_000, stableAfterMs: 10_000 };

test('waits twice as long each time, up to the highest', () => {
  const retry = new Retry(new HandClock(), settings, () => 0);
  const delays = Array.from({ length: 6 }, () => retry.failed());
  assert.equal(delays, [100, 200, 400, 800, 1000, 1000]);
});

test('jitter only ever shortens', () => {
  const retry = new Retry(new HandClock(), settings, () => 0.999);
  assert.equal([retry.failed(), retry.failed()], [50, 100]);
});

test('a connection that held starts the count again, one that did not does not', () => {
  const clock = new HandClock();
  const retry = new Retry(clock, settings, () => 0);
  retry.failed();
  retry.failed();
  retry.connected();
  clock.turn(1000);
  assert.is(retry.failed(), 400);
  retry.connected();
  clock.turn(10_000);
  assert.is(retry.failed(), 100);
});

test('gives up after its time without a connection, counted from the loss', () => {
  const clock = new HandClock();
  const retry = new Retry(clock, settings, () => 0);
  retry.connected();
  clock.turn(3_600_000);
  assert.is(retry.failed(), 100);
  clock.turn(59_999);
  assert.type(retry.failed(), 'number');
  clock.turn(1);
  assert.is(retry.failed(), undefined);
});

test.run();
