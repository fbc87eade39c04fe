import type { CloseReason, ErrorCode } from '../../protocol/errors.ts';
import type { RequestName, RouteReport } from '../../protocol/messages.ts';
import type { Checks } from '../media/check/checks.ts';
import type { Traffic } from '../media/traffic.ts';
import type { Workers } from '../media/workers.ts';
import type { Nat } from '../nat/nat.ts';
import type { TurnCounters } from '../nat/turn/counters.ts';
import type { RoomRegistry } from '../rooms/registry.ts';

/** Subscribing to an emitter whose other events do not matter here. */
type On<N extends string, E> = (name: N, listener: (event: E) => void) => () => void;

/** What metrics look at. Signalling and HTTP are on the same layer, so only what is needed of them is declared here. */
export interface MetricsSources {
  workers: Workers;
  traffic: Traffic;
  rooms: RoomRegistry;
  checks: Checks;
  signalling: {
    events: {
      on: On<'request', { name: RequestName; outcome: 'ok' | ErrorCode; durationMs: number }> &
        On<'connectionClosed', { reason: CloseReason | 'lost' }> &
        On<'route', RouteReport> &
        On<'refused', { reason: string }>;
    };
    stats(): { connections: number; sessions: number };
  };
  /** undefined when it is switched off */
  turn: { stats(): TurnCounters } | undefined;
  nat: Nat;
  http: {
    stats(): { answers: Readonly<Record<string, number>> };
    /** expiresAt: ms since the epoch */
    certificates: { readonly current: { readonly expiresAt: number } };
  };
  dataDirectory: string;
  versions: { plenum: string; node: string };
}
