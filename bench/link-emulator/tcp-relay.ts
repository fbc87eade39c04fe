import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Link } from './link.ts';
import type { RelayParts } from './udp-relay.ts';

/** The same for TCP. Loss shows as delay there, as it does to those who use TCP: a lost segment comes one retransmission later. */
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
    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    let lastArrival = 0;
    from.on('data', (data) => {
      const { now, delivery } = this.#parts;
      const startedAt = now();
      let arrival = link.send(startedAt, data.length + 40);
      // What a line loses, TCP sends again: about a round trip and its minimum time-out of 200 ms later.
      for (let tries = 1; arrival === undefined && tries < 20; tries += 1) {
        arrival = link.send(startedAt + tries * (200 + link.shape.delayMs * 2), data.length + 40);
      }
      if (arrival === undefined) {
        from.destroy();
        return;
      }
      lastArrival = Math.max(lastArrival, arrival);
      if (lastArrival - startedAt > 500) {
        // Back-pressure, as a full send buffer would.
        from.pause();
        delivery.add(lastArrival - 400, () => from.resume());
      }
      delivery.add(lastArrival, () => to.writable && to.write(data));
    });
  }
}
