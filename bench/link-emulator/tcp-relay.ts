import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Link } from './link.ts';
import type { RelayParts } from './udp-relay.ts';

/** Octets of payload in one packet on Ethernet, and the headers around it. */
const segmentBytes = 1460;
const headerBytes = 40;
/** What waits for its turn beyond this is left in the sender's socket. */
const aheadMs = 400;
/** RFC 6298: retransmission times out after this and a round trip at the least, and doubles each time. */
const firstTimeoutMs = 200;
const longestTimeoutMs = 60_000;

/**
 * The same for TCP. Loss shows as delay there, as it does to those who use TCP: a lost segment comes after a
 * retransmission, and everything behind it waits. An outage ends with the first retransmission after it.
 */
export class TcpRelay {
  readonly #parts: RelayParts;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async open(parts: RelayParts): Promise<TcpRelay> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, parts.target.address, resolve);
    });
    return new TcpRelay(parts, server);
  }

  private constructor(parts: RelayParts, server: Server) {
    this.#parts = parts;
    this.#server = server;
    server.on('connection', (client) => {
      const target = connect(parts.target.port, parts.target.address);
      this.#pass(client, target, parts.up);
      this.#pass(target, client, parts.down);
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(from: Socket, to: Socket, link: Link): void {
    this.#sockets.add(from);
    const direction = new Direction(this.#parts, to, link, (full) => (full ? from.pause() : from.resume()));
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      direction.end();
    });
    from.on('data', (data) => direction.add(data));
  }
}

/** One direction of one connection: segments pass one after the other, each until it has arrived. */
class Direction {
  readonly #parts: RelayParts;
  readonly #to: Socket;
  readonly #link: Link;
  readonly #hold: (full: boolean) => void;
  readonly #segments: Buffer[] = [];
  #lastArrival = 0;
  #timeoutMs = firstTimeoutMs;
  #waiting = false;
  #ended = false;

  constructor(parts: RelayParts, to: Socket, link: Link, hold: (full: boolean) => void) {
    this.#parts = parts;
    this.#to = to;
    this.#link = link;
    this.#hold = hold;
  }

  add(data: Buffer): void {
    for (let at = 0; at < data.length; at += segmentBytes)
      this.#segments.push(data.subarray(at, at + segmentBytes));
    if (!this.#waiting) this.#run();
    if (this.#waiting) this.#hold(true);
  }

  /** What was sent before still arrives. */
  end(): void {
    this.#ended = true;
    if (!this.#waiting) this.#finish();
  }

  #run(): void {
    this.#waiting = false;
    const { now, delivery } = this.#parts;
    for (let segment = this.#segments[0]; segment; segment = this.#segments[0]) {
      const startedAt = now();
      if (this.#lastArrival - startedAt > aheadMs) return this.#runAt(this.#lastArrival - aheadMs / 2);
      const arrival = this.#link.send(startedAt, segment.length + headerBytes);
      if (arrival === undefined) {
        const again = startedAt + this.#timeoutMs + 2 * this.#link.shape.delayMs;
        this.#timeoutMs = Math.min(longestTimeoutMs, this.#timeoutMs * 2);
        return this.#runAt(again);
      }
      this.#timeoutMs = firstTimeoutMs;
      this.#segments.shift();
      this.#lastArrival = Math.max(this.#lastArrival, arrival);
      delivery.add(this.#lastArrival, () => this.#to.writable && this.#to.write(segment));
    }
    this.#hold(false);
    if (this.#ended) this.#finish();
  }

  #runAt(at: number): void {
    this.#waiting = true;
    this.#parts.delivery.add(at, () => this.#run());
  }

  #finish(): void {
    this.#parts.delivery.add(Math.max(this.#lastArrival, this.#parts.now() + 1), () =>
      this.#to.destroySoon(),
    );
  }
}
