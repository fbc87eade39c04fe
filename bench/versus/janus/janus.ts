import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../server-under-test.ts';
import type { RunningSystem, System } from '../system.ts';
import { janusProgram, janusRoom, writeJanusConfig } from './janus-config.ts';

const startLimitMs = 15_000;
const stopLimitMs = 5000;

/** Debian's Janus with its videoroom: another SFU that many people run. */
export const janus: System = {
  name: 'janus',
  describe: () =>
    `Janus ${installedVersion() ?? ''} (Debian), videoroom, one thread per connection (its default)`,
  missing() {
    if (!existsSync(janusProgram)) {
      return 'Janus is not installed. As root: apt-get install --no-install-recommends janus && (systemctl disable --now janus || true)';
    }
    return mediaAddress() === undefined
      ? 'Janus leaves out the loopback interface, and this machine has no other IPv4 address.'
      : undefined;
  },
  start,
};

function installedVersion(): string | undefined {
  const format = ['--show', '--showformat', '$' + '{Version}', 'janus'];
  return spawnSync('dpkg-query', format, { encoding: 'utf8' }).stdout?.trim() || undefined;
}

/** Packets to an address of this machine stay on it. */
function mediaAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

async function start(): Promise<RunningSystem> {
  const directory = await mkdtemp(join(tmpdir(), 'plenum-janus-'));
  const [port] = await freePorts(1);
  const main = await writeJanusConfig(directory, { port, mediaAddress: mediaAddress() ?? '' });
  const child = spawn(janusProgram, ['--config', main, '--configs-folder', directory], {
    cwd: directory,
    stdio: 'ignore',
  });
  // It has no process id then, and ready() says so.
  child.on('error', () => undefined);
  // However this process ends, Janus must not stay behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    await end(child);
    process.off('exit', kill);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  const url = `ws://127.0.0.1:${port}/`;
  try {
    await ready(url, child, join(directory, 'janus.log'));
  } catch (error) {
    await stop();
    throw error;
  }
  const room = String(janusRoom);
  return {
    server: {
      origin: `http://127.0.0.1:${port}`,
      // One process does everything: it is counted as what moves media.
      pid: undefined,
      workerPids: [child.pid ?? 0],
      metricsUrl: undefined,
      debuggerUrl: undefined,
      stop,
    },
    access: { url, participantToken: room, viewerToken: room },
  };
}

async function ready(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  while (performance.now() < deadline && !ended(child)) {
    const reachable = await new Promise<boolean>((resolve) => {
      const socket = new WebSocket(url, 'janus-protocol');
      socket.addEventListener('open', () => {
        socket.close();
        resolve(true);
      });
      socket.addEventListener('error', () => resolve(false));
    });
    if (reachable) return;
    await sleep(50);
  }
  const log = await readFile(logFile, 'utf8').catch(() => '');
  throw new Error(`Janus did not become ready\n${log.split('\n').slice(-15).join('\n')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (ended(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await gone;
  clearTimeout(timer);
}

function ended(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}
