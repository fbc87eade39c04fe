import type { TransportAddress } from './addresses.ts';
import type { ClientTransport } from './counters.ts';

/** The way to one client: a UDP five-tuple, or a connection over TCP or TLS. */
export interface ClientPath {
  /** unique among the paths that exist at a time */
  readonly key: string;
  readonly transport: ClientTransport;
  readonly client: TransportAddress;
  /** One message, whole; dropped when the way is full. */
  send(message: Buffer): void;
}
