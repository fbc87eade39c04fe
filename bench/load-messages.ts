import type { ClientPlan, ClientReport } from './client-plan.ts';
import type { HistogramState } from './measure/histogram.ts';
import type { LatencyKind, MediaCounters } from './measure/media-meter.ts';

/** Between the fleet and its load processes, by structured clone. */
export type ToLoadProcess =
  /** at: ms on the machine clock */
  | { type: 'join'; clients: { plan: ClientPlan; at: number }[] }
  | { type: 'leave'; indices: number[] }
  /** signalling breaks now and is possible again then (ms on the machine clock) */
  | { type: 'cut'; indices: number[]; until: number }
  | { type: 'sample' }
  | { type: 'stop' };

export type FromLoadProcess =
  | { type: 'started' }
  | { type: 'client'; report: ClientReport }
  | { type: 'sample'; sample: LoadSample }
  | { type: 'left' };

/** One reading of a load process. Counters and CPU grow; the rest is since the last reading. */
export interface LoadSample {
  /** ms on the machine clock */
  at: number;
  counters: MediaCounters;
  latency: Record<LatencyKind, HistogramState>;
  /** The same measurement without a server between. */
  floor: HistogramState;
  /** How late scheduled packets left. */
  lateness: HistogramState;
  loopDelayP99Ms: number;
  /** Part of the time in which the event loop was busy, 0 to 1. */
  loopBusy: number;
  /** CPU of all threads since the process began. */
  cpuMs: number;
  residentOctets: number;
}
