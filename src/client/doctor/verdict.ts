import { type Line, type LineId, pathKinds } from './line.ts';
import type { PathKind } from './path-engine.ts';

export type VerdictCode =
  /** Media flows the best way. */
  | 'good'
  /** It works, over a way that is not the best. */
  | 'tcp'
  | 'relay'
  | 'relay-tcp'
  /** The server cannot be reached, or nothing gets through. */
  | 'no-signalling'
  | 'no-media'
  /** The server could not be asked. */
  | 'unknown';

export interface Verdict {
  code: VerdictCode;
  /** undefined: not known */
  possible: boolean | undefined;
  /** How media would travel. */
  way: PathKind | undefined;
}

/** What all the lines mean for a meeting. */
export function verdictOf(lines: readonly Line[]): Verdict {
  const state = (id: LineId) => lines.find((line) => line.id === id)?.state;
  if (state('address') === 'failed' || state('signalling') === 'failed')
    return { code: 'no-signalling', possible: false, way: undefined };
  if (state('signalling') === 'untested') return { code: 'unknown', possible: undefined, way: undefined };
  const way = pathKinds.find((kind) => state(kind) === 'passed');
  if (way) return { code: codeOf(way), possible: true, way };
  if (pathKinds.some((kind) => state(kind) === 'failed'))
    return { code: 'no-media', possible: false, way: undefined };
  return { code: 'unknown', possible: undefined, way: undefined };
}

/** What it means when this is the best way that works. */
export function codeOf(way: PathKind): VerdictCode {
  return codes[way];
}

const codes: Readonly<Record<PathKind, VerdictCode>> = {
  udp: 'good',
  tcp: 'tcp',
  'turn-udp': 'relay',
  'turn-tcp': 'relay-tcp',
  'turn-tls': 'relay-tcp',
};
