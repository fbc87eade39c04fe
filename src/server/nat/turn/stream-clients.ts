import type { Clock } from '../../../base/clock.ts';
import { networkOf } from '../network-of.ts';
import type { TransportAddress } from './addresses.ts';
import type { ClientPath } from './client-path.ts';
import type { TurnLimits } from './settings.ts';
import { StreamFrames } from './stream-frames.ts';
import type { TurnServer } from './turn-server.ts';

/** The other end of a connection, whatever carries it. */
export interface Stream {
  /** Dropped when too much is waiting already. */
  write(message: Buffer): void;
  close(): void;
}

interface Client {
  path: ClientPath;
  stream: Stream;
  frames: StreamFrames;
  idleSince: number;
}

/** Clients on connections: over TCP, and over TLS through the HTTPS port. */
export class StreamClients {
  readonly #server: TurnServer;
  readonly #limits: TurnLimits;
  readonly #clock: Clock;
  readonly #clients = new Set<Client>();
  readonly #perNetwork = new Map<string, number>();
  readonly #stopSweeping: () => void;
  #connections = 0;

  constructor(server: TurnServer, limits: TurnLimits, clock: Clock) {
    this.#server = server;
    this.#limits = limits;
    this.#clock = clock;
    this.#stopSweeping = clock.every(1000, () => this.#sweep());
  }

  /** @returns where its bytes go and who is told about its end; undefined: too many, it has been closed */
  accept(
    transport: 'tcp' | 'tls',
    client: TransportAddress,
    stream: Stream,
  ): { received(chunk: Buffer): void; closed(): void } | undefined {
    const network = networkOf(client.ip);
    const here = this.#perNetwork.get(network) ?? 0;
    const most = this.#clients.size >= this.#limits.connections;
    if (most || here >= this.#limits.connectionsPerAddress) {
      this.#server.quotas.hit(most ? 'connections' : 'address-connections');
      stream.close();
      return undefined;
    }
    this.#perNetwork.set(network, here + 1);
    this.#server.counters.connections[transport] += 1;
    const key = `${transport} ${++this.#connections}`;
    const path: ClientPath = { key, transport, client, send: (message) => stream.write(message) };
    const made: Client = { path, stream, frames: new StreamFrames(), idleSince: this.#clock.now() };
    this.#clients.add(made);
    return {
      received: (chunk) => this.#received(made, chunk),
      closed: () => this.#closed(made),
    };
  }

  close(): void {
    this.#stopSweeping();
    for (const client of [...this.#clients]) this.#end(client);
  }

  #received(client: Client, chunk: Buffer): void {
    if (!this.#clients.has(client)) return;
    const messages = client.frames.push(chunk);
    if (!messages) {
      this.#server.counters.malformed += 1;
      this.#end(client);
      return;
    }
    for (const message of messages) this.#server.receive(message, client.path);
  }

  #end(client: Client): void {
    client.stream.close();
    this.#closed(client);
  }

  #closed(client: Client): void {
    if (!this.#clients.delete(client)) return;
    const { transport, client: address } = client.path;
    this.#server.counters.connections[transport] -= 1;
    const network = networkOf(address.ip);
    const left = (this.#perNetwork.get(network) ?? 1) - 1;
    if (left > 0) this.#perNetwork.set(network, left);
    else this.#perNetwork.delete(network);
    this.#server.pathClosed(client.path);
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const client of [...this.#clients]) {
      if (this.#server.hasAllocation(client.path)) client.idleSince = now;
      else if (now - client.idleSince > this.#limits.idleTimeoutMs) this.#end(client);
    }
  }
}
