import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ServerLog } from '../../../bench/weak-link/server-log.ts';

const test = suite('server log');

test('what was decided for whoever joined first, and nothing else', () => {
  const log = new ServerLog();
  for (const record of [
    { msg: 'participant joined', participant: 'a', time: 1 },
    { msg: 'participant joined', participant: 'b', time: 2 },
    { msg: 'downlink', participant: 'b', phase: 'open', limit: null, time: 3 },
    { msg: 'downlink', participant: 'a', phase: 'settle', limit: 240_000, estimate: 100_000, time: 4 },
    { msg: 'downlink', participant: 'a', phase: 'open', limit: null, time: '1970-01-01T00:00:00.005Z' },
  ])
    log.add(JSON.stringify(record));
  log.add('no JSON at all');
  assert.equal(log.entries[0]?.record['phase'], 'settle');
  const decisions = log.entries.map(({ record: _, ...decision }) => decision);
  assert.equal(decisions, [
    { at: 4, phase: 'settle', limit: 240_000, estimate: 100_000 },
    { at: 5, phase: 'open', limit: undefined, estimate: undefined },
  ]);
});

test.run();
