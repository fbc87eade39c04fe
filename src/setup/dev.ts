/**
 * `npm run dev`: the server, started again when a file it uses changes, and Vite's development server in front of it with
 * hot reload, which passes /api and /signal on. A changed .proto file is compiled again, which restarts the server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const settleMs = 200;
const stopTimeoutMs = 5_000;

const configuration = resolve(root, 'config/development.yaml');
const environment: NodeJS.ProcessEnv = { ...process.env };
// The loopback listener: browsers allow cameras on localhost, and no certificate has to be accepted.
const backend =
  process.env['PLENUM_DEV_SERVER'] ?? `http://127.0.0.1:${process.env['PLENUM_HTTP_LOOPBACK_PORT'] ?? 8080}`;
// The server refuses variables it does not know.
delete environment['PLENUM_DEV_SERVER'];
if (environment['PLENUM_CONFIG'] === undefined && existsSync(configuration))
  environment['PLENUM_CONFIG'] = configuration;

const children = new Set<ChildProcess>();
let stopping = false;

function start(name: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  children.add(child);
  child.on('exit', (code, signal) => {
    children.delete(child);
    if (stopping) return;
    console.error(`dev: ${name} ended with ${signal ?? `exit code ${code}`}`);
    stop(1);
  });
  return child;
}

/** Ends both and waits: a server that is cut off would leave workers and ports behind. */
function stop(code: number): void {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, stopTimeoutMs);
  timer.unref();
}

function compileOnChange(): void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(resolve(root, 'src/protocol'), (_event, file) => {
    if (!file?.endsWith('.proto')) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      spawn(process.execPath, [resolve(root, 'src/setup/setup.mjs'), 'step', 'protocol'], {
        cwd: root,
        stdio: 'inherit',
      });
    }, settleMs);
  });
  watcher.unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
compileOnChange();
start(
  'the server',
  ['--watch', '--watch-preserve-output', 'src/server/main.ts', ...process.argv.slice(2)],
  environment,
);
start('Vite', ['node_modules/vite/bin/vite.js', '--config', 'src/web/vite.config.ts'], {
  ...environment,
  PLENUM_DEV_SERVER: backend,
});
