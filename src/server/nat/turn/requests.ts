import type { Family, TransportAddress } from './addresses.ts';
import type { Allocation } from './allocation.ts';
import type { Refused } from './authentication.ts';
import { type MediaPeers, type Peer, peerOf } from './media-peers.ts';
import type { Quotas } from './quotas.ts';
import type { TurnLimits } from './settings.ts';
import { attributeOf, attributes, readXorAddress, type StunMessage } from './stun-message.ts';

// What requests ask for, checked: RFC 8656 §7 to §12. Nothing here opens or sends anything.

const udp = 17;
const defaultLifetimeSeconds = 600;
const badRequest: Refused = { code: 400, text: 'Bad Request', reason: 'bad-request' };

export interface AllocateAsk {
  family: Family;
  relayIp: string;
  lifetimeSeconds: number;
  even: boolean;
}

export function readAllocate(
  message: StunMessage,
  peers: MediaPeers,
  longestSeconds: number,
): AllocateAsk | Refused {
  const transport = attributeOf(message, attributes.requestedTransport);
  if (transport?.length !== 4) return badRequest;
  if (transport[0] !== udp) {
    return { code: 442, text: 'Unsupported Transport Protocol', reason: 'unsupported-transport' };
  }
  const evenPort = attributeOf(message, attributes.evenPort);
  const token = attributeOf(message, attributes.reservationToken);
  const asked = attributeOf(message, attributes.requestedAddressFamily);
  if ((token && (token.length !== 8 || evenPort || asked)) || (evenPort && evenPort.length !== 1))
    return badRequest;
  // RTP and RTCP on ports of their own: no browser does that any more. Nothing is reserved, so no token is valid.
  if (token || ((evenPort?.[0] ?? 0) & 0x80) !== 0) {
    return { code: 508, text: 'Insufficient Capacity', reason: 'even-port' };
  }
  const family = familyAsked(asked, peers);
  if (typeof family !== 'string') return family;
  const relayIp = peers.relayIp(family);
  if (relayIp === undefined) return notSupported;
  const lifetimeSeconds = readLifetime(message, longestSeconds);
  if (lifetimeSeconds === undefined) return badRequest;
  // Zero is no wish for an allocation that exists not: the default then.
  return {
    family,
    relayIp,
    even: evenPort !== undefined,
    lifetimeSeconds: lifetimeSeconds || longestSeconds,
  };
}

const notSupported: Refused = { code: 440, text: 'Address Family not Supported', reason: 'family' };

function familyAsked(asked: Buffer | undefined, peers: MediaPeers): Family | Refused {
  // RFC 8656 §7.2 wants IPv4 then. Browsers never ask, and where media has IPv6 only, IPv4 would be of use to nobody.
  if (!asked) return peers.relayIp('ipv4') ? 'ipv4' : 'ipv6';
  if (asked.length !== 4) return badRequest;
  if (asked[0] === 1) return 'ipv4';
  return asked[0] === 2 ? 'ipv6' : notSupported;
}

/** @returns what is granted; 0: to be deleted; undefined: malformed */
export function readLifetime(message: StunMessage, longestSeconds: number): number | undefined {
  const asked = attributeOf(message, attributes.lifetime);
  if (!asked) return Math.min(defaultLifetimeSeconds, longestSeconds);
  if (asked.length !== 4) return undefined;
  return Math.min(asked.readUInt32BE(0), longestSeconds);
}

/** The part of Refresh that can be refused. @returns the lifetime in seconds, 0: the end */
export function readRefresh(
  message: StunMessage,
  allocation: Allocation,
  longestSeconds: number,
): number | Refused {
  const asked = attributeOf(message, attributes.requestedAddressFamily);
  if (asked) {
    if (asked.length !== 4) return badRequest;
    if (asked[0] !== (allocation.family === 'ipv6' ? 2 : 1)) {
      return { code: 443, text: 'Peer Address Family Mismatch', reason: 'family' };
    }
  }
  return readLifetime(message, longestSeconds) ?? badRequest;
}

export interface Rules {
  peers: MediaPeers;
  quotas: Quotas;
  limits: TurnLimits;
}

