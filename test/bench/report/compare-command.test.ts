import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../bench/options.ts';
import { combineRuns } from '../../../bench/report/combine-runs.ts';
import { compareCommand, readCompareOptions } from '../../../bench/report/compare-command.ts';
import { reportCommand } from '../../../bench/report/report-command.ts';
import { type TempDir, tempDir } from '../../support/temp-dir.ts';
import { measured, sampleResult } from './sample-result.ts';

const test = suite('compare command');

let directory: TempDir;
test.before(async () => {
  directory = await tempDir();
});
test.after(() => directory.remove());

async function file(name: string, content: unknown): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function refused(work: Promise<unknown>, what: RegExp): Promise<void> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, UsageError);
    assert.match((error as Error).message, what);
    return;
  }
  assert.unreachable(String(what));
}

const costs = (...all: number[]) => all.map((cost) => sampleResult({ measured: measured(2400, cost) }));

test('single runs: ratio and judgement of each measure', async () => {
  const [a, b] = costs(20, 30);
  const table = await compareCommand([await file('a.json', a), await file('b.json', b)]);
  assert.match(table, /worker CPU per packet out +20.0 µs +30.0 µs +1.50 +worse/);
  assert.match(table, /event-loop delay p99 +10.9 ms +10.9 ms +1.00 +same/);
  assert.not.match(table, 'WARNING');
  assert.match(table, 'Single runs differ by a fifth');
});

test('sides of several files and repeated runs: medians, ranges, and how often that is wrong', async () => {
  const base = await Promise.all(costs(20, 22, 21).map((one, index) => file(`base-${index}.json`, one)));
  const repeated = await file('repeated.json', combineRuns(costs(15, 16, 17), 3));
  const html = join(directory.path, 'out.html');
  const table = await compareCommand(['--base', ...base, '--with', repeated, '--html', html]);
  assert.match(
    table,
    /worker CPU per packet out +21.0 µs \(20.0–22.0\) +16.0 µs \(15.0–17.0\) +0.76 +better/,
  );
  assert.match(table, '3 runs against 3: about 10 % of the measures');
  const page = await readFile(html, 'utf8');
  assert.match(page, '<td class="good">better</td>');
  assert.not.match(page, '<script');
});

test('what else differs is said before everything', async () => {
  const sample = sampleResult();
  const other = sampleResult({
    numbers: { ...sample.numbers, participants: 8, viewers: 1 },
    environment: { ...sample.environment, cpu: 'another', commit: 'may differ', worker: 'given' },
    verdict: { state: 'invalid', reasons: ['2 of 8 clients failed'], remarks: [] },
    measured: { ...measured(2400, 20), machine: { busyPercent: 90, otherCores: 1.2 } },
  });
  const table = await compareCommand([await file('a.json', sample), await file('b.json', other)]);
  const warnings = table.split('\n').filter((line) => line.startsWith('WARNING'));
  for (const part of [
    /CPU differs: AMD EPYC .*another/,
    /media worker differs/,
    /--participants differs: 4 .* 8/,
    /--viewers differs: unknown/,
    /b.json is invalid: 2 of 8 clients failed/,
    /b.json: other programs used up to 1.2 cores/,
  ])
    assert.ok(
      warnings.some((line) => part.test(line)),
      `${part} in ${warnings.join('\n')}`,
    );
  assert.not.match(warnings.join('\n'), 'may differ');
  assert.match(table, /^WARNING/);
});

test('more than two: each against the first', async () => {
  const files = await Promise.all(costs(20, 30, 10).map((one, index) => file(`${index}.json`, one)));
  const table = await compareCommand(files);
  assert.match(table, /20.0 µs +30.0 µs +1.50 +worse +10.0 µs +0.50 +better/);
});

test('files that are no results are refused with what is wrong', async () => {
  const good = await file('good.json', sampleResult());
  const { numbers: _, ...withoutNumbers } = sampleResult();
  for (const [content, what] of [
    ['{', /is no JSON/],
    ['[]', /no result of the bench/],
    ['null', /no result of the bench/],
    [{ ...sampleResult(), format: 2 }, /has format 2; this program knows format 1/],
    [{ format: 1, scenario: 'weak-link', situations: [] }, /result of weak-link/],
    [{ ...sampleResult(), systems: [] }, /result of versus/],
    [withoutNumbers, /is not what the bench writes: numbers/],
    [{ ...sampleResult(), timeline: [{ second: 'x' }] }, /timeline\.0\.second/],
  ] as const) {
    const bad = await file('bad.json', content);
    await refused(compareCommand([good, bad]), what);
    await refused(reportCommand([bad]), what);
  }
  await refused(compareCommand([good, join(directory.path, 'none.json')]), /none\.json: cannot be read/);
});

test('contradicting parameters are refused with what would be right', () => {
  for (const [parameters, what] of [
    [[], /at least two/],
    [['a'], /at least two/],
    [['--base', 'a'], /at least one --with/],
    [['--base', '--with', 'b'], /files behind each/],
    [['a', '--base', 'b', '--with', 'c'], /or without both/],
    [['a', 'b', '--fast'], /no option --fast/],
    [['a', 'b', '--html'], /--html wants a file/],
  ] as const)
    assert.throws(
      () => readCompareOptions(parameters),
      (error: unknown) => error instanceof UsageError && what.test(error.message),
      String(what),
    );
  assert.equal(readCompareOptions(['--with', 'c', 'd', '--html', 'x', '--base', 'a', 'b']), {
    sides: [
      ['a', 'b'],
      ['c', 'd'],
    ],
    html: 'x',
  });
});

test('a page can be made of a file that exists', async () => {
  const json = await file('exists.json', { ...sampleResult(), join: null });
  assert.match(await reportCommand([json]), 'exists.html');
  assert.match(await readFile(json.replace('.json', '.html'), 'utf8'), 'The run is valid');
  await refused(reportCommand([]), /report <result.json>/);
});

test.run();
