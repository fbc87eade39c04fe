import { type Family, familyOf } from './addresses.ts';
import type { ClientPath } from './client-path.ts';
import type { MediaPeers, Peer } from './media-peers.ts';
import type { Claim } from './quotas.ts';
import type { RelaySocket } from './relay-socket.ts';

/** RFC 8656 §9 and §12 */
const permissionMs = 300_000;
const channelMs = 600_000;

export interface Channel {
  number: number;
  peer: Peer;
  expiresAt: number;
}

export interface AllocationParts {
  path: ClientPath;
  username: string;
  /** for MESSAGE-INTEGRITY; kept, so that credentials that have expired go on here */
  key: Buffer;
  socket: RelaySocket;
  claim: Claim;
  transactionId: Buffer;
}

/** What one client has on this server, RFC 8656 §3.2: a relayed address, permissions and channels, each with an end. */
export class Allocation {
  readonly path: ClientPath;
  readonly username: string;
  readonly key: Buffer;
  readonly socket: RelaySocket;
  readonly claim: Claim;
  /** of the Allocate request: one that comes again is a retransmission */
  readonly transactionId: Buffer;
  readonly family: Family;
  /** What the Allocate request was answered. */
  answer: Buffer | undefined;
  expiresAt = 0;
  readonly #permissions = new Map<string, number>();
  readonly #channelsByNumber = new Map<number, Channel>();
  readonly #channelsByPeer = new Map<string, Channel>();
  /** Which of its addresses the client last used for a media port of ours; the answer comes from that one. */
  readonly #views = new Map<string, Peer>();

  constructor(parts: AllocationParts) {
    this.path = parts.path;
    this.username = parts.username;
    this.key = parts.key;
    this.socket = parts.socket;
    this.claim = parts.claim;
    this.transactionId = parts.transactionId;
    this.family = familyOf(parts.socket.address.ip);
  }

  /** @returns false when these would be too many; then nothing has changed */
  permit(ips: readonly string[], most: number, now: number): boolean {
    const fresh = new Set(ips.filter((ip) => !this.#permissions.has(ip)));
    if (this.#permissions.size + fresh.size > most) return false;
    for (const ip of ips) this.#permissions.set(ip, now + permissionMs);
    return true;
  }

  isPermitted(ip: string, now: number): boolean {
    return (this.#permissions.get(ip) ?? 0) > now;
  }

  /** @returns `taken` when number or peer belong to another channel (RFC 8656 §12.2) */
  bind(number: number, peer: Peer, most: number, now: number): 'bound' | 'taken' | 'too-many' {
    const byNumber = this.#live(this.#channelsByNumber.get(number), now);
    const byPeer = this.#live(this.#channelsByPeer.get(peer.key), now);
    if ((byNumber && byNumber.peer.key !== peer.key) || (byPeer && byPeer.number !== number)) return 'taken';
    if (!byNumber && this.#channelsByNumber.size >= most) return 'too-many';
    const channel = byNumber ?? { number, peer, expiresAt: 0 };
    channel.expiresAt = now + channelMs;
    this.#channelsByNumber.set(number, channel);
    this.#channelsByPeer.set(peer.key, channel);
    return 'bound';
  }

  channel(number: number, now: number): Channel | undefined {
    return this.#live(this.#channelsByNumber.get(number), now);
  }

  channelTo(peer: Peer, now: number): Channel | undefined {
    return this.#live(this.#channelsByPeer.get(peer.key), now);
  }

  /** @param targetKey the inner address that stands for this peer */
  saw(peer: Peer, targetKey: string): void {
    if (this.#views.get(targetKey) !== peer) this.#views.set(targetKey, peer);
  }

  /** How the client knows who sent from there; undefined when the client never wrote to it. */
  viewOf(targetKey: string): Peer | undefined {
    return this.#views.get(targetKey);
  }

  sweep(now: number, peers: MediaPeers): void {
    for (const [ip, expiresAt] of this.#permissions) if (expiresAt <= now) this.#permissions.delete(ip);
    for (const channel of [...this.#channelsByNumber.values()]) this.#live(channel, now);
    for (const key of this.#views.keys()) if (!peers.isSource(key)) this.#views.delete(key);
  }

  #live(channel: Channel | undefined, now: number): Channel | undefined {
    if (!channel || channel.expiresAt > now) return channel;
    this.#channelsByNumber.delete(channel.number);
    this.#channelsByPeer.delete(channel.peer.key);
    return undefined;
  }
}
