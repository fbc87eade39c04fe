import type { TransportAddress } from './addresses.ts';
import type { TurnCounters } from './counters.ts';
import type { MediaPeer } from './media-peers.ts';
import type { TurnLimits } from './settings.ts';

/** What the thread is born with. */
export interface ThreadStart {
  secret: Uint8Array;
  limits: TurnLimits;
  allocationLifetimeSeconds: number;
  port: number;
  listenAddresses: readonly string[];
  peers: readonly MediaPeer[];
}

/** `id` is a connection to the HTTPS port whose first octets were STUN's. Its bytes are moved, not copied. */
export type ToThread =
  | { kind: 'peers'; peers: readonly MediaPeer[] }
  | { kind: 'open'; id: number; client: TransportAddress; transport: 'tcp' | 'tls' }
  | { kind: 'data'; id: number; bytes: Uint8Array }
  | { kind: 'close'; id: number }
  | { kind: 'stop' };

export type FromThread =
  | { kind: 'ready'; port: number | undefined; problems: readonly string[] }
  | { kind: 'write'; id: number; bytes: Uint8Array }
  /** so many octets of `data` have been read: more may come */
  | { kind: 'taken'; id: number; octets: number }
  | { kind: 'close'; id: number }
  | { kind: 'counters'; counters: TurnCounters }
  | { kind: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; fields: object; message: string }
  | { kind: 'stopped' };
