import type { DtlsParameters, MediaKind, RtpCapabilities, RtpParameters } from '../../protocol/media.ts';
import type { TransportInfo } from '../../protocol/messages.ts';

/** The ways media can take. With TURN: how this end speaks to the relay. */
export type PathKind = 'udp' | 'tcp' | 'turn-udp' | 'turn-tcp' | 'turn-tls';

/** A TURN server with a single URL. */
export interface Relay {
  url: string;
  username: string;
  credential: string;
}

export interface PathOffer {
  /** With those candidates only that are to be tried. */
  transport: TransportInfo;
  /** Nothing but this relay is to be used. */
  relay: Relay | undefined;
  routerCapabilities: RtpCapabilities;
  /** Tells the server this end's DTLS parameters. */
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  limitMs: number;
}

/** What came of sending for a while. */
export interface Exchanged {
  packetsSent: number;
  packetsReceived: number;
  /** In `durationMs`, which is longer than asked for where packets waited in a queue, and shorter where starting took time. */
  octetsSent: number;
  octetsReceived: number;
  durationMs: number;
  /** Less was sent than was asked for, because the line takes no more. */
  limited: boolean;
  /** Median, there and back. */
  roundTripMs: number | undefined;
}

/** An open connection to a worker: ICE and DTLS are through. */
export interface OpenPath {
  /** From the first packet to the end of the DTLS handshake. */
  readonly connectMs: number;
  /** @param echo asks the server to send back what we are going to send */
  startEcho(echo: (kind: MediaKind, rtpParameters: RtpParameters) => Promise<RtpParameters>): Promise<void>;
  /** Sends media-sized packets; resolves when what comes back has come. */
  send(bitrate: number, durationMs: number): Promise<Exchanged>;
  close(): void;
}

/** What opens paths: sockets in Node, an RTCPeerConnection in a browser. */
export interface PathEngine {
  /** @throws PathProblem */
  open(offer: PathOffer): Promise<OpenPath>;
}

/** Why a path does not work. */
export type PathReason =
  /** Nothing came back: somebody drops the packets. */
  | 'no-answer'
  /** The other end, or a firewall, said no. */
  | 'refused'
  /** There is no route to that address. */
  | 'unreachable'
  /** The TLS connection to the relay failed. */
  | 'tls-failed'
  /** The relay does not accept our credentials. */
  | 'relay-unauthorized'
  /** The relay does not want to relay (now, or to there). */
  | 'relay-refused'
  /** ICE was through, the DTLS handshake was not. */
  | 'dtls-failed'
  /** The connection was there, and media did not come back. */
  | 'no-media'
  /** The server refused. */
  | 'server-refused'
  | 'internal';

export class PathProblem extends Error {
  override readonly name = 'PathProblem';
  readonly reason: PathReason;
  /** What exactly, for people who know the network. */
  readonly detail: string;

  constructor(reason: PathReason, detail = '', options: ErrorOptions = {}) {
    super(detail ? `${reason}: ${detail}` : reason, options);
    this.reason = reason;
    this.detail = detail;
  }
}
