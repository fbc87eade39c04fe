import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import process from 'node:process';
import { localAddress } from './local-address.ts';
import type { LabHost } from './network-lab.ts';
import { tempDir } from './temp-dir.ts';
import { until } from './until.ts';

const root = resolve(import.meta.dirname, '../..');

/** The server as people run it: `src/server/main.ts` in a process of its own, on free ports. */
export interface PlenumProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly loopbackUrl: string;
  /** Everything it has printed so far, on both outputs. */
  output(): string;
  /** Sends a signal and waits for the end. @returns its exit code, or the signal that ended it */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
  /** Ends it if it still runs, and removes its data. */
  remove(): Promise<void>;
}

/**
 * @param environment settings as environment variables, `PLENUM_…`
 * @param host of a network lab, to run it there
 * @throws Error with its output when it does not start
 */
export async function startPlenumProcess(
  environment: Record<string, string> = {},
  host?: LabHost,
): Promise<PlenumProcess> {
  const data = await tempDir();
  const address = localAddress();
  const line = [process.execPath, 'src/server/main.ts'];
  const [program = '', ...args] = host ? host.command(line) : line;
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PLENUM_DATA_DIR: data.path,
      PLENUM_LOG_FORMAT: 'json',
      PLENUM_ROOMS_P2P_MODE: 'off',
      PLENUM_HTTP_LISTEN_ADDRESS: address,
      PLENUM_HTTP_PORT: '0',
      PLENUM_HTTP_LOOPBACK_PORT: '0',
      PLENUM_MEDIA_FIRST_PORT: '0',
      PLENUM_MEDIA_WORKERS: '1',
      PLENUM_MEDIA_LISTEN_ADDRESSES: address,
      PLENUM_METRICS_PORT: '0',
      PLENUM_TURN_PORT: '0',
      // The router of the machine that runs the tests is left alone.
      PLENUM_NAT_PORT_MAPPING_MODE: 'off',
      ...environment,
    },
  });
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => (code ?? signal) as number | string);
  let output = '';
  const read = (text: string) => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  const remove = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    await data.remove();
  };
  try {
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    const open = await until('the server runs', () => (hasEnded() ? ['ended'] : addresses(output)));
    const find = (start: string) => open.find((url) => url.startsWith(start))?.replace(/\/$/, '') ?? '';
    if (!find('https://')) throw new Error(`the server did not start:\n${output}`);
    return {
      child,
      url: find('https://'),
      loopbackUrl: find('http://').replace('localhost', '127.0.0.1'),
      output: () => output,
      async stop(signal = 'SIGTERM') {
        child.kill(signal);
        return ended;
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The addresses from the line that says that it runs. */
function addresses(output: string): string[] | undefined {
  const line = output.split('\n').find((text) => text.includes('"Plenum is running"') && text.endsWith('}'));
  return line === undefined ? undefined : (JSON.parse(line) as { open: string[] }).open;
}
