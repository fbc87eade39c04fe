import { meeting } from './meeting.ts';
import type { Scenario } from './scenario.ts';

/** A meeting whose people sit behind networks that let nothing but a relay through. */
export const relay: Scenario = {
  ...meeting,
  name: 'relay',
  summary: 'a meeting in which all media goes through the embedded TURN server, over UDP',
  relayed: true,
  plan(input) {
    const { clients, steps } = meeting.plan(input);
    return { clients: clients.map((plan) => ({ ...plan, relayed: true })), steps };
  },
};
