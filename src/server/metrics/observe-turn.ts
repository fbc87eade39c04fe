import type { Registry } from 'prom-client';
import { clientTransports, quotaNames, type TurnCounters } from '../nat/turn/counters.ts';
import { counterOf, gaugeOf } from './read-on-scrape.ts';
import type { MetricsSources } from './sources.ts';

/** The embedded TURN server: it counts in its own thread and tells once a second. */
export function observeTurn(registry: Registry, { turn }: MetricsSources): void {
  if (!turn) return;
  const directions = (
    name: string,
    help: string,
    read: (counters: TurnCounters) => [received: Record<string, number>, sent: Record<string, number>],
  ) =>
    counterOf(registry, name, help, ['transport', 'direction'], (set) => {
      const [received, sent] = read(turn.stats());
      for (const transport of clientTransports) {
        set({ transport, direction: 'in' }, received[transport] ?? 0);
        set({ transport, direction: 'out' }, sent[transport] ?? 0);
      }
    });
  gaugeOf(
    registry,
    'plenum_turn_allocations',
    'TURN allocations by how the client comes',
    ['transport'],
    (set) => {
      const { allocations } = turn.stats();
      for (const transport of clientTransports) set({ transport }, allocations[transport]);
    },
  );
  gaugeOf(
    registry,
    'plenum_turn_connections',
    'Connections to TURN over TCP and TLS',
    ['transport'],
    (set) => {
      const { tcp, tls } = turn.stats().connections;
      set({ transport: 'tcp' }, tcp);
      set({ transport: 'tls' }, tls);
    },
  );
  counterOf(registry, 'plenum_turn_allocations_total', 'TURN allocations made', ['transport'], (set) => {
    const { allocationsMade } = turn.stats();
    for (const transport of clientTransports) set({ transport }, allocationsMade[transport]);
  });
  directions('plenum_turn_bytes_total', 'Bytes relayed, without headers', ({ bytesIn, bytesOut }) => [
    bytesIn,
    bytesOut,
  ]);
  directions('plenum_turn_packets_total', 'Packets relayed', ({ packetsIn, packetsOut }) => [
    packetsIn,
    packetsOut,
  ]);
  counterOf(
    registry,
    'plenum_turn_refusals_total',
    'TURN requests refused, by reason; peers that are not ours by their kind of address',
    ['reason'],
    (set) => {
      for (const [reason, refusals] of Object.entries(turn.stats().refusals)) set({ reason }, refusals);
    },
  );
  counterOf(
    registry,
    'plenum_turn_quota_hits_total',
    'Limits of TURN that were reached',
    ['quota'],
    (set) => {
      const { quotaHits } = turn.stats();
      for (const quota of quotaNames) set({ quota }, quotaHits[quota] ?? 0);
    },
  );
  counterOf(
    registry,
    'plenum_turn_dropped_total',
    'What reached TURN and was nothing: malformed, from somebody else than our media, or a failure of ours',
    ['reason'],
    (set) => {
      const { malformed, foreignPackets, failures } = turn.stats();
      set({ reason: 'malformed' }, malformed);
      set({ reason: 'foreign' }, foreignPackets);
      set({ reason: 'failure' }, failures);
    },
  );
}
