import type { Registry } from 'prom-client';
import type { PortToMap } from '../nat/port-mapping/gateway.ts';
import { counterOf, gaugeOf } from './read-on-scrape.ts';
import type { MetricsSources } from './sources.ts';

/** How the server is reached from outside. */
export function observeNat(registry: Registry, { nat: { portMapping, announced } }: MetricsSources): void {
  gaugeOf(
    registry,
    'plenum_port_mapping_state',
    'Whether a router maps ports: 1 for the present state (off, searching, failed, mapped) and protocol',
    ['state', 'protocol'],
    (set) => {
      const { state } = portMapping;
      set({ state: state.name, protocol: state.name === 'mapped' ? state.protocol : 'none' }, 1);
    },
  );
  gaugeOf(
    registry,
    'plenum_port_mappings',
    'Ports that the router maps, or refuses to, by purpose and protocol',
    ['purpose', 'protocol', 'state'],
    (set) => {
      const counts = new Map<string, { labels: Record<string, string>; count: number }>();
      const add = ({ purpose, protocol }: PortToMap, state: string) => {
        const key = `${purpose} ${protocol} ${state}`;
        const { labels, count } = counts.get(key) ?? { labels: { purpose, protocol, state }, count: 0 };
        counts.set(key, { labels, count: count + 1 });
      };
      for (const { port } of portMapping.mapped) add(port, 'mapped');
      for (const { port } of portMapping.refused) add(port, 'refused');
      for (const { labels, count } of counts.values()) set(labels, count);
    },
  );
  gaugeOf(
    registry,
    'plenum_announced_addresses',
    "Addresses told to clients beside this machine's own, by how they are known",
    ['source'],
    (set) => {
      for (const source of ['router', 'stun', 'dns'])
        set({ source }, announced.all.filter((its) => its.source === source).length);
    },
  );
  counterOf(
    registry,
    'plenum_external_address_changes_total',
    "How often the router's external address became another one",
    [],
    (set) => set({}, portMapping.addressChanges),
  );
}
