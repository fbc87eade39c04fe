import type { types } from 'mediasoup-client';
import type { IceCandidate, IceParameters } from '../../protocol/media.ts';

/**
 * The server's candidates that came after a transport was made. mediasoup-client keeps those of the beginning in every
 * description it makes; later ones are given to the browser as it gets candidates of any other peer, one by one (trickle ICE).
 */
export class TrickledCandidates {
  readonly #handler: types.Transport['handler'];
  readonly #known: ReadonlySet<string>;
  #waiting: RTCIceCandidateInit[] = [];

  /** @param known those that the transport was made with */
  constructor(handler: types.Transport['handler'], known: readonly IceCandidate[]) {
    this.#handler = handler;
    this.#known = new Set(known.map(key));
  }

  /** @param iceParameters those that the candidates belong to; the browser has got them */
  async add({ usernameFragment }: IceParameters, candidates: readonly IceCandidate[]): Promise<void> {
    this.#waiting = candidates
      .filter((candidate) => !this.#known.has(key(candidate)))
      .map((candidate) => ({ candidate: candidateLine(candidate), sdpMLineIndex: 0, usernameFragment }));
    await this.flush();
  }

  /** A transport on which nothing has flowed has no description yet that candidates could belong to. */
  async flush(): Promise<void> {
    const connection = peerConnectionOf(this.#handler);
    if (!connection?.remoteDescription || this.#waiting.length === 0) return;
    const candidates = this.#waiting;
    this.#waiting = [];
    // One that the browser does not take must not keep the others away; a later restart brings all of them again.
    await Promise.allSettled(candidates.map((candidate) => connection.addIceCandidate(candidate)));
  }
}

function key({ protocol, address, port }: IceCandidate): string {
  return `${protocol} ${address} ${port}`;
}

/** As in SDP, without `a=` (RFC 8839 section 5.1). */
export function candidateLine(candidate: IceCandidate): string {
  const { foundation, protocol, priority, address, port, type, tcpType } = candidate;
  const end = tcpType ? ` tcptype ${tcpType}` : '';
  return `candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${end}`;
}

/** mediasoup-client shows its handlers, but not their connection. A stand-in for the browser has none. */
function peerConnectionOf(handler: types.Transport['handler']): RTCPeerConnection | undefined {
  const connection: unknown = '_pc' in handler ? handler._pc : undefined;
  const isReal = typeof RTCPeerConnection === 'function' && connection instanceof RTCPeerConnection;
  return isReal ? connection : undefined;
}
