import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { TcpTransport, TlsTransport, type Transport, TurnProtocol, UdpTransport } from 'werift';
import { PathProblem, type Relay } from '../../client/doctor/path-engine.ts';
import { type PacketPath, socketProblem, within } from './packet-path.ts';

export interface RelayTarget {
  address: string;
  port: number;
}

const lifetimeSeconds = 120;

/** An allocation on a TURN server and a channel to one peer. @throws PathProblem */
export async function openRelayPath(
  relay: Relay,
  peer: RelayTarget,
  limitMs: number,
  tlsOptions: ConnectionOptions,
): Promise<PacketPath> {
  const server = parseTurnUrl(relay.url);
  const opening = openTransport(server, limitMs, tlsOptions);
  try {
    const transport = await within(limitMs, opening, server.shown);
    const turn = new TurnProtocol(
      [server.host, server.port],
      relay.username,
      relay.credential,
      lifetimeSeconds,
      // Its types are not made for exactOptionalPropertyTypes.
      transport as Transport,
    );
    await within(limitMs, turn.connectionMade(), server.shown);
    const path = new RelayPath(turn, [peer.address, peer.port]);
    await within(limitMs, turn.getChannel([peer.address, peer.port]), server.shown);
    return path;
  } catch (error) {
    // It may still come.
    opening.then((transport) => transport.close()).catch(() => undefined);
    throw relayProblem(error);
  }
}

class RelayPath implements PacketPath {
  readonly waitingOctets = 0;
  onPacket: (packet: Buffer) => void = () => undefined;
  readonly #turn: TurnProtocol;
  readonly #peer: readonly [string, number];

  constructor(turn: TurnProtocol, peer: readonly [string, number]) {
    this.#turn = turn;
    this.#peer = peer;
    turn.onData.subscribe((packet) => this.onPacket(packet));
  }

  send(packet: Buffer): void {
    this.#turn.sendData(packet, this.#peer).catch(() => undefined);
  }

  close(): void {
    this.#turn.close().catch(() => undefined);
  }
}

async function openTransport(
  { host, port, transport }: ReturnType<typeof parseTurnUrl>,
  limitMs: number,
  tlsOptions: ConnectionOptions,
): Promise<UdpTransport | TcpTransport | TlsTransport> {
  if (transport === 'udp') {
    const { family } = await lookup(host);
    return UdpTransport.init(family === 6 ? 'udp6' : 'udp4');
  }
  const limits = { connectTimeoutMs: limitMs };
  if (transport === 'tcp') return TcpTransport.init([host, port], limits);
  const servername = isIP(host) ? {} : { servername: host };
  return TlsTransport.init([host, port], { ...servername, ...tlsOptions }, limits);
}

/** RFC 7065: turn:host[:port][?transport=udp|tcp], turns:… for TLS. */
export function parseTurnUrl(url: string): {
  host: string;
  port: number;
  transport: 'udp' | 'tcp' | 'tls';
  shown: string;
} {
  const match = /^(turns?):(\[[0-9a-fA-F:]+\]|[^:?[\]]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url);
  const [, scheme, host = '', port, transport] = match ?? [];
  if (!match) throw new PathProblem('internal', url);
  const secure = scheme === 'turns';
  const number = Number(port ?? (secure ? 5349 : 3478));
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: number,
    transport: secure ? 'tls' : (transport ?? 'udp') === 'tcp' ? 'tcp' : 'udp',
    shown: `${host}:${number}`,
  };
}

/** A TURN error has a code (RFC 8656 section 18). */
function relayProblem(error: unknown): PathProblem {
  const { response } = error as { response?: { getAttributeValue(name: 'ERROR-CODE'): unknown } };
  const code = response?.getAttributeValue('ERROR-CODE');
  if (Array.isArray(code)) {
    const [number, text] = code as [number, string];
    const reason =
      number === 401 || number === 438 || number === 441 ? 'relay-unauthorized' : 'relay-refused';
    return new PathProblem(reason, `${number} ${text}`, { cause: error });
  }
  if (error instanceof Error && error.constructor.name === 'TransactionTimeout')
    return new PathProblem('no-answer', '', { cause: error });
  if (error instanceof Error && /timed? ?out/i.test(error.message))
    return new PathProblem('no-answer', '', { cause: error });
  return socketProblem(error);
}
