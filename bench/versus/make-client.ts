import type { ClientPlan } from '../client-plan.ts';
import { LoadClient, type LoadClientParts } from '../load-client.ts';
import { BareClient } from './bare-mediasoup/bare-client.ts';
import { JanusClient } from './janus/janus-client.ts';

/** What a load process needs of a participant, whichever server it talks to. */
export interface RunningClient {
  /** Never rejects: what fails is reported. */
  join(): Promise<void>;
  leave(): Promise<void>;
  /** Breaks its signalling; only where it can be resumed. */
  cut?(until: number): void;
}

export function makeClient(plan: ClientPlan, parts: LoadClientParts): RunningClient {
  switch (plan.system ?? 'plenum') {
    case 'plenum':
      return new LoadClient(plan, parts);
    case 'bare-mediasoup':
      return new BareClient(plan, parts);
    case 'janus':
      return new JanusClient(plan, parts);
  }
}
