import { closeSync, openSync, readFileSync } from 'node:fs';
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
  const { log, flush } = openLog(logSettings.parse(settings), { fd, terminal: false });
  write(log);
  flush();
  const text = readFileSync(path, 'utf8');
  closeSync(fd);
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

test.run();
