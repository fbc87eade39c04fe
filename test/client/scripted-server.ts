import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { decodeClientFrame, encodeServerFrame, farewell } from '../../src/protocol/codec.ts';
import { type CloseReason, closeReasons } from '../../src/protocol/errors.ts';
import type {
  AnyNotification,
  ClientFrame,
  RequestName,
  ServerFrame,
  Welcome,
} from '../../src/protocol/messages.ts';

/** A real WebSocket server whose every frame the test decides. */
export class ScriptedServer {
  readonly url: string;
  readonly connections: ScriptedConnection[] = [];
  readonly #server: WebSocketServer;
  readonly #waiting: ((connection: ScriptedConnection) => void)[] = [];
  #taken = 0;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/signal`;
    server.on('connection', (socket) => {
      const connection = new ScriptedConnection(socket);
      this.connections.push(connection);
      const waiting = this.#waiting.shift();
      if (waiting) {
        this.#taken += 1;
        waiting(connection);
      }
    });
  }

  /** @param port 0: any */
  static async start(port = 0): Promise<ScriptedServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await once(server, 'listening');
    return new ScriptedServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every connection once, in order. */
  next(): Promise<ScriptedConnection> {
    const here = this.connections[this.#taken];
    if (here) {
      this.#taken += 1;
      return Promise.resolve(here);
    }
    return within(new Promise((resolve) => this.#waiting.push(resolve)), 'a connection');
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class ScriptedConnection {
  readonly frames: ClientFrame[] = [];
  readonly closed: Promise<unknown>;
  readonly #socket: WebSocket;
  readonly #waiting: ((frame: ClientFrame) => void)[] = [];
  #taken = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = once(socket, 'close');
    socket.on('message', (data: Buffer) => {
      this.frames.push(decodeClientFrame(data));
      const frame = this.frames[this.#taken];
      const waiting = frame && this.#waiting.shift();
      if (waiting) {
        this.#taken += 1;
        waiting(frame);
      }
    });
  }

  /** Every frame once, in order. */
  next(): Promise<ClientFrame> {
    const here = this.frames[this.#taken];
    if (here) {
      this.#taken += 1;
      return Promise.resolve(here);
    }
    return within(new Promise((resolve) => this.#waiting.push(resolve)), 'a frame');
  }

  async expect<T extends ClientFrame['type']>(type: T): Promise<Extract<ClientFrame, { type: T }>> {
    const frame = await this.next();
    if (frame.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(frame)}`);
    return frame as Extract<ClientFrame, { type: T }>;
  }

  async expectRequest(name: RequestName): Promise<Extract<ClientFrame, { type: 'request' }>> {
    const frame = await this.expect('request');
    if (frame.name !== name) throw new Error(`expected ${name}, got ${frame.name}`);
    return frame;
  }

  welcome(changes: Partial<Welcome> = {}): void {
    const welcome = {
      version: 1,
      server: 'scripted',
      resumed: false,
      resumeToken: 'token-1',
      lastRequestId: 0,
    };
    this.send({ type: 'welcome', ...welcome, resumeGraceMs: 30_000, pingIntervalMs: 10_000, ...changes });
  }

  send(frame: ServerFrame, requestName?: RequestName): void {
    this.#socket.send(encodeServerFrame(frame, requestName));
  }

  notify(sequence: number, notification: AnyNotification): void {
    this.send({ type: 'notifications', sequence, all: [notification] });
  }

  done(sequence: number, requestId: number): void {
    this.send({ type: 'response', sequence, requestId, answer: null });
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  close(reason: CloseReason, detail = ''): void {
    this.send(farewell(reason, detail));
    this.#socket.close(closeReasons[reason].code, reason);
  }

  /** Cuts the line without a word. */
  drop(): void {
    this.#socket.terminate();
  }
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), 10_000);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
