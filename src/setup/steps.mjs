import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { dependenciesMatch, installCommand, nodeOf, nodeProblem, platformProblem } from './dependencies.mjs';
import { hashInputs } from './stamps.mjs';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title what it does
 * @property {string} usual how long it usually takes
 * @property {() => string | undefined} [skip] why there is nothing to do yet
 * @property {() => string} inputs a hash over everything it depends on
 * @property {() => boolean} ready whether what it makes is there
 * @property {boolean} [provesItself] `ready` compares with the inputs: an unknown stamp is no reason to repeat the step
 * @property {(run: (program: string, args: string[], env?: NodeJS.ProcessEnv) => Promise<void>) => Promise<void>} make
 */

/** What tests need from the system, and a file that shows that it is there (asking dpkg each time would cost 50 ms). */
const testPackages = [
  ['chromium', '/usr/bin/chromium'],
  ['firefox-esr', '/usr/bin/firefox-esr'],
  ['fonts-liberation', '/usr/share/fonts/truetype/liberation'],
  ['iproute2', '/usr/sbin/ip'],
  ['coturn', '/usr/bin/turnutils_uclient'],
  // promtool checks the alert rules; the server itself scrapes a running Plenum.
  ['prometheus', '/usr/bin/promtool'],
  // What the bench compares Plenum with.
  ['janus', '/usr/bin/janus'],
  // A home router for the tests of port mapping: it is only ever started in network namespaces of their own.
  ['miniupnpd', '/usr/sbin/miniupnpd'],
  ['nftables', '/usr/sbin/nft'],
];

/** Which steps a script needs, in order. */
export const modes = {
  run: ['dependencies', 'protocol', 'worker', 'web'],
  dev: ['dependencies', 'protocol', 'worker'],
  check: ['dependencies', 'protocol'],
  doctor: ['dependencies', 'protocol'],
  worker: ['dependencies', 'worker'],
  // Browsers early: where they are missing and cannot be installed, nobody should wait for a compiler first.
  test: ['dependencies', 'browsers', 'protocol', 'worker', 'web'],
};

/**
 * @param {string} root the checkout
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Record<string, Step>}
 */
export function stepsOf(root, environment) {
  const at = (...parts) => join(root, ...parts);
  const bin = (name) => at('node_modules', '.bin', name);
  const generated = at('src/protocol/generated');

  return {
    dependencies: {
      name: 'dependencies',
      title: 'npm ci: libraries, tools and Node 24',
      usual: '15–60 s',
      provesItself: true,
      inputs: () =>
        hashInputs(
          root,
          ['package-lock.json', 'package.json', 'node_modules/.package-lock.json'],
          [process.platform, process.arch],
        ),
      ready: () => dependenciesMatch(root),
      async make(run) {
        const problem = platformProblem();
        if (problem) throw new Error(problem);
        const { program, args, env } = installCommand(root, environment);
        await run(program, args, env);
        const broken = nodeProblem(root);
        if (broken) throw new Error(broken);
      },
    },

    protocol: {
      name: 'protocol',
      title: 'code for the messages of src/protocol/*.proto',
      usual: '2 s',
      inputs: () =>
        hashInputs(
          root,
          ['src/protocol', 'src/setup/steps.mjs'],
          [versionOf(at('node_modules/protobufjs-cli'))],
          (path) => /\.(ts|md)$|\/generated$/.test(path),
        ),
      ready: () =>
        existsSync(join(generated, 'signalling.js')) && existsSync(join(generated, 'signalling.d.ts')),
      async make(run) {
        // Made beside and moved: a server or a type check that runs at this moment sees whole files.
        const fresh = at('.setup', 'generated');
        rmSync(fresh, { recursive: true, force: true });
        mkdirSync(fresh, { recursive: true });
        const schemas = readdirSync(at('src/protocol')).filter((name) => name.endsWith('.proto'));
        // codec.ts uses encode and decode only; everything else would travel to every browser.
        const without = ['create', 'verify', 'convert', 'delimited', 'typeurl'].map((part) => `--no-${part}`);
        const target = [
          '-t',
          'static-module',
          '-w',
          'esm',
          '--dts',
          ...without,
          '-o',
          join(fresh, 'signalling.js'),
        ];
        await run(nodeOf(root), [
          bin('pbjs'),
          ...target,
          ...schemas.sort().map((name) => at('src/protocol', name)),
        ]);
        mkdirSync(generated, { recursive: true });
        for (const name of ['signalling.d.ts', 'signalling.js'])
          renameSync(join(fresh, name), join(generated, name));
      },
    },

    worker: {
      name: 'worker',
      title: 'the mediasoup worker: from the cache, by download, or compiled',
      usual: '1 s, or 3–6 min when it must be compiled',
      inputs: () => {
        const {
          PLENUM_WORKER_BIN: given,
          PLENUM_WORKER_DOWNLOAD: download,
          XDG_CACHE_HOME: cache,
          HOME: home,
        } = environment;
        const binary = given ? statSync(given, { throwIfNoEntry: false }) : undefined;
        const machine = [process.arch, release().split('.')[0], versionOf(at('node_modules/mediasoup'))];
        const values = [
          ...machine,
          given,
          binary && `${binary.mtimeMs} ${binary.size}`,
          download,
          cache,
          home,
        ];
        return hashInputs(root, ['src/native', '/etc/os-release'], values, (path) => path.endsWith('.md'));
      },
      ready: () => existsSync(workerPath(at('.setup', 'worker.json'))),
      async make(run) {
        // A proxy in the environment is used for the download only when Node is told to look there.
        await run(nodeOf(root), [at('src/native/obtain-worker.ts')], {
          ...environment,
          NODE_USE_ENV_PROXY: '1',
        });
      },
    },

    web: {
      name: 'web',
      title: 'the web client',
      usual: '3–10 s',
      skip: () =>
        existsSync(at('src/web/index.html')) ? undefined : 'there is no web client in this checkout',
      inputs: () =>
        hashInputs(
          root,
          ['src/web', 'src/client', 'src/protocol', 'src/base', 'package-lock.json', 'tsconfig.json'],
          [],
          (path) => /\.md$|src\/web\/gallery$/.test(path),
        ),
      ready: () => existsSync(at('dist/web/index.html')),
      make: (run) => run(nodeOf(root), [bin('vite'), 'build', '--config', at('src/web/vite.config.ts')]),
    },

    browsers: {
      name: 'browsers',
      title: 'browsers and tools for the tests',
      usual: '1–2 min',
      inputs: () => hashInputs(root, [], testPackages.flat()),
      ready: () => testPackages.every(([, file]) => existsSync(file)),
      make: (run) =>
        run(nodeOf(root), [
          at('src/setup/install-packages.ts'),
          'the test suite',
          ...testPackages.map(([name]) => name),
        ]),
    },
  };
}

function versionOf(directory) {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

function workerPath(record) {
  try {
    return JSON.parse(readFileSync(record, 'utf8')).path;
  } catch {
    return '';
  }
}
