import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram } from '../../../bench/measure/histogram.ts';
import { percentilesOf } from '../../../bench/measure/percentiles.ts';

const test = suite('statistics');

test('percentiles are within the width of a bucket', () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 10_000; i++) histogram.add(i / 100);
  for (const part of [0.01, 0.5, 0.95, 0.99]) {
    const actual = histogram.percentile(part) ?? 0;
    assert.ok(actual >= part * 100 && actual <= part * 100 * 1.04, `p${part * 100}: ${actual}`);
  }
  assert.is(histogram.percentile(1), 100);
  assert.is(histogram.max, 100);
  assert.ok(Math.abs((histogram.mean ?? 0) - 50.005) < 1e-6);
});

test('parts of several processes add up to the whole', () => {
  const whole = new Histogram();
  const parts = [new Histogram(), new Histogram()];
  for (let i = 0; i < 1000; i++) {
    const value = 1.01 ** (i % 700) / 10;
    whole.add(value);
    parts[i % 2]?.add(value);
  }
  const sum = new Histogram();
  for (const part of parts) sum.merge(part.take());
  for (const part of [0.5, 0.9, 0.99]) assert.is(sum.percentile(part), whole.percentile(part));
  assert.is(sum.total, 1000);
  assert.is(parts[0]?.total, 0, 'taking begins anew');
});

test('extremes have a place: nothing, negative, and beyond the last bucket', () => {
  const histogram = new Histogram();
  assert.is(histogram.percentile(0.5), undefined);
  assert.is(histogram.mean, undefined);
  histogram.add(-1);
  histogram.add(0);
  assert.is(histogram.percentile(0.99), 0);
  histogram.add(1e9);
  assert.is(histogram.max, 1e9);
  assert.ok((histogram.percentile(1) ?? 0) > 200_000);
});

test('exact percentiles are values that occurred', () => {
  assert.is(percentilesOf([]), undefined);
  assert.equal(percentilesOf([7]), { count: 1, p50: 7, p95: 7, p99: 7, max: 7 });
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentilesOf(values), { count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
});

test.run();
