import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { ConfigError, configSchema, loadConfig } from '../../../src/server/config.ts';
import { leavesOf, variableOf } from '../../../src/server/config-environment.ts';

const test = suite('config');

function problemsOf(text: string, environment: Record<string, string> = {}): string {
  try {
    loadConfig({ name: 'plenum.yaml', text }, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join('\n');
    throw error;
  }
  return 'none';
}

test('defaults are complete, and an empty file is a file', () => {
  assert.equal(loadConfig(undefined, {}), loadConfig({ name: 'empty.yaml', text: '# nothing\n' }, {}));
  assert.is(loadConfig(undefined, {}).http.port, 8443);
});

test('config/example.yaml shows every key with its default', () => {
  const text = readFileSync(new URL('../../../config/example.yaml', import.meta.url), 'utf8');
  assert.equal(parse(text), loadConfig(undefined, {}));
});

test('every file in config/ is valid', () => {
  const directory = new URL('../../../config/', import.meta.url);
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.yaml'))) {
    loadConfig({ name, text: readFileSync(new URL(name, directory), 'utf8') }, {});
  }
});

test('the environment wins over the file, which wins over defaults', () => {
  const config = loadConfig(
    { name: 'plenum.yaml', text: 'http: { port: 1000, listenAddress: 10.0.0.1 }' },
    {
      PLENUM_HTTP_PORT: '2000',
      PLENUM_HTTP_TLS_NAMES: 'a.example, b.example',
      PLENUM_HTTP_LOOPBACK_ENABLED: 'false',
      HOME: '/',
    },
  );
  assert.is(config.http.port, 2000);
  assert.is(config.http.listenAddress, '10.0.0.1');
  assert.equal(config.http.tls.names, ['a.example', 'b.example']);
  assert.is(config.http.loopback.enabled, false);
});

test('text stays text, even when it looks like a number', () => {
  assert.is(
    loadConfig(undefined, { PLENUM_ACCOUNTS_JOIN_TOKEN_SECRET: '12345678' }).accounts.joinTokenSecret,
    '12345678',
  );
});

test('no two keys share an environment variable', () => {
  const names = leavesOf(configSchema).map((leaf) => variableOf(leaf.path));
  assert.is(new Set(names).size, names.length);
});

test('a list that may hold secrets is not shown', () => {
  const server = 'urls: [stun:a], secret: do-not-tell';
  const problems = problemsOf(`turn: { externalServers: [${Array(9).fill(`{ ${server} }`).join(', ')}] }`);
  assert.match(problems, /^turn\.externalServers/);
  assert.not.match(problems, 'do-not-tell');
});

test('unknown keys and bad values are named with their path and what is allowed', () => {
  assert.match(problemsOf('htp: {}'), /^htp: there is no such key; allowed here: dataDir, .*http/);
  assert.match(
    problemsOf('http: { tls: { cert: x } }'),
    /^http\.tls\.cert: there is no such key; allowed here: certificateFile/,
  );
  assert.match(
    problemsOf('http: { port: 70000 }'),
    /^http\.port: must be a whole number from 0 to 65535, found 70000$/,
  );
  assert.match(
    problemsOf('log: { level: loud }'),
    /^log\.level: must be one of debug, info, warn, error, silent, found "loud"$/,
  );
  assert.match(problemsOf('http: 3'), /^http: must be a group of keys/);
  assert.match(problemsOf('- 1'), /^\(top level\): must be a group of keys/);
  assert.match(problemsOf('http: ['), /^plenum\.yaml: /);
  assert.match(problemsOf('http: {}\nhttp: {}'), /unique/);
  assert.is(problemsOf('log: { level: loud }\nhttp: { port: x }').split('\n').length, 2);
});

test('a bad environment variable is named', () => {
  assert.match(
    problemsOf('', { PLENUM_HTTP_PORT: 'many' }),
    /^http\.port: .* found "many" \(from PLENUM_HTTP_PORT\)$/,
  );
  assert.match(problemsOf('', { PLENUM_HTTP_POT: '1' }), /^PLENUM_HTTP_POT: there is no such setting/);
  assert.is(
    problemsOf('', { PLENUM_SERVICE_HOST: '10.0.0.1', PLENUM_PORT_8443_TCP: 'x', PLENUM_CONFIG: 'x' }),
    'none',
  );
});

test('plain HTTP cannot be configured for other machines', () => {
  assert.match(problemsOf('http: { loopback: { listenAddress: 0.0.0.0 } }'), /loopback address/);
  assert.match(problemsOf('http: { loopback: { listenAddress: localhost } }'), /loopback address/);
});

test('complaints never show secrets', () => {
  const text =
    problemsOf('accounts: { joinTokenSecret: [hunter2] }\n') +
    problemsOf('accounts: { joinTokenSecret: hunter2, joinTokenSecretFile: f }');
  assert.match(text, 'joinTokenSecret');
  assert.not.match(text, 'hunter2');
});

test('nested aliases do not become gigabytes', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`),
  ].join('\n');
  assert.match(problemsOf(bomb), /alias/i);
});

test.run();
