import type { ForbiddenReason } from './addresses.ts';

export const clientTransports = ['udp', 'tcp', 'tls'] as const;
export type ClientTransport = (typeof clientTransports)[number];

/** Why a request was refused. A peer that is not ours is counted by its kind. */
export type RefusalReason =
  | ForbiddenReason
  | 'bad-request'
  | 'no-credentials'
  | 'wrong-credentials'
  | 'expired-credentials'
  | 'stale-nonce'
  | 'unknown-attribute'
  | 'no-allocation'
  | 'already-allocated'
  | 'foreign-allocation'
  | 'family'
  | 'unsupported-transport'
  | 'even-port'
  | 'channel'
  | 'quota'
  | 'no-port';

export const quotaNames = [
  'allocations',
  'participant-allocations',
  'address-allocations',
  'participant-bytes',
  'participant-packets',
  'address-bytes',
  'address-packets',
  'permissions',
  'channels',
  'connections',
  'address-connections',
  'strangers',
  'slow-client',
] as const;
export type QuotaName = (typeof quotaNames)[number];

type PerTransport = Record<ClientTransport, number>;

/** Everything that is counted, as plain numbers since the start: can be sent to another thread. */
export interface TurnCounters {
  /** open now */
  allocations: PerTransport;
  allocationsMade: PerTransport;
  connections: PerTransport;
  /** relayed, from clients (in) and to them (out) */
  bytesIn: PerTransport;
  bytesOut: PerTransport;
  packetsIn: PerTransport;
  packetsOut: PerTransport;
  refusals: Partial<Record<RefusalReason, number>>;
  quotaHits: Partial<Record<QuotaName, number>>;
  /** Packets that reached a relayed port from somebody else than our media */
  foreignPackets: number;
  /** What was no STUN, no ChannelData, or for nobody */
  malformed: number;
  /** Errors of ours; each is logged */
  failures: number;
}

export function noCounts(): TurnCounters {
  const zero = (): PerTransport => ({ udp: 0, tcp: 0, tls: 0 });
  return {
    allocations: zero(),
    allocationsMade: zero(),
    connections: zero(),
    bytesIn: zero(),
    bytesOut: zero(),
    packetsIn: zero(),
    packetsOut: zero(),
    refusals: {},
    quotaHits: {},
    foreignPackets: 0,
    malformed: 0,
    failures: 0,
  };
}

export function count<K extends string>(counts: Partial<Record<K, number>>, name: K): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
