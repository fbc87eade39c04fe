import { createSocket, type Socket } from 'node:dgram';
import type { Delivery } from './delivery.ts';
import type { Link } from './link.ts';

// IPv4 and UDP headers: a line carries them too.
const headerBytes = 28;

export interface RelayParts {
  /** where the real server is */
  target: { address: string; port: number };
  up: Link;
  down: Link;
  delivery: Delivery;
  now: () => number;
}

/** Datagrams to a port of ours go to the target through `up`, answers come back through `down`. A socket of its own per client, as a NAT has. */
export class UdpRelay {
  readonly #parts: RelayParts;
  readonly #socket: Socket;
  readonly #clients = new Map<string, Socket>();

  static async open(parts: RelayParts): Promise<UdpRelay> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, parts.target.address, resolve);
    });
    return new UdpRelay(parts, socket);
  }

  private constructor(parts: RelayParts, socket: Socket) {
    this.#parts = parts;
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data, from) => {
      const arrival = parts.up.send(parts.now(), data.length + headerBytes);
      if (arrival === undefined) return;
      const towardsServer = this.#clientSocket(from.address, from.port);
      parts.delivery.add(arrival, () => towardsServer.send(data, parts.target.port, parts.target.address));
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
    for (const socket of this.#clients.values()) socket.close();
  }

  #clientSocket(address: string, port: number): Socket {
    const key = `${address} ${port}`;
    const existing = this.#clients.get(key);
    if (existing) return existing;
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const { down, delivery, now } = this.#parts;
      const arrival = down.send(now(), data.length + headerBytes);
      if (arrival !== undefined) delivery.add(arrival, () => this.#socket.send(data, port, address));
    });
    this.#clients.set(key, socket);
    return socket;
  }
}
