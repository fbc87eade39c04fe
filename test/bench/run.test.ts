import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BenchResult } from '../../bench/report/result.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { runBench } from './run-bench.ts';

const test = suite('bench run');
let directory: TempDir;
test.before(async () => {
  directory = await tempDir();
});
test.after(() => directory.remove());

test('a small meeting: real server, everybody receives, everything is measured', async () => {
  const json = join(directory.path, 'meeting.json');
  const numbers = ['--participants', '3', '--seconds', '3', '--settle', '1', '--warm-up', '0'];
  const { code, output } = await runBench('meeting', ...numbers, '--json', json);
  // A busy machine may make the load clients late: that is reported as such and no failure of the bench.
  assert.ok(code === 0 || code === 3, output);
  const result = JSON.parse(await readFile(json, 'utf8')) as BenchResult;
  assert.equal(result.clients.failed, []);
  assert.is(result.clients.ready, result.clients.planned);
  assert.ok((result.join.room?.p95 ?? 0) > 0);
  assert.ok((result.join.firstFrame?.count ?? 0) >= 3);
  const { measured } = result;
  assert.ok(measured);
  assert.ok(measured.traffic.inPacketsPerSecond > 50 && measured.traffic.outPacketsPerSecond > 50, output);
  assert.ok((measured.latency.video?.count ?? 0) > 100);
  // On a machine that is busy with other tests its connection may come too late.
  if (code === 0) assert.ok((measured.latency.floor?.count ?? 0) > 10);
  assert.ok((measured.server?.microsecondsPerForwardedPacket ?? 0) > 0);
  assert.ok((measured.server?.workerResidentOctets ?? 0) > 0);
  assert.ok((measured.server?.nodeEventLoopP99Ms ?? 0) > 0);
  assert.ok(result.timeline.length > 3);
  assert.match(output, 'worker CPU per packet out');
  assert.match(await readFile(json.replace('.json', '.html'), 'utf8'), 'worker CPU per packet out');
});

test('a repeated scenario: each run has a server of its own, the numbers are medians', async () => {
  const json = join(directory.path, 'repeated.json');
  const numbers = ['--participants', '2', '--seconds', '1', '--settle', '0', '--warm-up', '0'];
  const { code, output } = await runBench('meeting', ...numbers, '--repeat', '2', '--json', json);
  assert.ok(code === 0 || code === 3, output);
  const { repeats = [], measured } = JSON.parse(await readFile(json, 'utf8')) as BenchResult;
  const [first, second] = repeats.map((run) => run.measured?.traffic.inPacketsPerSecond ?? Number.NaN);
  assert.is(repeats.length, 2);
  assert.is(measured?.traffic.inPacketsPerSecond, ((first ?? 0) + (second ?? 0)) / 2);
  assert.match(output, 'medians (least–most) of 2 runs');
  const compared = await runBench('compare', json, json);
  assert.is(compared.code, 0, compared.output);
  assert.match(compared.output, /within the spread|same/);
  assert.is((await runBench('compare', json)).code, 2);
});

const brief = ['--seconds', '2', '--settle', '0', '--warm-up', '0', '--quiet'];
const people = ['--participants', '3'];

/** At the same time: they mostly wait. */
async function together(runs: [scenario: string, ...numbers: string[]][]): Promise<BenchResult[]> {
  const results = await Promise.all(
    runs.map(async ([scenario, ...numbers]) => {
      const json = join(directory.path, `${scenario}.json`);
      const { code, output } = await runBench(scenario, ...numbers, ...brief, '--json', json);
      assert.ok(code === 0 || code === 3, `${scenario}: ${output}`);
      return JSON.parse(await readFile(json, 'utf8')) as BenchResult;
    }),
  );
  for (const { scenario, clients, measured, memory } of results) {
    assert.equal(clients.failed, [], scenario);
    assert.ok((measured?.traffic.outPacketsPerSecond ?? 0) > 0, scenario);
    assert.ok((memory?.heapAfter ?? 0) > 0, scenario);
  }
  return results;
}

test('lecture, audio, rooms: everybody joins, something is measured and weighed', async () => {
  const [, , rooms] = await together([
    ['lecture', '--viewers', '3'],
    ['audio', ...people],
    ['rooms', '--rooms', '2', '--participants', '2'],
  ]);
  assert.is(rooms?.clients.planned, 4);
});

test('join-storm and churn: who was cut off comes back, who left is followed by somebody else', async () => {
  const [storm, churn] = await together([
    ['join-storm', ...people, '--cameras', '1', '--within', '0.5', '--blip', '1'],
    ['churn', ...people, '--cameras', '1', '--changes-per-second', '2'],
  ]);
  assert.is(storm?.join.resumed?.count, 3);
  assert.ok((churn?.join.room?.count ?? 0) > 5);
});

test('relay: all media goes through the embedded TURN server', async () => {
  const json = join(directory.path, 'relay.json');
  const { code, output } = await runBench('relay', '--participants', '2', ...brief, '--json', json);
  // A machine whose only address is loopback has no use for a relay.
  if (/no other IPv4 address/.test(output)) return;
  assert.ok(code === 0 || code === 3, output);
  const result = JSON.parse(await readFile(json, 'utf8')) as BenchResult;
  assert.equal(result.clients.failed, []);
  assert.ok((result.measured?.traffic.outPacketsPerSecond ?? 0) > 50, output);
});

test('a server that is not there ends it with a reason', async () => {
  const { code, output } = await runBench('meeting', '--url', 'http://127.0.0.1:9', '--quiet');
  assert.is(code, 1);
  assert.match(output, /cannot be reached/);
});

test.run();
