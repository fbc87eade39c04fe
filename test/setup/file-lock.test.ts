import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lockFile } from '../../src/setup/file-lock.mjs';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const test = suite<{ dir: TempDir; lock: string }>('Set-up lock');
test.before.each(async (context) => {
  context.dir = await tempDir();
  context.lock = join(context.dir.path, 'lock');
});
test.after.each(({ dir }) => dir.remove());

/** Another process that has the lock and does not let go. */
async function holder(lock: string): Promise<ChildProcess> {
  const module = JSON.stringify(new URL('../../src/setup/file-lock.mjs', import.meta.url).href);
  const code = `import { lockFile } from ${module}; await lockFile(${JSON.stringify(lock)}); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('it is free again after its release', async ({ lock }) => {
  for (let round = 0; round < 3; round += 1) (await lockFile(lock))();
});

test('a second one waits, says for whom, and goes on when the first is killed', async ({ lock }) => {
  const child = await holder(lock);
  const waitedFor: (number | undefined)[] = [];
  let locked = false;
  const second = lockFile(lock, (owner) => waitedFor.push(owner)).then((release) => {
    locked = true;
    return release;
  });
  await until('the second one waits', () => waitedFor.length > 0);
  assert.is(locked, false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  (await second)();
  assert.equal(waitedFor, [child.pid]);
});

test('two in one process exclude each other too', async ({ lock }) => {
  const release = await lockFile(lock);
  const order: string[] = [];
  const second = lockFile(lock, () => order.push('waits')).then((releaseSecond) => {
    order.push('locked');
    releaseSecond();
  });
  await until('the second one waits', () => order.length > 0);
  order.push('released');
  release();
  await second;
  assert.equal(order, ['waits', 'released', 'locked']);
});

test.run();
