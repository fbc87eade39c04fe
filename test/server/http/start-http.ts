import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import type { Log } from '../../../src/base/log.ts';
import { JoinTokens } from '../../../src/server/accounts/tokens.ts';
import { HttpService, type HttpServiceParts } from '../../../src/server/http/service.ts';
import { httpSettings } from '../../../src/server/http/settings.ts';
import { RoomDirectory } from '../../../src/server/rooms/directory.ts';
import { RoomQueries } from '../../../src/server/rooms/queries.ts';
import { roomSettings } from '../../../src/server/rooms/settings.ts';
import { Store } from '../../../src/server/store/store.ts';

export const lines: { level: string; message: string; fields: object }[] = [];
export const testLog: Log = {
  debug: (fields, message) => void lines.push({ level: 'debug', message, fields }),
  info: (fields, message) => void lines.push({ level: 'info', message, fields }),
  warn: (fields, message) => void lines.push({ level: 'warn', message, fields }),
  error: (fields, message) => void lines.push({ level: 'error', message, fields }),
  child: () => testLog,
};

export interface Running {
  service: HttpService;
  tokens: JoinTokens;
  directory: RoomDirectory;
  store: Store;
  webDirectory: string;
  dataDirectory: string;
  url: string;
  loopbackUrl: string;
  stop(): Promise<void>;
}

/** An HTTP service on free ports with a real store. */
export async function startHttp(
  settings: object = {},
  more: Pick<HttpServiceParts, 'stunConnection'> = {},
): Promise<Running> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plenum-http-'));
  const webDirectory = join(dataDirectory, 'web');
  const store = await Store.open(dataDirectory, Date.now());
  const directory = new RoomDirectory({
    queries: new RoomQueries(store.db),
    settings: roomSettings.parse({}),
    clock: systemClock,
  });
  const tokens = new JoinTokens({ secret: new Uint8Array(48).fill(7), clock: systemClock });
  const service = await HttpService.create({
    ...more,
    settings: httpSettings.parse({ listenAddress: '127.0.0.1', port: 0, loopback: { port: 0 }, ...settings }),
    dataDirectory,
    webDirectory,
    names: [],
    hostName: hostname(),
    addresses: () => ['192.0.2.7'],
    directory,
    tokens,
    readiness: async () => ({ store: await store.isReady() }),
    clock: systemClock,
    log: testLog,
  });
  await service.listen();
  return {
    service,
    tokens,
    directory,
    store,
    webDirectory,
    dataDirectory,
    url: `https://127.0.0.1:${service.securePort}`,
    loopbackUrl: `http://127.0.0.1:${service.loopbackPort}`,
    async stop() {
      await service.close();
      await store.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: Record<string, unknown>;
  fingerprint: string;
}

/** One HTTPS request that trusts any certificate and tells which it saw. */
export function ask(url: string, options: https.RequestOptions & { body?: unknown } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...rest.headers,
    };
    const request = https.request(
      url,
      { rejectUnauthorized: false, agent: false, ...rest, headers },
      (response) => {
        const fingerprint = (response.socket as import('node:tls').TLSSocket).getPeerCertificate()
          .fingerprint256;
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          const isJson = String(response.headers['content-type']).includes('json');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson ? JSON.parse(text) : {},
            fingerprint,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  });
}
