import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { CloseReason, ErrorCode } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { RequestName, SenderSettings } from '../../protocol/messages.ts';
import type { RoomRegistry } from '../rooms/registry.ts';
import type { Context } from './context.ts';
import { Sessions } from './sessions.ts';
import type { SignallingSettings } from './settings.ts';

export interface SignallingParts {
  settings: SignallingSettings;
  rooms: RoomRegistry;
  senderSettings: SenderSettings;
  /** Whose connection counts for the limit per address; default: the socket's other end, which is a reverse proxy's behind one. */
  clientOf?: (request: IncomingMessage) => string;
  /** STUN and TURN servers for who came by this request; default: none. */
  iceServers?: (request: IncomingMessage) => Context['iceServers'];
  clock: Clock;
  log: Log;
}

interface SignallingEvents {
  request: { name: RequestName; outcome: 'ok' | ErrorCode; durationMs: number };
  connectionClosed: { reason: CloseReason | 'lost' };
  /** An upgrade that was not accepted. */
  refused: { reason: 'origin' | 'path' | 'too-many-connections' | 'shutting-down' };
}

/** The WebSocket endpoint `/signal` on the HTTP servers it is attached to. */
export class SignallingListener {
  /** For metrics. */
  readonly events: Emitter<SignallingEvents>;
  readonly #parts: SignallingParts;
  readonly #sessions: Sessions;
  readonly #perAddress = new Map<string, number>();
  readonly #webSocketServer = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    // Compression costs memory per connection and buys little on small binary frames.
    perMessageDeflate: false,
    clientTracking: false,
  });
  #closing = false;

  constructor(parts: SignallingParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    this.#sessions = new Sessions({
      ...parts,
      answered: (name, outcome, durationMs) => this.events.emit('request', { name, outcome, durationMs }),
      connectionClosed: (reason) => this.events.emit('connectionClosed', { reason }),
    });
  }

  stats(): { connections: number; sessions: number } {
    return { connections: this.#sessions.connectionCount, sessions: this.#sessions.count };
  }

  attach(server: HttpServer | HttpsServer): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // An error before the handshake is through would otherwise be uncaught.
      socket.on('error', () => socket.destroy());
      const refusal = this.#refusalOf(request);
      if (refusal) {
        this.events.emit('refused', { reason: refusal.reason });
        socket.end(`HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const address = this.#clientOf(request);
      this.#webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
        this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
        webSocket.once('close', () => {
          const left = (this.#perAddress.get(address) ?? 1) - 1;
          if (left > 0) this.#perAddress.set(address, left);
          else this.#perAddress.delete(address);
        });
        this.#sessions.accept(webSocket, this.#parts.iceServers?.(request) ?? (() => []));
      });
    });
  }

  /** Everybody is told; new connections are refused. */
  async close(reason: CloseReason): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#sessions.closeAll(reason);
    // Farewells are on their way; whoever has not closed after that is cut off with the server.
    for (let waitedMs = 0; this.#sessions.connectionCount > 0 && waitedMs < 2500; waitedMs += 25) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    this.#webSocketServer.close();
  }

  #clientOf(request: IncomingMessage): string {
    return this.#parts.clientOf?.(request) ?? request.socket.remoteAddress ?? '';
  }

  #refusalOf(
    request: IncomingMessage,
  ): { status: string; reason: SignallingEvents['refused']['reason'] } | undefined {
    const { settings } = this.#parts;
    if (this.#closing) return { status: '503 Service Unavailable', reason: 'shutting-down' };
    if (request.url?.split('?')[0] !== '/signal') return { status: '404 Not Found', reason: 'path' };
    if (!this.#originAllowed(request)) return { status: '403 Forbidden', reason: 'origin' };
    const here = this.#perAddress.get(this.#clientOf(request)) ?? 0;
    if (
      here >= settings.maxConnectionsPerAddress ||
      this.#sessions.connectionCount >= settings.maxConnections
    ) {
      return { status: '429 Too Many Requests', reason: 'too-many-connections' };
    }
    return undefined;
  }

  /** Pages of other sites must not talk to us with a visitor's network position. Programs send no Origin; they need a token anyway. */
  #originAllowed({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return true;
    if (this.#parts.settings.allowedOrigins.includes(origin)) return true;
    try {
      return new URL(origin).host === host;
    } catch {
      return false; // "null": a sandboxed page
    }
  }
}
