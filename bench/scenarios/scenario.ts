import type { ClientPlan } from '../client-plan.ts';
import type { MeetingAccess } from '../meeting-access.ts';

/** What a scenario is built from: where to join, and its numbers from the command line. */
export interface ScenarioInput {
  /** As many as the scenario asks for. */
  meetings: readonly MeetingAccess[];
  numbers: Readonly<Record<string, number>>;
  camera: ClientPlan['camera'] & object;
  /** ms on the machine clock seed the turn taking, so that runs differ in detail and not in kind. */
  seed: number;
}

/** One step of a run, in the words shown while it runs. */
export type Step =
  | {
      do: 'join';
      what: string;
      clients: readonly number[];
      perSecond: number;
      /** default: until the last has everything it should receive; `joined`: it is in the room */
      until?: 'joined';
    }
  | { do: 'settle'; what: string; seconds: number }
  | { do: 'measure'; what: string; seconds: number; meanwhile?: Meanwhile }
  /** The signalling connections break, and none can be made for a while. */
  | { do: 'cut'; what: string; clients: readonly number[]; seconds: number }
  /** Reads what the server holds. */
  | { do: 'weigh'; what: string; moment: 'empty' | 'full' | 'after' }
  /** forget: what they have told does not count for the result; default: everybody leaves */
  | { do: 'leave'; what: string; clients?: readonly number[]; forget?: boolean };

/** What happens during a measurement. */
export interface Meanwhile {
  /** People who leave one after the other, in turns; somebody else joins in their place. */
  clients: readonly number[];
  perSecond: number;
  /** s between two looks at what the server holds; 0: none. Each stops the server for a garbage collection. */
  weighEvery: number;
}

export interface ScenarioPlan {
  clients: ClientPlan[];
  steps: Step[];
}

export interface Scenario {
  name: string;
  summary: string;
  numbers: Readonly<Record<string, { default: number; least: number; what: string }>>;
  /** The number that says how large a run is, for the search of the largest that fits. */
  size: string;
  /** How many meetings it takes place in; default: 1 */
  meetings?(numbers: Readonly<Record<string, number>>): number;
  /** Media goes through the embedded TURN server. */
  relayed?: boolean;
  /** @throws RangeError when the numbers contradict each other */
  plan(input: ScenarioInput): ScenarioPlan;
}

/** Numbers every scenario takes. */
export const commonNumbers: Scenario['numbers'] = {
  seconds: { default: 20, least: 1, what: 'length of the measurement' },
  settle: { default: 5, least: 0, what: 'seconds between the last join and the measurement' },
  'join-rate': { default: 20, least: 0.1, what: 'joins a second' },
  'warm-up': { default: 2, least: 0, what: 'people who join and leave before, so that code is warm' },
};

/** Everybody joins, it settles, it is measured, everybody leaves; the server is weighed before, at the end, and after. */
export function plainSteps(
  clients: readonly ClientPlan[],
  numbers: Readonly<Record<string, number>>,
  meanwhile?: Meanwhile,
): Step[] {
  const { seconds = 20, settle = 5, 'join-rate': perSecond = 20 } = numbers;
  const everybody = clients.map(({ index }) => index);
  return [
    ...warmUp(clients, numbers),
    { do: 'weigh', what: 'weighing', moment: 'empty' },
    { do: 'join', what: `${clients.length} join`, clients: everybody, perSecond },
    { do: 'settle', what: 'settling', seconds: settle },
    { do: 'measure', what: 'measuring', seconds, ...(meanwhile ? { meanwhile } : {}) },
    { do: 'weigh', what: 'weighing', moment: 'full' },
    ...ending(),
  ];
}

/** Some come and go, so that what is measured is not code that runs for the first time. */
export function warmUp(
  clients: readonly ClientPlan[],
  { 'warm-up': count = 2 }: Readonly<Record<string, number>>,
): Step[] {
  if (count === 0) return [];
  const first = clients.slice(0, count).map(({ index }) => index);
  return [
    { do: 'join', what: 'warming up', clients: first, perSecond: 20, until: 'joined' },
    { do: 'settle', what: 'warming up', seconds: 1 },
    { do: 'leave', what: 'warming up', clients: first, forget: true },
    { do: 'settle', what: 'warming up', seconds: 1 },
  ];
}

/** Everybody leaves, and the server is weighed once nothing of them can be waited for any more. */
export function ending(): Step[] {
  return [
    { do: 'leave', what: 'leaving' },
    { do: 'settle', what: 'after', seconds: 2 },
    { do: 'weigh', what: 'weighing', moment: 'after' },
  ];
}

/** @throws Error: a bug in a scenario */
export function onlyMeeting({ meetings }: ScenarioInput): MeetingAccess {
  const [meeting] = meetings;
  if (!meeting) throw new Error('a scenario needs a meeting');
  return meeting;
}
