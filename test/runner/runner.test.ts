import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

/** Runs the runner itself on fixture files, one per way in which a test file goes wrong. */
const test = suite('runner');
const root = resolve(import.meta.dirname, '../..');
const fixture = (name: string) => `test/runner/fixtures/${name}.test.ts`;

interface Ran {
  code: number | null;
  output: string;
  lastLine: string;
}

function run(args: string[], whileRunning: (pid: number, output: string) => void = () => {}): Promise<Ran> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['test/run.ts', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const read = (text: string) => {
      output += text;
      if (child.pid !== undefined) whileRunning(child.pid, output);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.on('error', fail);
    child.on('close', (code) => {
      done({ code, output, lastLine: output.trimEnd().split('\n').at(-1) ?? '' });
    });
  });
}

test('a good file passes', async () => {
  const { code, lastLine, output } = await run([fixture('passes')]);
  assert.is(lastLine, '2 passed, 0 failed, 1 skipped');
  assert.is(code, 0);
  assert.match(output, /^✓ +\d+\.\d s {2}test\/runner\/fixtures\/passes\.test\.ts/m);
  assert.match(output, /^Total time \d+\.\d s$/m);
});

const bad: Record<string, { closing: string; says: RegExp }> = {
  fails: { closing: '1 passed, 1 failed', says: /FAIL.*"is wrong"/ },
  'before-hook': { closing: '0 passed, 2 failed', says: /before hook.*the database is gone/ },
  'after-hook': { closing: '1 passed, 1 failed', says: /after hook.*cannot clean up/ },
  'after-each-hook': { closing: '2 passed, 2 failed', says: /after\.each hook.*cannot clean up either/ },
  'non-error': { closing: '1 passed, 2 failed', says: /other than an Error was thrown: 'just a string'/ },
  'no-run': { closing: '0 passed, 1 failed', says: /`\.run\(\)` is missing/ },
  'one-of-two-runs': { closing: '1 passed, 1 failed', says: /"second" never ran/ },
  'no-tests': { closing: '0 passed, 1 failed', says: /no tests in this file/ },
  'open-handle': { closing: '1 passed, 1 failed', says: /did not end.*TCPServerWrap/ },
  hangs: { closing: '0 passed, 1 failed', says: /time limit: killed after 1 s, in "hangs: waits for ever"/ },
  'never-settles': {
    closing: '0 passed, 1 failed',
    says: /ended before its tests were done.*nothing will wake it/,
  },
  exits: { closing: '0 passed, 1 failed', says: /ended before its tests were done \(exit code 0\)/ },
  'exit-code': { closing: '1 passed, 1 failed', says: /all tests passed, then it ended with exit code 7/ },
  crashes: { closing: '0 passed, 1 failed', says: /SIGSEGV/ },
  'rejects-later': { closing: '1 passed, 1 failed', says: /nobody waits for this/ },
  'fails-to-load': { closing: '0 passed, 1 failed', says: /while loading/ },
  'leaves-process': { closing: '1 passed, 1 failed', says: /left processes behind: sleep/ },
};

/** All at once, three at a time: most of these only wait. */
const runs = new Map<string, Ran>();
test.before(async () => {
  const waiting = Object.keys(bad);
  const lane = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) runs.set(name, await run([fixture(name)]));
  };
  await Promise.all([lane(), lane(), lane()]);
});

for (const [name, { closing, says }] of Object.entries(bad)) {
  test(`${name} fails`, () => {
    const { code, lastLine, output } = runs.get(name) as Ran;
    assert.is(lastLine, closing, output);
    assert.match(output, says);
    assert.is(code, 1);
  });
}

test('an argument that matches nothing fails, the others still run', async () => {
  const { code, lastLine, output } = await run([fixture('passes'), 'no-such-thing']);
  assert.is(lastLine, '2 passed, 1 failed, 1 skipped');
  assert.match(output, /no test file matches "no-such-thing"/);
  assert.is(code, 1);
});

test('fixtures do not run by part of their path', async () => {
  const { lastLine } = await run(['runner/fixtures']);
  assert.is(lastLine, '0 passed, 1 failed');
});

test('an interrupt ends everything and fails', async () => {
  let sent = false;
  const { code, lastLine, output } = await run([fixture('slow'), fixture('passes')], (pid, printed) => {
    if (sent || !printed.includes('passes.test.ts')) return;
    sent = true;
    process.kill(pid, 'SIGINT');
  });
  assert.is(code, 1);
  assert.match(output, /interrupted/);
  assert.match(lastLine, /^2 passed, 2 failed/);
});

test.run();
