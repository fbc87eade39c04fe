import type { types } from 'mediasoup';
import type { IceCandidate } from '../../protocol/media.ts';
import type { LocalPort } from '../nat/announced-addresses.ts';

/**
 * Below the same socket's own address, which clients in the same network should prefer: not every router leads packets
 * back in that were sent to its outer address. Less than the difference between UDP and TCP (256,000), more than what
 * mediasoup takes off an inner address beside an announced one (1,000).
 */
const outerIsLess = 2000;

/**
 * What clients are told: the worker's own candidates, and for each the outer addresses that lead to it.
 * @param outerOf where a socket of this machine is reached from outside
 */
export function toldCandidates(
  own: readonly types.IceCandidate[],
  outerOf: (local: LocalPort) => readonly { address: string; port: number }[],
): IceCandidate[] {
  const told = new Map<string, IceCandidate>();
  const tell = (candidate: IceCandidate) => {
    const key = `${candidate.protocol} ${candidate.address} ${candidate.port}`;
    if (!told.has(key)) told.set(key, candidate);
  };
  for (const { address, foundation, priority, protocol, port, tcpType } of own) {
    const type = tcpType ? { tcpType } : {};
    tell({ address, foundation, priority, protocol, port, type: 'host', ...type });
    for (const outer of outerOf({ protocol, address, port })) {
      tell({
        ...outer,
        // Another one than the socket's own: what is found out about that says nothing about this (RFC 8445 section 5.1.1.3).
        foundation: `${protocol}outer`,
        priority: priority - outerIsLess,
        protocol,
        type: 'host',
        ...type,
      });
    }
  }
  return [...told.values()];
}
