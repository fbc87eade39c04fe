import { type ChildProcess, fork } from 'node:child_process';
import { installedVersion, workerPath } from '../../environment.ts';
import { workerPids } from '../../measure/process-usage.ts';
import type { RunningSystem, System, SystemOptions } from '../system.ts';
import type { BareReady } from './messages.ts';

const startLimitMs = 15_000;
const stopLimitMs = 3000;

/** mediasoup with the same worker binary as Plenum, and next to nothing around it. */
export const bareMediasoup: System = {
  name: 'bare-mediasoup',
  describe: () => `mediasoup ${installedVersion('mediasoup')} with Plenum's worker binary, nothing around it`,
  missing: () => undefined,
  start,
};

async function start({ workers }: SystemOptions): Promise<RunningSystem> {
  const child = fork(new URL('./server-process.ts', import.meta.url), [workerPath(), String(workers)], {
    // Its standard error says nothing but where the debugger listens.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const { port, debuggerUrl } = await ready(child);
  const pid = child.pid ?? 0;
  return {
    server: {
      origin: `http://127.0.0.1:${port}`,
      pid,
      workerPids: workerPids(pid),
      metricsUrl: undefined,
      debuggerUrl,
      stop: () => stop(child),
    },
    access: { url: `ws://127.0.0.1:${port}/`, participantToken: '', viewerToken: '' },
  };
}

/** @throws Error when the process ends first */
function ready(child: ChildProcess): Promise<BareReady> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('bare mediasoup was not ready in time'));
    }, startLimitMs);
    child.once('message', (message: BareReady) => {
      clearTimeout(timer);
      resolve(message);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`bare mediasoup ended with code ${code}`));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(timer);
}
