import type { IceCandidate, IceServer } from '../../protocol/media.ts';
import type { TransportInfo } from '../../protocol/messages.ts';
import type { PathKind, Relay } from './path-engine.ts';

export interface PathPlan {
  kind: PathKind;
  /** Direct paths only: the address family. */
  family: 4 | 6 | undefined;
  worker: number;
}

/** What a plan may use of what the server offers; undefined: the server has no such way. */
export function narrow(
  info: TransportInfo,
  { kind, family }: Pick<PathPlan, 'kind' | 'family'>,
): { transport: TransportInfo; relay: Relay | undefined } | undefined {
  const relay = kind === 'udp' || kind === 'tcp' ? undefined : relayOf(info.iceServers ?? [], kind);
  if (kind !== 'udp' && kind !== 'tcp' && !relay) return undefined;
  // A relay speaks UDP to the worker, whatever it speaks to us.
  const protocol = kind === 'tcp' ? 'tcp' : 'udp';
  const iceCandidates = info.iceCandidates.filter(
    (candidate) =>
      candidate.protocol === protocol && (family === undefined || familyOf(candidate) === family),
  );
  if (iceCandidates.length === 0) return undefined;
  return { transport: { ...info, iceCandidates, iceServers: [] }, relay };
}

/** Names are taken for IPv4: that is what sits behind a NAT. */
export function familyOf({ address }: Pick<IceCandidate, 'address'>): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** Everything worth trying on one worker. */
export function plansFor(info: TransportInfo): PathPlan[] {
  const direct = (['udp', 'tcp'] as const).flatMap((kind) =>
    ([4, 6] as const).map((family) => ({ kind, family, worker: 0 })),
  );
  const relayed = (['turn-udp', 'turn-tcp', 'turn-tls'] as const).map((kind) => ({
    kind,
    family: undefined,
    worker: 0,
  }));
  return [...direct, ...relayed].filter((plan) => narrow(info, plan) !== undefined);
}

function relayOf(servers: readonly IceServer[], kind: PathKind): Relay | undefined {
  for (const { urls, username = '', credential = '' } of servers) {
    const url = urls.find((candidate) => relayKind(candidate) === kind);
    if (url) return { url, username, credential };
  }
  return undefined;
}

/** RFC 7065: UDP when nothing is said, TCP for turns. */
export function relayKind(url: string): PathKind | undefined {
  if (/^turns:/i.test(url)) return 'turn-tls';
  if (!/^turn:/i.test(url)) return undefined;
  return /\?transport=tcp$/i.test(url) ? 'turn-tcp' : 'turn-udp';
}
