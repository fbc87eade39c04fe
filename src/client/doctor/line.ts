import type { PathKind, PathReason } from './path-engine.ts';

/** The ways to the server's media, and what they carry. */
export const networkLineIds = [
  'udp',
  'tcp',
  'turn-udp',
  'turn-tcp',
  'turn-tls',
  'ipv4',
  'ipv6',
  'media-ports',
  'bandwidth-up',
  'bandwidth-down',
] as const;

/** What is looked at, in the order in which it is shown. */
export const lineIds = [
  'browser',
  'secure-context',
  'codecs',
  'screen-capture',
  'camera',
  'microphone',
  'address',
  'certificate',
  'signalling',
  ...networkLineIds,
] as const;
export type LineId = (typeof lineIds)[number];

export type LineReason =
  | PathReason
  /** The server has no such way. */
  | 'not-offered'
  /** What this builds on has failed. */
  | 'not-reached'
  /** The server does not let itself be checked. */
  | 'switched-off'
  /** Too many checks now, or by this address. */
  | 'too-many'
  | 'version-unsupported'
  | 'name-unknown'
  | 'certificate-self-signed'
  | 'certificate-expired'
  | 'certificate-other-name'
  | 'certificate-untrusted'
  | 'certificate-accepted'
  | 'expires-soon'
  /** Passed, but with loss. */
  | 'lossy'
  | 'slow'
  /** Some of the workers' ports. */
  | 'some-ports'
  | 'missing'
  | 'denied'
  | 'not-asked';

export interface LineFacts {
  /** ms */
  connectMs?: number;
  roundTripMs?: number;
  /** Shares, 0 to 1. */
  lossUp?: number;
  lossDown?: number;
  /** bit/s */
  bitrate?: number;
  /** The line carried all that was tried: it may carry more. */
  atLeast?: boolean;
  ports?: number[];
  days?: number;
  /** Addresses, names, codes: for people who know the network. */
  detail?: string;
}

export interface Line {
  id: LineId;
  state: 'running' | 'passed' | 'failed' | 'untested';
  reason?: LineReason;
  facts: LineFacts;
}

export type TellLine = (line: Line) => void;

/** The paths, best first: what a meeting would use. */
export const pathKinds: readonly PathKind[] = ['udp', 'turn-udp', 'tcp', 'turn-tcp', 'turn-tls'];
