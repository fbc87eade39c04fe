import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network line between a client and a server that a test can cut, block and re-route. */
export class Line {
  #target: number;
  #up = true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async to(url: string): Promise<Line> {
    const server = createServer();
    const line = new Line(server, portOf(url));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (near) => this.#join(near));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/signal`;
  }

  /** Everything that is connected is gone, without a closing handshake. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
  }

  /** Cut, and nothing connects until up(). */
  down(): void {
    this.#up = false;
    this.cut();
  }

  up(): void {
    this.#up = true;
  }

  /** From now on connections lead to another server. */
  reroute(url: string): void {
    this.#target = portOf(url);
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(near: Socket): void {
    if (!this.#up) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
