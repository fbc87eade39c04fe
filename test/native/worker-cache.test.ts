import { access, constants, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerCache } from '../../src/native/worker-cache.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const test = suite<{ dir: TempDir; cache: WorkerCache }>('Worker cache');
test.before.each(async (context) => {
  context.dir = await tempDir();
  context.cache = new WorkerCache({ XDG_CACHE_HOME: context.dir.path }, '3.0.0');
  await mkdir(context.cache.root, { recursive: true });
});
test.after.each(({ dir }) => dir.remove());

test('it lies in the per-user cache directory', ({ dir, cache }) => {
  assert.is(cache.root, join(dir.path, 'plenum/worker'));
  assert.match(new WorkerCache({}, '3.0.0').root, /\/\.cache\/plenum\/worker$/);
});

test('keys name version, platform and origin, and stay the same', async ({ cache, dir }) => {
  const built = await cache.key('built');
  assert.is(await cache.key('built'), built);
  assert.match(built, /^3\.0\.0-linux-(x64|arm64)-[a-z]+[\w.]*-[0-9a-f]{12}$/);
  const prebuilt = await cache.key('prebuilt');
  assert.match(prebuilt, /^3\.0\.0-linux-\w+-kernel\d+-prebuilt$/);
  const next = new WorkerCache({ XDG_CACHE_HOME: dir.path }, '3.0.1');
  assert.is.not(await next.key('built'), built);
});

test('a placed binary is found, executable, and replaced whole', async ({ cache }) => {
  assert.is(await cache.find('key'), undefined);
  for (const content of ['one', 'two']) {
    const file = join(cache.root, 'new');
    await writeFile(file, content, { mode: 0o600 });
    const path = await cache.place('key', file);
    assert.is(await cache.find('key'), path);
    await access(path, constants.X_OK);
    assert.is(await readFile(path, 'utf8'), content);
  }
  assert.equal((await readdir(cache.root)).sort(), ['key']);
});

test('two that place the same binary at the same time both succeed', async ({ cache }) => {
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const file = join(cache.root, `new-${index}`);
      await writeFile(file, 'same');
      assert.is(await readFile(await cache.place('key', file), 'utf8'), 'same');
    }),
  );
  assert.ok(await cache.find('key'));
});

test.run();
