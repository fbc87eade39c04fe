import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadJoinTokenSecret } from '../../../src/server/accounts/secret.ts';
import { accountSettings } from '../../../src/server/accounts/settings.ts';

const test = suite<{ directory: string }>('join token secret');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'plenum-secret-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));
const none = accountSettings.parse({});
const good = 'VYoZ3Gm0b1qkq2XcR9tLw7hPfE5sUjDa';

test('is made once, kept, and readable by the owner only', ({ directory }) => {
  const first = loadJoinTokenSecret(none, directory);
  assert.ok(first.length >= 48);
  assert.equal(loadJoinTokenSecret(none, directory), first);
  assert.is(statSync(join(directory, 'join-token-secret')).mode & 0o777, 0o600);
  rmSync(join(directory, 'join-token-secret'));
  assert.not.equal(loadJoinTokenSecret(none, directory), first);
});

test('comes from the configuration or a file', ({ directory }) => {
  assert.is(
    new TextDecoder().decode(
      loadJoinTokenSecret(accountSettings.parse({ joinTokenSecret: good }), directory),
    ),
    good,
  );
  const file = join(directory, 'secret');
  writeFileSync(file, `${good}\n`);
  assert.is(
    new TextDecoder().decode(
      loadJoinTokenSecret(accountSettings.parse({ joinTokenSecretFile: file }), directory),
    ),
    good,
  );
  assert.throws(
    () => loadJoinTokenSecret(accountSettings.parse({ joinTokenSecretFile: `${file}x` }), directory),
    /joinTokenSecretFile .*cannot be read/,
  );
});

test('short, known and repetitive secrets stop the start, without being shown', ({ directory }) => {
  for (const joinTokenSecret of [
    '',
    'short',
    'changeme-changeme-changeme-changeme',
    'secret-secret-1234567890abcdefgh',
    'a'.repeat(64),
    'your-secret-key-goes-here-1234567890',
  ]) {
    try {
      loadJoinTokenSecret(accountSettings.parse({ joinTokenSecret }), directory);
      assert.unreachable(joinTokenSecret);
    } catch (error) {
      assert.match(String(error), /accounts\.joinTokenSecret: .*openssl rand/);
      if (joinTokenSecret) assert.not.match(String(error), joinTokenSecret);
    }
  }
});

test('an emptied file in the data directory stops the start', ({ directory }) => {
  writeFileSync(join(directory, 'join-token-secret'), '');
  assert.throws(() => loadJoinTokenSecret(none, directory), /join-token-secret: must have/);
  assert.is(readFileSync(join(directory, 'join-token-secret'), 'utf8'), '');
});

test.run();
