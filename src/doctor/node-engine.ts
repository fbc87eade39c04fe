import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { type OpenPath, type PathEngine, type PathOffer, PathProblem } from '../client/doctor/path-engine.ts';
import { MediaPath } from './media-path.ts';
import { MediaPeer, makePeerCertificate, type PeerCertificate } from './media-peer.ts';
import { openTcpPath, openUdpPath } from './paths/direct-paths.ts';
import { type PacketPath, socketProblem } from './paths/packet-path.ts';
import { openRelayPath } from './paths/relay-path.ts';

/** Ways to a worker over this machine's own sockets. */
export class NodeEngine implements PathEngine {
  readonly #certificate: PeerCertificate;
  readonly #tlsOptions: ConnectionOptions;

  /** @param tlsOptions for TURN over TLS */
  static async create(tlsOptions: ConnectionOptions): Promise<NodeEngine> {
    return new NodeEngine(await makePeerCertificate(), tlsOptions);
  }

  private constructor(certificate: PeerCertificate, tlsOptions: ConnectionOptions) {
    this.#certificate = certificate;
    this.#tlsOptions = tlsOptions;
  }

  /** The candidates of an offer one after another, the best first: which of several answers is worth knowing. */
  async open(offer: PathOffer): Promise<OpenPath> {
    const { transport, connect, limitMs } = offer;
    const candidates = [...transport.iceCandidates].sort((a, b) => b.priority - a.priority);
    let problem: PathProblem | undefined;
    // Behind a NAT the inner address is announced too, and silent from outside: each gets its share of the time.
    const each = Math.max(1500, limitMs / Math.max(1, candidates.length));
    const told = connect(this.#certificate.dtlsParameters);
    told.catch(() => undefined);
    for (const candidate of candidates) {
      const startedAt = performance.now();
      let path: PacketPath | undefined;
      let peer: MediaPeer | undefined;
      try {
        const address = await resolved(candidate.address);
        path = await this.#path(offer, { ...candidate, address }, each);
        peer = new MediaPeer(path, transport.iceParameters, this.#certificate);
        await told;
        await peer.connect(transport.dtlsParameters, each);
        return new MediaPath(peer, performance.now() - startedAt, offer.routerCapabilities);
      } catch (error) {
        if (peer) peer.close();
        else path?.close();
        const found = socketProblem(error);
        // An address of a network that this machine does not know says less than one that is silent.
        if (!problem || problem.reason === 'unreachable') problem = found;
      }
    }
    throw problem ?? new PathProblem('internal', 'no candidate');
  }

  #path(
    { relay }: PathOffer,
    target: { address: string; port: number; protocol: 'udp' | 'tcp' },
    limitMs: number,
  ): Promise<PacketPath> {
    if (relay) return openRelayPath(relay, target, limitMs, this.#tlsOptions);
    return target.protocol === 'udp'
      ? openUdpPath(target.address, target.port)
      : openTcpPath(target.address, target.port, limitMs);
  }
}

async function resolved(address: string): Promise<string> {
  return isIP(address) ? address : (await lookup(address)).address;
}
