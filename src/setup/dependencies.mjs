import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, sep } from 'node:path';

/** Node the project runs on; it comes from npm through the lock file, beside whatever Node the machine has. */
const neededMajor = 24;

/**
 * Whether node_modules is what the lock file asks for. npm writes what it installed to a lock file of its own when it is
 * done, so an interrupted installation has none.
 *
 * @param {string} root
 */
export function dependenciesMatch(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const manifest = readJson(join(root, 'package.json'));
  if (!wanted || !installed || !manifest || !existsSync(nodeOf(root))) return false;
  if (!sameEntries(directOf(manifest), directOf(wanted[''] ?? {}))) return false;
  if (Object.keys(installed).some((path) => !(path in wanted))) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // Packages for other platforms are in the lock file and not installed.
    if (!found) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** @param {string} root @returns {string} the project's own Node */
export function nodeOf(root) {
  return join(root, 'node_modules', '.bin', 'node');
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ program: string, args: string[], env: NodeJS.ProcessEnv }}
 */
export function installCommand(root, environment) {
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const env = nestedEnvironment(root, environment);
  const npm = environment.npm_execpath;
  // The Node that runs npm, not the one of this process: that may be the one in node_modules, which npm is about to remove.
  const node = environment.npm_node_execpath;
  if (npm && node && basename(npm) === 'npm-cli.js' && !node.startsWith(join(root, 'node_modules') + sep)) {
    return { program: node, args: [npm, ...args], env };
  }
  return { program: 'npm', args, env };
}

/** @param {string} root @param {NodeJS.ProcessEnv} environment */
export function nestedEnvironment(root, environment) {
  const env = {};
  for (const [name, value] of Object.entries(environment)) {
    // What npm tells the script it runs: an npm below it would believe that it runs this script too.
    if (!/^npm_(lifecycle_|package_|command)/.test(name)) env[name] = value;
  }
  const own = dirname(nodeOf(root));
  env.PATH = (environment.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== own)
    .join(delimiter);
  // mediasoup's install script then stands aside (npm before 11 runs it): src/native provides the worker.
  env.MEDIASOUP_WORKER_BIN = 'provided-by-the-set-up';
  return env;
}

/** @returns {string | undefined} why this machine cannot run the project */
export function platformProblem() {
  const { platform, arch } = process;
  if (platform !== 'linux')
    return `Plenum runs on Linux; this is ${platform}. Use a Linux machine, a virtual machine or the Dockerfile.`;
  if (arch !== 'x64' && arch !== 'arm64') return `Plenum runs on x64 and arm64; this machine is ${arch}.`;
  process.report.excludeNetwork = true;
  if (!process.report.getReport().header.glibcVersionRuntime) {
    return 'Plenum needs a system with glibc (Debian, Ubuntu, Fedora, …); this one has another C library. Use the Dockerfile.';
  }
  return undefined;
}

/** @param {string} root @returns {string | undefined} why the project's own Node cannot be used */
export function nodeProblem(root) {
  const result = spawnSync(nodeOf(root), ['--version'], { encoding: 'utf8' });
  const major = Number(/^v(\d+)\./.exec(result.stdout ?? '')?.[1]);
  if (major >= neededMajor) return undefined;
  const reason = result.error?.message ?? (result.stderr?.trim() || `it says ${result.stdout?.trim()}`);
  return `Node ${neededMajor} from the lock file (package node-linux-${process.arch}) does not run: ${reason}\nRun: rm -rf node_modules, then repeat.`;
}

/** All kinds together: npm lists optional ones a second time among the normal ones of the lock file, or not. */
function directOf({ dependencies, devDependencies, optionalDependencies }) {
  return { ...dependencies, ...devDependencies, ...optionalDependencies };
}

function sameEntries(a, b) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
