import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';

/** `npm run check`: types, linter, dead code and layers. Runs them all, whatever the first ones say. */
interface Check {
  name: string;
  command: string;
  arguments: string[];
}

interface Outcome {
  check: Check;
  good: boolean;
  output: string;
  seconds: number;
}

const root = resolve(import.meta.dirname, '..');
const program = (name: string) => resolve(root, 'node_modules/.bin', name);
const checks: Check[] = [
  { name: 'types', command: program('tsc'), arguments: ['--pretty', 'false'] },
  {
    name: 'linter',
    command: program('biome'),
    arguments: ['check', '--reporter=github', '--max-diagnostics=400', '--error-on-warnings'],
  },
  {
    name: 'dead code',
    command: program('knip'),
    arguments: ['--no-progress', '--no-config-hints', '--cache', '--cache-location', '.setup/knip'],
  },
  { name: 'rules', command: process.execPath, arguments: ['test/run.ts', 'test/rules/'] },
];

function run(check: Check): Promise<Outcome> {
  const started = performance.now();
  return new Promise((done) => {
    let output = '';
    const child = spawn(check.command, check.arguments, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, NO_COLOR: '1' },
    });
    const finish = (good: boolean) =>
      done({ check, good, output, seconds: (performance.now() - started) / 1000 });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', (error) => {
      output += `${error.message}\n`;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

let failed = 0;
const outcomes = await Promise.all(
  checks.map(async (check) => {
    const outcome = await run(check);
    process.stdout.write(
      `${outcome.good ? '✓' : '✗'} ${outcome.seconds.toFixed(1).padStart(5)} s  ${check.name}\n`,
    );
    if (!outcome.good) failed += 1;
    return outcome;
  }),
);
for (const { check, good, output } of outcomes) {
  if (!good) process.stdout.write(`\n── ${check.name} ──\n${readable(output).trimEnd()}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;

/** Biome has no reporter of one line per finding for people; the one for GitHub comes near. */
function readable(output: string): string {
  return output
    .replace(/^::(\w+) title=([^,]*),file=([^,]*),line=(\d+),[^:]*::/gm, '$3:$4 $2: ')
    .replaceAll(`${root}/`, '')
    .replaceAll('%0A', ' ')
    .replace(/^check ━[\s\S]*$/m, '')
    .replace(/^npm warn .*\n/gm, '');
}
