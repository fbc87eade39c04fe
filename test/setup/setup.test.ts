import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lockFile } from '../../src/setup/file-lock.mjs';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const root = resolve(import.meta.dirname, '../..');
const schema = (field: string) =>
  `syntax = "proto3";\npackage plenum;\nmessage Sample { string ${field} = 1; }\n`;

interface Context {
  dir: TempDir;
  schema: string;
  run: Run;
}
interface Run {
  (...args: string[]): Promise<{ code: number | null; output: string }>;
  /** Tells everything printed so far, each time something is. */
  watched(
    told: (output: string) => void,
    ...args: string[]
  ): Promise<{ code: number | null; output: string }>;
}

// A checkout with the real set-up, the real tools and one small schema.
const test = suite<Context>('Set-up');
test.before.each(async (context) => {
  context.dir = await tempDir();
  const { path } = context.dir;
  context.schema = join(path, 'src/protocol/sample.proto');
  await mkdir(join(path, 'src/protocol'), { recursive: true });
  await cp(join(root, 'src/setup'), join(path, 'src/setup'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'));
  await writeFile(context.schema, schema('first'));
  const watched: Run['watched'] = (told, ...args) => {
    const { promise, resolve: done } = Promise.withResolvers<{ code: number | null; output: string }>();
    // As typed in a terminal, also when these tests run inside npm test.
    const { npm_lifecycle_event: _script, ...env } = process.env;
    const child = spawn(process.execPath, [join(path, 'src/setup/setup.mjs'), ...args], { cwd: path, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        told(output);
      });
    }
    child.on('close', (code) => done({ code, output }));
    return promise;
  };
  context.run = Object.assign((...args: string[]) => watched(() => undefined, ...args), { watched });
});
test.after.each(({ dir }) => dir.remove());

test('a step runs once, and again when what it reads has changed or what it made is gone', async ({
  dir,
  schema: file,
  run,
}) => {
  const generated = join(dir.path, 'src/protocol/generated/signalling.js');
  const first = await run('step', 'protocol');
  assert.is(first.code, 0, first.output);
  assert.match(first.output, /usually/);
  assert.match(await readFile(generated, 'utf8'), /first/);

  const second = await run('step', 'protocol');
  assert.match(second.output, /up to date/);

  await writeFile(file, schema('second'));
  assert.match((await run('step', 'protocol')).output, /done in/);
  assert.match(await readFile(generated, 'utf8'), /second/);

  await rm(generated);
  assert.match((await run('step', 'protocol')).output, /done in/);
  assert.ok(existsSync(generated));
});

test('a failing step says what its command said and what to run next, and is tried again', async ({
  schema: file,
  run,
}) => {
  await writeFile(file, 'this is no schema');
  const failed = await run('step', 'protocol');
  assert.is(failed.code, 1);
  assert.match(failed.output, /sample\.proto/);
  assert.match(failed.output, /run again: node src\/setup\/setup\.mjs step protocol/);
  assert.match(failed.output, /protocol\.log/);

  await writeFile(file, schema('repaired'));
  assert.is((await run('step', 'protocol')).code, 0);
});

test('two at the same moment do the work once, and say what they wait for', async ({ dir, run }) => {
  const state = join(dir.path, '.setup');
  await mkdir(state, { recursive: true });
  // Held until both have come: the work itself is too quick to be met in the middle for certain.
  const release = await lockFile(join(state, 'lock'));
  const output: string[] = [];
  const running = [0, 1].map((index) => run.watched((text) => (output[index] = text), 'step', 'protocol'));
  await until('both wait', () => [0, 1].every((index) => /waiting for it/.test(output[index] ?? '')));
  release();
  const [one, two] = await Promise.all(running);
  assert.is(one?.code, 0, one?.output);
  assert.is(two?.code, 0, two?.output);
  const both = [one?.output ?? '', two?.output ?? ''];
  assert.is(both.filter((text) => /usually/.test(text)).length, 1, both.join('\n---\n'));
});

test('without a web client the web step is skipped with a word about it', async ({ run }) => {
  const { code, output } = await run('step', 'web');
  assert.is(code, 0);
  assert.match(output, /web +skipped/);
});

test('an unknown mode or step is refused with the ones there are', async ({ run }) => {
  for (const args of [[], ['walk'], ['step'], ['step', 'walk'], ['run', 'more'], ['constructor']]) {
    const { code, output } = await run(...args);
    assert.is(code, 2, args.join(' '));
    assert.match(output, /Usage/);
  }
});

test.run();
