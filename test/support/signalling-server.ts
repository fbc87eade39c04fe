import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { Refusal } from '../../src/protocol/errors.ts';
import type { Role, RoomId } from '../../src/protocol/messages.ts';
import { Checks } from '../../src/server/media/check/checks.ts';
import { videoMimeTypes } from '../../src/server/media/codecs.ts';
import { mediaSettings } from '../../src/server/media/settings.ts';
import { Traffic } from '../../src/server/media/traffic.ts';
import { Workers } from '../../src/server/media/workers.ts';
import { AnnouncedAddresses } from '../../src/server/nat/announced-addresses.ts';
import { RoomRegistry } from '../../src/server/rooms/registry.ts';
import { roomSettings } from '../../src/server/rooms/settings.ts';
import { SignallingListener } from '../../src/server/signalling/listener.ts';
import { signallingSettings } from '../../src/server/signalling/settings.ts';

export interface LogLine {
  level: keyof Omit<Log, 'child'>;
  message: string;
  fields: object;
}

/** Signalling, rooms and media as in the server, without HTTP pages, certificates and a database. Tokens are `role@room`. */
export class SignallingServer {
  readonly url: string;
  readonly rooms: RoomRegistry;
  readonly workers: Workers;
  readonly checks: Checks;
  readonly listener: SignallingListener;
  readonly lines: LogLine[];
  readonly #server: Server;

  static async start(
    settings: { media?: object; rooms?: object; signalling?: object } = {},
  ): Promise<SignallingServer> {
    const lines: LogLine[] = [];
    const log = recordingLog(lines, {});
    const media = mediaSettings.parse({ workers: 1, firstPort: 0, ...settings.media });
    const { path } = JSON.parse(
      await readFile(new URL('../../.setup/worker.json', import.meta.url), 'utf8'),
    ) as {
      path: string;
    };
    const workers = await Workers.create({
      settings: media,
      listenAddresses: [{ ip: '127.0.0.1' }],
      announced: new AnnouncedAddresses((error) => log.error({ error }, 'listener failed')),
      workerBinary: path,
      clock: systemClock,
      log,
    });
    const ended = new Set<string>();
    const rooms = new RoomRegistry({
      settings: roomSettings.parse({ p2p: { mode: 'off' }, ...settings.rooms }),
      mediaSettings: media,
      workers,
      traffic: new Traffic(),
      records: {
        find: async (id) =>
          ended.has(id)
            ? undefined
            : {
                id,
                name: `Room ${id}`,
                code: 'aaaa-bbbb-cccc',
                expiresAt: 0,
                p2p: !id.startsWith('server-only'),
              },
        end: async (id) => ended.add(id),
      },
      tokens: {
        verify: async (token) => {
          const [role, roomId] = token.split('@');
          if (!roomId) throw new Refusal('token-invalid');
          return { roomId: roomId as RoomId, role: role as Role };
        },
      },
      invitationPath: async (record) => `/m/${record.id}#invitation`,
      clock: systemClock,
      log,
    });
    const checks = new Checks({ settings: media, workers, clock: systemClock, log });
    const listener = new SignallingListener({
      settings: signallingSettings.parse(settings.signalling ?? {}),
      rooms,
      checks,
      senderSettings: { videoCodecs: videoMimeTypes(media.videoCodecs) },
      clock: systemClock,
      log,
    });
    const server = createServer();
    listener.attach(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SignallingServer({ server, rooms, workers, checks, listener, lines });
  }

  private constructor(parts: {
    server: Server;
    rooms: RoomRegistry;
    workers: Workers;
    checks: Checks;
    listener: SignallingListener;
    lines: LogLine[];
  }) {
    this.#server = parts.server;
    this.rooms = parts.rooms;
    this.workers = parts.workers;
    this.checks = parts.checks;
    this.listener = parts.listener;
    this.lines = parts.lines;
    this.url = `ws://127.0.0.1:${(parts.server.address() as AddressInfo).port}/signal`;
  }

  /** Things that went wrong in the server itself: a test that does not expect any fails on them. */
  get errors(): LogLine[] {
    return this.lines.filter((line) => line.level === 'error');
  }

  async close(): Promise<void> {
    await this.listener.close('shutting-down');
    await this.rooms.close('shutting-down');
    await this.workers.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function recordingLog(lines: LogLine[], bound: object): Log {
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...bound, ...fields } });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => recordingLog(lines, { ...bound, ...fields }),
  };
}
