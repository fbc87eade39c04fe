import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerPids } from './measure/process-usage.ts';

const startLimitMs = 30_000;
const stopLimitMs = 8000;

/** Where load goes, and what can be measured of it. */
export interface ServerUnderTest {
  /** http: or https: origin */
  readonly origin: string;
  /** Of the server's process when it runs on this machine. */
  readonly pid: number | undefined;
  readonly workerPids: readonly number[];
  readonly metricsUrl: string | undefined;
  /** ws: address of Node's debugger port, for one that was started here. */
  readonly debuggerUrl: string | undefined;
  stop(): Promise<void>;
}

/** One that was started here. */
export interface OwnServer extends ServerUnderTest {
  readonly pid: number;
  /** UDP and TCP port of the worker on 127.0.0.1, when there is only one. */
  readonly mediaPort: number;
}

export interface ServerOptions {
  workers: number | undefined;
  /** Clients come by an address of this machine that is not loopback, over TLS, and are offered the embedded TURN server. */
  relay?: boolean;
  /** As environment variables of the product, beside those that make a server for the bench. */
  settings?: Record<string, string>;
  /** Told each line of its log. */
  onLogLine?: (line: string) => void;
}

/** A server somebody else runs: nothing of it is started or ended here. */
export function attachServer(
  origin: string,
  pid: number | undefined,
  metricsUrl: string | undefined,
): ServerUnderTest {
  return {
    origin,
    pid,
    workerPids: pid === undefined ? [] : workerPids(pid),
    metricsUrl,
    debuggerUrl: undefined,
    stop: () => Promise.resolve(),
  };
}

/**
 * The product as it is started by its own main program, with an empty data directory, on free loopback ports.
 * @throws Error with the end of its log when it does not become ready
 */
export async function startServer(options: ServerOptions): Promise<OwnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'plenum-bench-'));
  const logFile = join(directory, 'server.log');
  const [port, securePort, metricsPort, mediaPort, turnPort] = await freePorts(5);
  const address = options.relay ? outerAddress() : '127.0.0.1';
  const child = spawn(
    process.execPath,
    ['--inspect=127.0.0.1:0', resolve(import.meta.dirname, '../src/server/main.ts')],
    {
      cwd: directory,
      env: {
        ...inheritedEnvironment(),
        ...settings(directory, { port, securePort, metricsPort, mediaPort }, options.workers),
        ...(options.relay ? relaySettings(address, turnPort) : {}),
        ...options.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let debuggerUrl: string | undefined;
  createInterface({ input: child.stderr }).on('line', (line) => {
    debuggerUrl ??= /^Debugger listening on (ws:\S+)$/.exec(line)?.[1];
  });
  if (options.onLogLine) createInterface({ input: child.stdout }).on('line', options.onLogLine);
  // However this process ends, the server must not stay behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolveEnded) => {
    child.once('exit', () => {
      process.off('exit', kill);
      resolveEnded();
    });
  });
  const stop = async () => {
    await end(child, ended);
    log.destroy();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  const loopback = `http://127.0.0.1:${port}`;
  try {
    await ready(loopback, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  const pid = child.pid ?? 0;
  return {
    origin: options.relay ? `https://${address}:${securePort}` : loopback,
    pid,
    workerPids: workerPids(pid),
    mediaPort,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    debuggerUrl,
    stop,
  };
}

function settings(
  directory: string,
  ports: { port: number; securePort: number; metricsPort: number; mediaPort: number },
  workers: number | undefined,
): Record<string, string> {
  return {
    PLENUM_DATA_DIR: join(directory, 'data'),
    PLENUM_LOG_LEVEL: 'warn',
    PLENUM_HTTP_LISTEN_ADDRESS: '127.0.0.1',
    PLENUM_HTTP_PORT: String(ports.securePort),
    PLENUM_HTTP_LOOPBACK_PORT: String(ports.port),
    PLENUM_METRICS_PORT: String(ports.metricsPort),
    PLENUM_TURN_PORT: '0',
    PLENUM_NAT_PORT_MAPPING_MODE: 'off',
    PLENUM_MEDIA_FIRST_PORT: workers === 1 ? String(ports.mediaPort) : '0',
    PLENUM_MEDIA_LISTEN_ADDRESSES: '127.0.0.1',
    ...(workers === undefined ? {} : { PLENUM_MEDIA_WORKERS: String(workers) }),
    // All clients come from one address here; the limits are for the open Internet.
    PLENUM_SIGNALLING_MAX_CONNECTIONS_PER_ADDRESS: '100000',
    PLENUM_ROOMS_MAX_PARTICIPANTS: '10000',
    // What is measured is this server.
    PLENUM_ROOMS_P2P_MODE: 'off',
    PLENUM_HTTP_LIMITS_MEETINGS_PER_MINUTE: '100000',
    PLENUM_HTTP_LIMITS_REQUESTS_PER_MINUTE: '1000000',
  };
}

function relaySettings(address: string, turnPort: number): Record<string, string> {
  return {
    PLENUM_HTTP_LISTEN_ADDRESS: address,
    PLENUM_TURN_PORT: String(turnPort),
    // All clients come from one address here.
    PLENUM_TURN_LIMITS_PACKETS_PER_SECOND_PER_ADDRESS: '100000000',
    PLENUM_TURN_LIMITS_BYTES_PER_SECOND_PER_ADDRESS: '10000000000',
    PLENUM_TURN_LIMITS_STRANGER_ANSWERS_PER_SECOND: '100000',
    PLENUM_MEDIA_LISTEN_ADDRESSES: address,
  };
}

/** Packets to it stay within this machine all the same. @throws Error when there is none */
function outerAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4');
  if (!found) throw new Error('TURN is not offered on loopback, and this machine has no other IPv4 address');
  return found.address;
}

/** Nobody's own settings reach the server under test, except which worker binary to use. */
function inheritedEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && (!name.startsWith('PLENUM_') || name.startsWith('PLENUM_WORKER')))
      kept[name] = value;
  }
  return kept;
}

async function ready(origin: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(`${origin}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(50);
  }
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const what =
    child.exitCode === null
      ? `was not ready within ${startLimitMs / 1000} s`
      : `ended with code ${child.exitCode}`;
  throw new Error(`the server ${what}\n${log.split('\n').slice(-15).join('\n')}`);
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(timer);
}

/** Free at this moment. All are held until the last is known, so that they differ. */
export async function freePorts(count: 1): Promise<[number]>;
export async function freePorts(count: 5): Promise<[number, number, number, number, number]>;
export async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    holders.map(
      (holder) =>
        new Promise<number>((resolvePort, reject) => {
          holder.once('error', reject);
          holder.listen(0, '127.0.0.1', () => {
            const address = holder.address();
            resolvePort(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(holders.map((holder) => new Promise((closed) => holder.close(closed))));
  return ports;
}
