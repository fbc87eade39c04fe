import { Counter, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from '../../protocol/errors.ts';
import { gaugeOf } from './read-on-scrape.ts';
import type { MetricsSources } from './sources.ts';

/** Joins that fail because of us. All other refusals are the caller's: an old link, a full meeting, a role. */
const failedJoins = ['internal', 'media-unavailable'] as const satisfies ErrorCode[];

export function observeSignalling(registry: Registry, { signalling }: MetricsSources): void {
  const registers = [registry];
  gaugeOf(registry, 'plenum_signalling_connections', 'Open WebSockets', [], (set) =>
    set({}, signalling.stats().connections),
  );
  gaugeOf(
    registry,
    'plenum_signalling_sessions',
    'Sessions, those waiting to be resumed included',
    [],
    (set) => set({}, signalling.stats().sessions),
  );
  const requests = new Counter({
    name: 'plenum_signalling_requests_total',
    help: 'Requests by name and outcome: ok, or the code of the refusal',
    labelNames: ['request', 'outcome'],
    registers,
  });
  for (const outcome of ['ok', ...failedJoins]) requests.inc({ request: 'join', outcome }, 0);
  requests.inc({ request: 'connectTransport', outcome: 'ok' }, 0);
  const duration = new Histogram({
    name: 'plenum_signalling_request_duration_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['request'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers,
  });
  const join = new Histogram({
    name: 'plenum_join_duration_seconds',
    help: 'Time the server takes to let somebody in',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  signalling.events.on('request', ({ name, outcome, durationMs }) => {
    requests.inc({ request: name, outcome });
    duration.observe({ request: name }, durationMs / 1000);
    if (name === 'join' && outcome === 'ok') join.observe(durationMs / 1000);
  });
  const closed = new Counter({
    name: 'plenum_signalling_closed_total',
    help: 'WebSockets closed, by reason',
    labelNames: ['reason'],
    registers,
  });
  signalling.events.on('connectionClosed', ({ reason }) => closed.inc({ reason }));
  const refused = new Counter({
    name: 'plenum_signalling_refused_total',
    help: 'WebSockets not accepted, by reason',
    labelNames: ['reason'],
    registers,
  });
  refused.inc({ reason: 'too-many-connections' }, 0);
  signalling.events.on('refused', ({ reason }) => refused.inc({ reason }));
}

/** How people get here, and who tries whether it works. */
export function observeWays(registry: Registry, { signalling, checks }: MetricsSources): void {
  const registers = [registry];
  const ways = new Counter({
    name: 'plenum_join_paths_total',
    help: "People who joined and whose media flows, by the client's candidate (host, srflx, prflx, relay) and protocol (to the relay where there is one)",
    labelNames: ['candidate', 'protocol'],
    registers,
  });
  // The request's schema has bounded both.
  signalling.events.on('route', ({ candidateType, protocol }) =>
    ways.inc({ candidate: candidateType, protocol }),
  );
  const begun = new Counter({
    name: 'plenum_checks_total',
    help: 'Checks of the network without a meeting, by outcome: ok, or why it was refused',
    labelNames: ['outcome'],
    registers,
  });
  begun.inc({ outcome: 'ok' }, 0);
  checks.events.on('started', ({ outcome }) => begun.inc({ outcome }));
  gaugeOf(registry, 'plenum_checks', 'Checks of the network that run now', [], (set) =>
    set({}, checks.count),
  );
}
