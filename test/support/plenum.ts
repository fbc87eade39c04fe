import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type { z } from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { configSchema } from '../../src/server/config.ts';
import { findWorkerBinary } from '../../src/server/media/worker-binary.ts';
import { Server } from '../../src/server/server.ts';
import { localAddress } from './local-address.ts';
import { tempDir } from './temp-dir.ts';

type Settings = z.input<typeof configSchema>;

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  fields: object;
}

/** What `POST /api/meetings` answers. */
export interface MeetingLinks {
  id: string;
  name: string;
  code: string;
  moderatorPath: string;
  invitationPath: string;
  viewerPath: string;
  expiresAt: number;
}

/** A real server inside the test's process, on free ports, with an empty data directory. */
export interface Plenum {
  readonly server: Server;
  /** `https://<address>:<port>` with a self-signed certificate: for browsers, which are told to accept it. */
  readonly url: string;
  /** `http://127.0.0.1:<port>`: for everything that runs in Node. */
  readonly loopbackUrl: string;
  /** `http://127.0.0.1:<port>/metrics` */
  readonly metricsUrl: string;
  readonly log: readonly LogLine[];
  readonly dataDirectory: string;
  createMeeting(name?: string): Promise<MeetingLinks>;
  /** Closes it as Ctrl-C does, and removes its data. */
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');

/** @param settings as in a configuration file; given slices are merged over what suits a test */
export async function startPlenum(settings: Settings = {}): Promise<Plenum> {
  const address = localAddress();
  const data = await tempDir();
  const { http, media, metrics, rooms, turn, nat, ...others } = settings;
  const config = configSchema.parse({
    dataDir: data.path,
    http: { listenAddress: address, port: 0, ...http, loopback: { port: 0, ...http?.loopback } },
    media: { workers: 1, firstPort: 0, listenAddresses: [address], ...media },
    metrics: { port: 0, ...metrics },
    // Two people in a test are there for what the server does; tests of direct paths say so.
    rooms: { p2p: { mode: 'off' }, ...rooms },
    turn: { port: 0, ...turn },
    // The router of the machine that runs the tests is left alone.
    nat: { portMapping: { mode: 'off' }, ...nat },
    ...others,
  });
  const log: LogLine[] = [];
  try {
    const server = await Server.create({
      config,
      workerBinary: findWorkerBinary(root, process.env.PLENUM_WORKER_BIN).path,
      webDirectory: resolve(root, 'dist/web'),
      hostName: hostname(),
      versions: { plenum: 'test', node: process.versions.node },
      interfaces: networkInterfaces,
      clock: systemClock,
      log: logInto(log, {}),
    });
    const loopbackUrl = `http://127.0.0.1:${server.http.loopbackPort}`;
    return {
      server,
      url: `https://${address}:${server.http.securePort}`,
      loopbackUrl,
      metricsUrl: `http://127.0.0.1:${server.metricsPort}/metrics`,
      log,
      dataDirectory: data.path,
      createMeeting: (name = 'Meeting') => createMeeting(loopbackUrl, name),
      async close() {
        await server.close('shutting-down');
        await data.remove();
      },
    };
  } catch (error) {
    await data.remove();
    throw error;
  }
}

/** Makes a meeting over HTTP, as the start page does. */
export async function createMeeting(loopbackUrl: string, name: string): Promise<MeetingLinks> {
  const answer = await fetch(`${loopbackUrl}/api/meetings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  const body: unknown = await answer.json();
  if (answer.status !== 201) throw new Error(`no meeting: ${answer.status} ${JSON.stringify(body)}`);
  return body as MeetingLinks;
}

function logInto(lines: LogLine[], context: object): Log {
  const write = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...context, ...fields } });
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => logInto(lines, { ...context, ...fields }),
  };
}
