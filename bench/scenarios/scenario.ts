import type { ClientPlan } from '../client-plan.ts';

/** What a scenario is built from: where to join, and its numbers from the command line. */
export interface ScenarioInput {
  /** Signalling address and the tokens of the meeting's links. */
  url: string;
  participantToken: string;
  viewerToken: string;
  numbers: Readonly<Record<string, number>>;
  camera: ClientPlan['camera'] & object;
  /** ms on the machine clock seed the turn taking, so that runs differ in detail and not in kind. */
  seed: number;
}

/** One step of a run, in the words shown while it runs. */
export type Step =
  | { do: 'join'; what: string; clients: readonly number[]; perSecond: number }
  | { do: 'settle'; what: string; seconds: number }
  | { do: 'measure'; what: string; seconds: number }
  | { do: 'leave'; what: string };

export interface ScenarioPlan {
  clients: ClientPlan[];
  steps: Step[];
}

export interface Scenario {
  name: string;
  summary: string;
  numbers: Readonly<Record<string, { default: number; least: number; what: string }>>;
  /** @throws RangeError when the numbers contradict each other */
  plan(input: ScenarioInput): ScenarioPlan;
}

/** Numbers every scenario takes. */
export const commonNumbers: Scenario['numbers'] = {
  seconds: { default: 20, least: 1, what: 'length of the measurement' },
  settle: { default: 5, least: 0, what: 'seconds between the last join and the measurement' },
  'join-rate': { default: 20, least: 0.1, what: 'joins a second' },
};

/** Everybody joins, it settles, it is measured, everybody leaves. */
export function plainSteps(
  clients: readonly ClientPlan[],
  numbers: Readonly<Record<string, number>>,
): Step[] {
  const { seconds = 20, settle = 5, 'join-rate': perSecond = 20 } = numbers;
  return [
    { do: 'join', what: `${clients.length} join`, clients: clients.map(({ index }) => index), perSecond },
    { do: 'settle', what: 'settling', seconds: settle },
    { do: 'measure', what: 'measuring', seconds },
    { do: 'leave', what: 'leaving' },
  ];
}
