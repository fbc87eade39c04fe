import {
  canonicalIp,
  type Family,
  type ForbiddenReason,
  familyOf,
  keyOf,
  kindOfForbidden,
  type TransportAddress,
} from './addresses.ts';

/** A place where this deployment receives media over UDP, as clients are told, and the address that is sent to instead. */
export interface MediaPeer {
  told: TransportAddress;
  /** Differs behind a NAT: many routers do not send back in what comes from inside (no hairpin). */
  inner: TransportAddress;
}

/** An address with its key, made once. */
export interface Peer extends TransportAddress {
  readonly key: string;
}

export function peerOf({ ip, port }: TransportAddress): Peer {
  return { ip, port, key: keyOf({ ip, port }) };
}

/**
 * The relay rule, as data: the only addresses and ports there are for this TURN server. What is not in here is refused,
 * whatever it is, so there is no list of forbidden networks that could be incomplete.
 */
export class MediaPeers {
  #byTold = new Map<string, Peer>();
  #told = new Set<string>();
  #inner = new Set<string>();
  #relayIps = new Map<Family, string>();

  /** Replaces all: workers come and go, and so do public addresses. */
  set(peers: readonly MediaPeer[]): void {
    this.#byTold = new Map();
    this.#told = new Set();
    this.#inner = new Set();
    this.#relayIps = new Map();
    for (const { told, inner } of peers) {
      const toldIp = canonicalIp(told.ip);
      const innerIp = canonicalIp(inner.ip);
      if (!toldIp || !innerIp) continue;
      const target = peerOf({ ip: innerIp, port: inner.port });
      this.#byTold.set(keyOf({ ip: toldIp, port: told.port }), target);
      this.#told.add(toldIp);
      this.#inner.add(target.key);
      // Relayed ports are opened where media is: nobody but our media has to reach them.
      const family = familyOf(innerIp);
      if (!this.#relayIps.has(family)) this.#relayIps.set(family, innerIp);
    }
  }

  /** Where to send what is for this peer; undefined: it is none of ours. */
  target(peer: Peer): Peer | undefined {
    return this.#byTold.get(peer.key);
  }

  isAddress(ip: string): boolean {
    return this.#told.has(ip);
  }

  /** Whether a packet from here is our media's. */
  isSource(key: string): boolean {
    return this.#inner.has(key);
  }

  whyNot({ ip }: TransportAddress): ForbiddenReason {
    return this.#told.has(ip) ? 'media-port' : kindOfForbidden(ip);
  }

  /** The address for relayed ports of this family; undefined: there is no media in it. */
  relayIp(family: Family): string | undefined {
    return this.#relayIps.get(family);
  }
}
