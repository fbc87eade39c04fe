import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashInputs, Stamps } from '../../src/setup/stamps.mjs';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const test = suite<{ dir: TempDir }>('Set-up stamps');
test.before.each(async (context) => {
  context.dir = await tempDir();
  await mkdir(join(context.dir.path, 'in/deep'), { recursive: true });
  await writeFile(join(context.dir.path, 'in/a.txt'), 'a');
  await writeFile(join(context.dir.path, 'in/deep/b.txt'), 'b');
});
test.after.each(({ dir }) => dir.remove());

test('the hash stays when only times change, and changes with content, name, new and missing files', async ({
  dir,
}) => {
  const hash = () => hashInputs(dir.path, ['in', 'single.txt']);
  const before = hash();
  await utimes(join(dir.path, 'in/a.txt'), 1, 1);
  assert.is(hash(), before);

  const seen = new Set([before]);
  const changes = [
    () => writeFile(join(dir.path, 'in/deep/b.txt'), 'c'),
    () => writeFile(join(dir.path, 'in/deep/new.txt'), ''),
    () => writeFile(join(dir.path, 'single.txt'), ''),
    () => rm(join(dir.path, 'in/a.txt')),
  ];
  for (const change of changes) {
    await change();
    assert.not(seen.has(hash()), 'a change was not noticed');
    seen.add(hash());
  }
});

test('moving bytes from one file to the next is a change', async ({ dir }) => {
  await writeFile(join(dir.path, 'x'), 'ab');
  await writeFile(join(dir.path, 'y'), 'c');
  const before = hashInputs(dir.path, ['x', 'y']);
  await writeFile(join(dir.path, 'x'), 'a');
  await writeFile(join(dir.path, 'y'), 'bc');
  assert.is.not(hashInputs(dir.path, ['x', 'y']), before);
});

test('values count, and an absent one is not an empty one', ({ dir }) => {
  const hash = (...values: (string | undefined)[]) => hashInputs(dir.path, [], values);
  assert.is(hash('a', undefined), hash('a', undefined));
  assert.is.not(hash('a', undefined), hash('a', ''));
  assert.is.not(hash('a', 'b'), hash('b', 'a'));
});

test('a skipped folder does not count', async ({ dir }) => {
  const hash = () => hashInputs(dir.path, ['in'], [], (path) => path === join('in', 'deep'));
  const before = hash();
  await writeFile(join(dir.path, 'in/deep/b.txt'), 'changed');
  assert.is(hash(), before);
});

test('stamps are kept per step and can be removed', ({ dir }) => {
  const stamps = new Stamps(join(dir.path, 'state'));
  assert.is(stamps.read('web'), undefined);
  stamps.write('web', 'one');
  stamps.write('worker', 'two');
  assert.is(new Stamps(join(dir.path, 'state')).read('web'), 'one');
  stamps.remove('web');
  assert.is(stamps.read('web'), undefined);
  assert.is(stamps.read('worker'), 'two');
});

test.run();
