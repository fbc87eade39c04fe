import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { otherSystems } from '../../../bench/versus/systems.ts';
import type { VersusResult } from '../../../bench/versus/versus.ts';
import { type TempDir, tempDir } from '../../support/temp-dir.ts';
import { runBench } from '../run-bench.ts';

const test = suite('versus: run');
let directory: TempDir;
test.before(async () => {
  directory = await tempDir();
});
test.after(() => directory.remove());

// The set-up installs what is missing; but Janus wants an address beside loopback, which a machine without a network lacks.
const systems = otherSystems.filter((system) => system.missing() === undefined).map(({ name }) => name);

test(`a small meeting through Plenum, ${systems.join(' and ')}: all forward, and ratios are known`, async () => {
  const json = join(directory.path, 'versus.json');
  const numbers = [
    '--participants',
    '3',
    '--seconds',
    '2',
    '--settle',
    '1',
    '--warm-up',
    '0',
    '--repeat',
    '1',
  ];
  const parameters = ['--scenario', 'meeting', ...numbers, '--json', json];
  const { code, output } = await runBench('versus', ...systems, ...parameters);
  // A busy machine may make the load clients late: that is reported as such and no failure of the bench.
  assert.ok(code === 0 || code === 3, output);
  const result = JSON.parse(await readFile(json, 'utf8')) as VersusResult;
  assert.equal(
    result.systems.map(({ name }) => name),
    ['plenum', ...systems],
  );
  for (const { runs } of result.systems) {
    const [run] = runs;
    assert.equal(run?.clients.failed, []);
    assert.ok((run?.measured?.traffic.outPacketsPerSecond ?? 0) > 50, output);
    assert.ok((run?.measured?.latency.audio?.count ?? 0) > 10, output);
    assert.ok((run?.measured?.loss.percent ?? 100) < 5, output);
  }
  assert.equal(
    result.comparisons.map(({ other }) => other),
    systems,
  );
  for (const { rows } of result.comparisons) {
    for (const name of ['CPU per forwarded packet', 'latency, video, p50', 'first picture, p50']) {
      const ratio = rows.find((row) => row.name === name)?.ratio ?? 0;
      assert.ok(ratio > 0.01 && ratio < 100, `${name}: ${ratio}`);
    }
  }
  assert.match(output, /is ahead of|Who is ahead/);
});

test.run();
