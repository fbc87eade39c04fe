import { once } from 'node:events';
import WebSocket from 'ws';
import { decodeServerFrame, encodeClientFrame } from '../../src/protocol/codec.ts';
import type {
  Answer,
  AnyNotification,
  Ask,
  ClientFrame,
  Hello,
  NotificationName,
  RefusalBody,
  RequestName,
  ServerFrame,
} from '../../src/protocol/messages.ts';
import { until } from './until.ts';

export type Outcome<N extends RequestName> = { answer: Answer<N> } | { refusal: RefusalBody };

/** A client that does exactly what a test says: the wire protocol with nothing around it. */
export class RawClient {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  #lastId = 0;

  static async open(url: string, hello: Partial<Hello> = {}): Promise<RawClient> {
    const client = await RawClient.connect(url);
    client.send({ type: 'hello', lowestVersion: 1, highestVersion: 1, client: 'test', ...hello });
    return client;
  }

  /** Without a hello. */
  static async connect(url: string): Promise<RawClient> {
    // The server made its certificate itself.
    const socket = new WebSocket(url, { rejectUnauthorized: false });
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.frames.push(decodeServerFrame(data)));
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Goes on counting where another connection of the same session stopped. */
  continueAfter(id: number): void {
    this.#lastId = id;
  }

  send(frame: ClientFrame): void {
    this.socket.send(encodeClientFrame(frame));
  }

  /** @returns the request id */
  request<N extends RequestName>(name: N, ask: Ask<N>): number {
    this.#lastId += 1;
    this.send({ type: 'request', id: this.#lastId, name, ask } as ClientFrame);
    return this.#lastId;
  }

  async ask<N extends RequestName>(name: N, ask: Ask<N>): Promise<Outcome<N>> {
    const id = this.request(name, ask);
    const isAnswer = (frame: ServerFrame) =>
      (frame.type === 'response' || frame.type === 'refusal') && frame.requestId === id;
    await until(`an answer to ${name}`, () => this.closed || this.frames.some(isAnswer));
    const frame = this.frames.find(isAnswer);
    if (frame?.type === 'response') return { answer: frame.answer as Answer<N> };
    if (frame?.type === 'refusal') return { refusal: frame.refusal };
    throw new Error(`${name}: closed with ${this.closed?.code} ${this.closed?.reason}`);
  }

  /** @throws when it is refused */
  async get<N extends RequestName>(name: N, ask: Ask<N>): Promise<Answer<N>> {
    const outcome = await this.ask(name, ask);
    if ('refusal' in outcome) throw new Error(`${name}: ${outcome.refusal.code} ${outcome.refusal.detail}`);
    return outcome.answer;
  }

  /** In order; sequence is the number of the frame that each came in. */
  notifications(name?: NotificationName): ({ sequence: number } & AnyNotification)[] {
    return this.frames.flatMap((frame) => {
      if (frame.type !== 'notifications') return [];
      const { sequence, all } = frame;
      return all
        .filter((one) => name === undefined || one.name === name)
        .map((one) => ({ sequence, ...one }));
    });
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await until('the connection to close', () => this.closed);
    return this.closed as { code: number; reason: string };
  }
}