/** All of them, or none (RFC 8656 §10.2). */
export function createPermissions(
  message: StunMessage,
  allocation: Allocation,
  { peers, quotas, limits }: Rules,
  now: number,
): Refused | undefined {
  const asked = message.attributes
    .filter(({ type }) => type === attributes.xorPeerAddress)
    .map(({ value }) => readXorAddress(value, message.transactionId));
  if (asked.length === 0) return badRequest;
  const ips: string[] = [];
  for (const peer of asked) {
    if (!peer) return badRequest;
    // The port of a permission has no meaning: what is sent is checked with its port.
    if (!peers.isAddress(peer.ip)) return forbidden(peer, peers);
    if (!isOfFamily(peer, allocation)) return mismatch;
    ips.push(peer.ip);
  }
  if (allocation.permit(ips, limits.permissions, now)) return undefined;
  quotas.hit('permissions');
  return { code: 508, text: 'Insufficient Capacity', reason: 'quota' };
}

export function bindChannel(
  message: StunMessage,
  allocation: Allocation,
  { peers, quotas, limits }: Rules,
  now: number,
): Refused | undefined {
  const asked = attributeOf(message, attributes.channelNumber);
  const address = attributeOf(message, attributes.xorPeerAddress);
  const peer = address && readXorAddress(address, message.transactionId);
  if (asked?.length !== 4 || !peer) return badRequest;
  const number = asked.readUInt16BE(0);
  // RFC 8656 ends at 0x4fff, RFC 5766 at 0x7ffe; clients of the latter pick from all of them.
  if (number < 0x4000 || number > 0x7ffe) return { ...badRequest, reason: 'channel' };
  if (!peers.target(peerOf(peer))) return forbidden(peer, peers);
  if (!isOfFamily(peer, allocation)) return mismatch;
  // First the permission: a channel without one would be of no use.
  const permitted = allocation.permit([peer.ip], limits.permissions, now);
  const outcome = permitted ? allocation.bind(number, peerOf(peer), limits.channels, now) : 'too-many';
  if (outcome === 'bound') return undefined;
  if (outcome === 'taken') return { ...badRequest, reason: 'channel' };
  quotas.hit(permitted ? 'channels' : 'permissions');
  return { code: 508, text: 'Insufficient Capacity', reason: 'quota' };
}

/** @returns undefined for what is to be dropped without a word: indications are never answered */
export function readSend(message: StunMessage): { peer: Peer; data: Buffer } | undefined {
  const address = attributeOf(message, attributes.xorPeerAddress);
  const data = attributeOf(message, attributes.data);
  const peer = address && readXorAddress(address, message.transactionId);
  return peer && data ? { peer: peerOf(peer), data } : undefined;
}

/** @returns 403, and for which kind of address, or nothing for a peer that is none at all */
export function forbidden(peer: TransportAddress, peers: MediaPeers): Refused {
  return { code: 403, text: 'Forbidden', reason: peers.whyNot(peer) };
}

const mismatch: Refused = { code: 443, text: 'Peer Address Family Mismatch', reason: 'family' };

function isOfFamily({ ip }: TransportAddress, { family }: Allocation): boolean {
  return ip.includes(':') === (family === 'ipv6');
}

/** What every request may carry, and the ones below 0x8000 that we understand (RFC 8489 §14). */
const understood: ReadonlySet<number> = new Set([
  attributes.username,
  attributes.realm,
  attributes.nonce,
  attributes.channelNumber,
  attributes.lifetime,
  attributes.xorPeerAddress,
  attributes.data,
  attributes.requestedAddressFamily,
  attributes.evenPort,
  attributes.requestedTransport,
  attributes.reservationToken,
  attributes.xorMappedAddress,
  attributes.errorCode,
  attributes.unknownAttributes,
  attributes.xorRelayedAddress,
]);

export function unknownAttributes(message: StunMessage): number[] {
  const types = message.attributes.map(({ type }) => type);
  return [...new Set(types.filter((type) => type < 0x8000 && !understood.has(type)))];
}
