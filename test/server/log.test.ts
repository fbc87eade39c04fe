import { execFileSync, spawnSync } from 'node:child_process';
import { constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Log } from '../../src/base/log.ts';
import { logSettings, openLog, truncateAddress } from '../../src/server/log.ts';
import { tempDir } from '../support/temp-dir.ts';

const test = suite('log');

async function logged(settings: object, write: (log: Log) => void): Promise<string> {
  const directory = await tempDir();
  const path = join(directory.path, 'log');
  const fd = openSync(path, 'w');
  const { log, close } = openLog(logSettings.parse(settings), { fd, terminal: false });
  write(log);
  await close();
  const text = readFileSync(path, 'utf8');
  await directory.remove();
  return text;
}

test('secrets never reach a line, however deep', async () => {
  const text = await logged({ level: 'debug' }, (log) => {
    log.info({ token: 'hunter2', a: { password: 'hunter2', b: { resumeToken: 'hunter2' } } }, 'x');
    log.child({ secret: 'hunter2' }).debug({ authorization: 'hunter2' }, 'y');
  });
  assert.not.match(text, 'hunter2');
  assert.is(text.match(/\[redacted\]/g)?.length, 5);
});

test('addresses are truncated', async () => {
  assert.match(await logged({}, (log) => log.info({ address: '192.0.2.77' }, 'x')), '"address":"192.0.2.x"');
  assert.is(truncateAddress('::ffff:192.0.2.77'), '192.0.2.x');
  assert.is(truncateAddress('2001:db8:1:2:3:4:5:6'), '2001:db8:1::x');
  assert.is(truncateAddress('2001:db8::1'), '2001:db8::x');
  assert.is(truncateAddress('::1'), '::x');
  assert.is(truncateAddress('meet.example.org'), 'meet.example.org');
  assert.is(truncateAddress(5), 5);
});

test('JSON lines for programs, readable lines for people, errors with their stack', async () => {
  const line = JSON.parse(
    await logged({ format: 'auto' }, (log) =>
      log.error({ error: new Error('broken'), room: 'r1' }, 'failed'),
    ),
  );
  assert.is(line.level, 'error');
  assert.is(line.room, 'r1');
  assert.match(line.error.stack, 'log.test.ts');
  const pretty = await logged({ format: 'pretty' }, (log) => log.warn({ room: 'r1' }, 'careful'));
  assert.match(pretty, /WARN: careful \{"room":"r1"\}/);
  assert.is(await logged({ level: 'warn' }, (log) => log.info({}, 'x')), '');
  assert.is(await logged({ level: 'silent' }, (log) => log.error({}, 'x')), '');
});

test('closing waits for every line, and what comes later is lost', async () => {
  const directory = await tempDir();
  const path = join(directory.path, 'log');
  const { log, print, close } = openLog(logSettings.parse({}), { fd: openSync(path, 'w'), terminal: false });
  for (let line = 0; line < 5000; line += 1) log.info({ line }, 'x'.repeat(100));
  print('the end\n');
  await Promise.all([close(), close()]);
  log.info({}, 'too late');
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.is(lines.length, 5002);
  assert.is(JSON.parse(lines[4999] ?? '').line, 4999);
  assert.equal(lines.slice(5000), ['the end', '']);
  await directory.remove();
});

// Closed at the end of a process: whoever does not read must not keep it.
for (const [what, flags] of [
  ['a pipe that nobody reads', constants.O_RDWR | constants.O_NONBLOCK],
  ['a descriptor that cannot be written', constants.O_RDONLY | constants.O_NONBLOCK],
] as const) {
  test(`closing gives up on ${what}`, async () => {
    const directory = await tempDir();
    const path = join(directory.path, 'pipe');
    execFileSync('mkfifo', [path]);
    const program = `
      import { openLog, logSettings } from ${JSON.stringify(new URL('../../src/server/log.ts', import.meta.url).href)};
      import { openSync } from 'node:fs';
      const { log, close } = openLog(logSettings.parse({}), { fd: openSync(${JSON.stringify(path)}, ${flags}), terminal: false });
      for (let line = 0; line < 5000; line += 1) log.info({ line }, 'x'.repeat(100));
      await close();
      process.exit(3);`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 60_000,
    });
    assert.is(status, 3);
    await directory.remove();
  });
}

test.run();
