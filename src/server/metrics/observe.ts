import { readFile } from 'node:fs/promises';
import { Counter, collectDefaultMetrics, type Registry } from 'prom-client';
import type { WorkerStats } from '../media/workers.ts';
import { observeInstallation } from './observe-installation.ts';
import { observeNat } from './observe-nat.ts';
import { observeSignalling, observeWays } from './observe-signalling.ts';
import { observeTraffic } from './observe-traffic.ts';
import { observeTurn } from './observe-turn.ts';
import { counterOf, gaugeOf, type SetValue } from './read-on-scrape.ts';
import type { MetricsSources } from './sources.ts';

const statusClasses = ['2xx', '3xx', '4xx', '5xx'];

/**
 * Every metric. A counter that an alert watches is there from the start, as 0: Prometheus sees no increase in a series
 * that begins with 1. No label names a room or a person: labels are few, and nobody is watched.
 */
export function observe(registry: Registry, sources: MetricsSources): void {
  collectDefaultMetrics({ register: registry, prefix: 'plenum_' });
  observeWorkers(registry, sources);
  observeRooms(registry, sources);
  observeTraffic(registry, sources);
  observeTransports(registry, sources);
  observeSignalling(registry, sources);
  observeWays(registry, sources);
  observeTurn(registry, sources);
  observeNat(registry, sources);
  observeInstallation(registry, sources);
  counterOf(registry, 'plenum_http_answers_total', 'HTTP answers by class of status', ['class'], (set) => {
    const { answers } = sources.http.stats();
    for (const group of new Set([...statusClasses, ...Object.keys(answers)]))
      set({ class: group }, answers[group] ?? 0);
  });
}

function observeWorkers(registry: Registry, { workers }: MetricsSources): void {
  const labelNames = ['worker'];
  const each = async (read: (stats: WorkerStats) => number | Promise<number>, set: SetValue) => {
    await Promise.all(
      workers.all.map(async (worker) => {
        try {
          set({ worker: String(worker.index) }, await read(await worker.stats()));
        } catch {
          // Died while we asked; its replacement answers next time.
        }
      }),
    );
  };
  gaugeOf(registry, 'plenum_media_workers', 'Media workers by state', ['state'], (set) => {
    const alive = workers.all.filter((worker) => worker.isAlive).length;
    set({ state: 'alive' }, alive);
    set({ state: 'missing' }, workers.wanted - alive);
  });
  counterOf(
    registry,
    'plenum_media_worker_deaths_total',
    'Media workers that died and were replaced',
    [],
    (set) => set({}, workers.deaths),
  );
  counterOf(
    registry,
    'plenum_media_worker_cpu_seconds_total',
    'CPU time of each media worker',
    labelNames,
    (set) => each(({ cpuMicroseconds }) => cpuMicroseconds / 1e6, set),
  );
  gaugeOf(
    registry,
    'plenum_media_worker_resident_memory_bytes',
    'Resident memory of each media worker',
    labelNames,
    (set) => each(residentBytes, set),
  );
  gaugeOf(registry, 'plenum_media_worker_load', 'Consumers each media worker carries', labelNames, (set) => {
    for (const worker of workers.all) set({ worker: String(worker.index) }, worker.load);
  });
}

/** What the worker tells is its peak; the kernel knows what it is now. */
async function residentBytes({ pid, maxResidentKilobytes }: WorkerStats): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return (resident === undefined ? maxResidentKilobytes : Number(resident)) * 1024;
}

function observeRooms(registry: Registry, { rooms }: MetricsSources): void {
  gaugeOf(
    registry,
    'plenum_rooms',
    'Meetings with somebody in them, by the number of workers they use',
    ['workers'],
    (set) => {
      const { rooms: all, roomsSpanning } = rooms.stats();
      set({ workers: 'one' }, all - roomsSpanning);
      set({ workers: 'several' }, roomsSpanning);
    },
  );
  gaugeOf(registry, 'plenum_participants', 'People in meetings', ['role'], (set) => {
    for (const [role, count] of Object.entries(rooms.stats().participants)) set({ role }, count);
  });
  gaugeOf(
    registry,
    'plenum_participants_by_route',
    'People in meetings by the way of their media: sfu (through this server) or p2p (directly)',
    ['route'],
    (set) => {
      for (const [route, count] of Object.entries(rooms.stats().participantsByRoute)) set({ route }, count);
    },
  );
  const routes = new Counter({
    name: 'plenum_route_changes_total',
    help: "Changes of a meeting's route or of its reason",
    labelNames: ['route', 'reason'],
    registers: [registry],
  });
  rooms.events.on('routeChanged', ({ route, reason }) => routes.inc({ route, reason }));
  gaugeOf(registry, 'plenum_producers', 'Streams that are published', ['kind'], (set) => {
    for (const [kind, count] of Object.entries(rooms.stats().producers)) set({ kind }, count);
  });
  gaugeOf(registry, 'plenum_consumers', 'Streams that are received', ['kind'], (set) => {
    for (const [kind, count] of Object.entries(rooms.stats().consumers)) set({ kind }, count);
  });
  gaugeOf(registry, 'plenum_pipes', 'Streams brought from one worker to another', [], (set) =>
    set({}, rooms.stats().pipes),
  );
  gaugeOf(
    registry,
    'plenum_transports',
    'WebRTC transports by state and protocol',
    ['ice', 'dtls', 'protocol'],
    (set) => {
      const counts = new Map<string, { labels: Record<string, string>; count: number }>();
      for (const { ice, dtls, protocol } of rooms.stats().transports) {
        const entry = counts.get(`${ice} ${dtls} ${protocol}`) ?? {
          labels: { ice, dtls, protocol },
          count: 0,
        };
        counts.set(`${ice} ${dtls} ${protocol}`, { ...entry, count: entry.count + 1 });
      }
      for (const { labels, count } of counts.values()) set(labels, count);
    },
  );
  const joins = new Counter({
    name: 'plenum_joins_total',
    help: 'People who joined',
    labelNames: ['role'],
    registers: [registry],
  });
  for (const role of Object.keys(rooms.stats().participants)) joins.inc({ role }, 0);
  rooms.events.on('joined', ({ role }) => joins.inc({ role }));
}

function observeTransports(registry: Registry, { rooms }: MetricsSources): void {
  const registers = [registry];
  const failures = new Counter({
    name: 'plenum_transport_failures_total',
    help: 'ICE connections lost and DTLS handshakes failed',
    labelNames: ['stage'],
    registers,
  });
  const connections = new Counter({
    name: 'plenum_transport_connections_total',
    help: 'Transports that got through ICE and DTLS',
    labelNames: ['protocol'],
    registers,
  });
  for (const stage of ['ice', 'dtls']) failures.inc({ stage }, 0);
  for (const protocol of ['udp', 'tcp']) connections.inc({ protocol }, 0);
  rooms.events.on('transportChanged', (change) => {
    if (change.what === 'connected') connections.inc({ protocol: change.protocol });
    else if (change.what === 'ice' && change.state === 'disconnected') failures.inc({ stage: 'ice' });
    else if (change.what === 'dtls' && change.state === 'failed') failures.inc({ stage: 'dtls' });
  });
}
