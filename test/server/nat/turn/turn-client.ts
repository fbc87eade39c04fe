import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { TransportAddress } from '../../../../src/server/nat/turn/addresses.ts';
import { integrityKey } from '../../../../src/server/nat/turn/credentials.ts';
import { StreamFrames } from '../../../../src/server/nat/turn/stream-frames.ts';
import {
  attributeOf,
  attributes,
  isIntact,
  type Method,
  parseStun,
  readXorAddress,
  type StunMessage,
  StunWriter,
} from '../../../../src/server/nat/turn/stun-message.ts';
import { until } from '../../../support/until.ts';

/** A packet as the client gets it: with the channel, or the peer, it came by. */
export interface Relayed {
  channel?: number;
  peer?: TransportAddress;
  data: Buffer;
}

export interface Answered {
  /** 0: success */
  code: number;
  message: StunMessage;
  /** the answer's MESSAGE-INTEGRITY is right */
  intact: boolean;
}

/** A TURN client for tests, which can also do what no good client does. */
export class TurnClient {
  username = '';
  secret: string;
  nonce = 'none';
  realm = 'plenum';
  readonly relayed: Relayed[] = [];
  closed = false;
  readonly #answers = new Map<string, StunMessage>();
  readonly #send: (bytes: Buffer) => void;
  readonly #end: () => void;
  readonly isStream: boolean;

  static async udp(port: number, secret: string, host = '127.0.0.1'): Promise<TurnClient> {
    const socket = dgram.createSocket('udp4');
    socket.connect(port, host);
    await once(socket, 'connect');
    const client = new TurnClient(
      secret,
      (bytes) => socket.send(bytes, () => undefined),
      () => socket.close(),
      false,
    );
    socket.on('message', (bytes) => client.#received(bytes));
    socket.on('error', () => undefined);
    return client;
  }

  static async tcp(port: number, secret: string): Promise<TurnClient> {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return TurnClient.#onStream(socket, secret);
  }

  static async tls(port: number, secret: string): Promise<TurnClient> {
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return TurnClient.#onStream(socket, secret);
  }

  static #onStream(socket: net.Socket, secret: string): TurnClient {
    const client = new TurnClient(
      secret,
      (bytes) => socket.write(bytes),
      () => socket.destroy(),
      true,
    );
    const frames = new StreamFrames();
    socket.on('data', (chunk) => {
      for (const message of frames.push(chunk) ?? []) client.#received(message);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      client.closed = true;
    });
    return client;
  }

  private constructor(secret: string, send: (bytes: Buffer) => void, end: () => void, isStream: boolean) {
    this.secret = secret;
    this.#send = send;
    this.#end = end;
    this.isStream = isStream;
    this.username = `${Math.floor(Date.now() / 1000) + 3600}:somebody`;
  }

  /** Signed with what the client has now. @param build adds attributes */
  async ask(
    method: Method,
    build: (writer: StunWriter) => StunWriter = (writer) => writer,
    { signed = true, transactionId = randomBytes(12) } = {},
  ): Promise<Answered> {
    const writer = build(new StunWriter(method, 'request', transactionId));
    const key = integrityKey(this.secret, this.username);
    if (signed) {
      writer.attribute(attributes.username, this.username);
      writer.attribute(attributes.realm, this.realm).attribute(attributes.nonce, this.nonce);
    }
    const bytes = writer.finish(signed ? { key } : {});
    const id = transactionId.toString('hex');
    this.#answers.delete(id);
    this.#send(bytes);
    const message = await until(`${method} is answered`, () => this.#answers.get(id), { everyMs: 2 });
    const error = attributeOf(message, attributes.errorCode);
    const code = error ? (error[2] ?? 0) * 100 + (error[3] ?? 0) : 0;
    const nonce = attributeOf(message, attributes.nonce);
    if (nonce) this.nonce = nonce.toString();
    return { code, message, intact: isIntact(message, key) };
  }

  /** Gets a nonce, then asks. */
  async allocate(build: (writer: StunWriter) => StunWriter = (writer) => writer): Promise<Answered> {
    const ask = () => this.ask('allocate', (writer) => build(withUdp(writer)));
    const first = await ask();
    return first.code === 438 || first.code === 401 ? ask() : first;
  }

  permit(...peers: TransportAddress[]): Promise<Answered> {
    return this.ask('createPermission', (writer) => {
      for (const peer of peers) writer.xorAddress(attributes.xorPeerAddress, peer);
      return writer;
    });
  }

  bind(channel: number, peer: TransportAddress): Promise<Answered> {
    return this.ask('channelBind', (writer) =>
      writer.number(attributes.channelNumber, channel << 16).xorAddress(attributes.xorPeerAddress, peer),
    );
  }

  refresh(seconds: number): Promise<Answered> {
    return this.ask('refresh', (writer) => writer.number(attributes.lifetime, seconds));
  }

  sendTo(peer: TransportAddress, data: Buffer): void {
    const writer = new StunWriter('send', 'indication', randomBytes(12));
    this.raw(writer.xorAddress(attributes.xorPeerAddress, peer).attribute(attributes.data, data).finish());
  }

  sendOn(channel: number, data: Buffer): void {
    const header = Buffer.alloc(4);
    header.writeUInt16BE(channel, 0);
    header.writeUInt16BE(data.length, 2);
    const rest = this.isStream ? Buffer.alloc((4 - (data.length % 4)) % 4) : Buffer.alloc(0);
    this.raw(Buffer.concat([header, data, rest]));
  }

  raw(bytes: Buffer): void {
    this.#send(bytes);
  }

  close(): void {
    this.#end();
  }

  #received(bytes: Buffer): void {
    if ((bytes[0] ?? 0) >= 0x40) {
      this.relayed.push({ channel: bytes.readUInt16BE(0), data: bytes.subarray(4) });
      return;
    }
    const message = parseStun(bytes);
    if (!message) throw new Error(`the server sent what is no STUN: ${bytes.toString('hex')}`);
    if (message.class !== 'indication') {
      this.#answers.set(message.transactionId.toString('hex'), message);
      return;
    }
    const address = attributeOf(message, attributes.xorPeerAddress);
    const data = attributeOf(message, attributes.data);
    const peer = address && readXorAddress(address, message.transactionId);
    if (data && peer) this.relayed.push({ peer, data });
  }
}

export function withUdp(writer: StunWriter): StunWriter {
  return writer.attribute(attributes.requestedTransport, Buffer.from([17, 0, 0, 0]));
}

/** A number attribute of an answer. */
export function numberOf({ message }: Answered, type: number): number | undefined {
  return attributeOf(message, type)?.readUInt32BE(0);
}
