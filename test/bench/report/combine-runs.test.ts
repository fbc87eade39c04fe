import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { combineRuns } from '../../../bench/report/combine-runs.ts';
import type { BenchResult } from '../../../bench/report/result.ts';
import { measured, sampleResult } from './sample-result.ts';

const test = suite('combine runs');

test('one run stays what it is', () => {
  const run = sampleResult();
  assert.is(combineRuns([run], 1), run);
});

test('medians leaf by leaf; the runs are kept', () => {
  const runs = [10, 50, 20].map((cost) => sampleResult({ measured: measured(1000 * cost, cost) }));
  const result = combineRuns(runs, 3);
  assert.is(result.measured?.server?.microsecondsPerForwardedPacket, 20);
  assert.is(result.measured?.traffic.outPacketsPerSecond, 20_000);
  assert.is(result.measured?.latency.retransmitted, undefined);
  assert.is(combineRuns(runs.slice(0, 2), 2).measured?.server?.microsecondsPerForwardedPacket, 30);
  assert.equal(result.numbers, runs[0]?.numbers);
  assert.equal(result.repeats, runs);
  assert.equal(result.timeline, []);
});

test('measures this version does not know get medians, too', () => {
  const runs = [3, 1, 2].map((found) => ({
    ...sampleResult(),
    somethingNew: { found, steps: [{ at: found }] },
  }));
  const { somethingNew } = combineRuns(runs as BenchResult[], 3) as unknown as (typeof runs)[number];
  assert.equal(somethingNew, { found: 2, steps: [{ at: 2 }] });
});

test('the verdict is the worst of all, with the number of the run', () => {
  const limited = sampleResult({
    verdict: { state: 'harness-limited', reasons: ['packets left late'], remarks: [] },
  });
  const failed = sampleResult({
    verdict: { state: 'invalid', reasons: ['1 of 4 clients failed'], remarks: ['busy'] },
    clients: { planned: 4, ready: 3, failed: [{ index: 2, reason: 'no answer to join' }] },
    measured: undefined,
  });
  const result = combineRuns([sampleResult(), limited, failed], 3);
  assert.equal(result.verdict, {
    state: 'invalid',
    reasons: ['run 2: packets left late', 'run 3: 1 of 4 clients failed'],
    remarks: ['run 3: busy'],
  });
  assert.equal(result.clients, {
    planned: 4,
    ready: 3,
    failed: [{ index: 2, reason: 'run 3: no answer to join' }],
  });
  assert.is(combineRuns([sampleResult(), limited], 2).verdict.state, 'harness-limited');
});

test('fewer runs than wanted are no valid result', () => {
  const { verdict } = combineRuns([sampleResult()], 3, 'the server was not ready');
  assert.is(verdict.state, 'invalid');
  assert.equal(verdict.reasons, ['it ended after 1 of 3 runs: the server was not ready']);
});

test.run();
