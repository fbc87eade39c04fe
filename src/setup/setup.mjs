/**
 * Makes a checkout ready: `setup.mjs <mode>`, or `setup.mjs step <name>` for one step. npm runs it before its scripts.
 *
 * It is the only part that runs before dependencies are installed and on the machine's own Node (20 or newer): plain
 * JavaScript, nothing imported but Node's modules. What was done before is not done again; a second run takes 0.2 s.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandFailed, runLogged } from './command.mjs';
import { lockFile } from './file-lock.mjs';
import { Progress } from './progress.mjs';
import { Stamps } from './stamps.mjs';
import { modes, stepsOf } from './steps.mjs';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const state = join(root, '.setup');

async function setUp(names) {
  const started = performance.now();
  mkdirSync(state, { recursive: true });
  const release = await lockFile(join(state, 'lock'), (owner) => {
    console.log(
      `set-up: another one${owner === undefined ? '' : ` (process ${owner})`} is at work in this checkout; waiting for it`,
    );
  });
  try {
    const steps = stepsOf(root, process.env);
    const stamps = new Stamps(state);
    let made = 0;
    for (const name of names) if (await bringUpToDate(steps[name], stamps)) made += 1;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(made === 0 ? `set-up: up to date (${seconds} s)` : `set-up: done in ${seconds} s`);
  } finally {
    release();
  }
}

/** @param {import('./steps.mjs').Step} step @returns {Promise<boolean>} whether there was anything to do */
async function bringUpToDate(step, stamps) {
  const why = step.skip?.();
  if (why !== undefined) {
    console.log(`${step.name.padEnd(13)} skipped: ${why}`);
    return false;
  }
  const ready = step.ready();
  // Taken before the step runs: what changes meanwhile counts as changed.
  const inputs = step.inputs();
  if (ready && stamps.read(step.name) === inputs) return false;
  if (ready && step.provesItself) {
    stamps.write(step.name, inputs);
    return false;
  }
  stamps.remove(step.name);
  const progress = new Progress();
  progress.start(step.name, step.title, step.usual);
  try {
    const log = join(state, `${step.name}.log`);
    await step.make((program, args, env = process.env) =>
      runLogged({ program, args, cwd: root, env, log }, progress),
    );
    if (!step.ready())
      throw new Error(`the step "${step.name}" ran, but what it should have made is not there`);
  } catch (error) {
    progress.failed();
    throw error;
  }
  progress.done();
  // What proves itself is compared with its result, which exists only now.
  stamps.write(step.name, step.provesItself ? step.inputs() : inputs);
  return true;
}

function namesFor([mode, name]) {
  if (mode === 'step' && modes.test.includes(name)) return [name];
  if (mode !== 'step' && name === undefined && Object.hasOwn(modes, mode ?? '')) return modes[mode];
  console.error(
    `Usage: node src/setup/setup.mjs ${Object.keys(modes).join('|')}\n       node src/setup/setup.mjs step ${modes.test.join('|')}`,
  );
  return undefined;
}

const names = namesFor(process.argv.slice(2));
if (names === undefined) {
  process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `Plenum's set-up needs Node 20 or newer; this is ${process.version}. On Debian 12 see nodesource.com, or use the Dockerfile.`,
  );
  process.exitCode = 1;
} else {
  try {
    await setUp(names);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    if (error instanceof CommandFailed) console.error(`\nEverything it said: ${error.log}`);
    const script = process.env.npm_lifecycle_event?.replace(/^pre/, '');
    const again = script
      ? `npm ${['start', 'test'].includes(script) ? script : `run ${script}`}`
      : `node src/setup/setup.mjs ${process.argv.slice(2).join(' ')}`;
    console.error(`\nThe set-up did not finish. When the cause is gone, run again: ${again}`);
    process.exitCode = 1;
  }
}
