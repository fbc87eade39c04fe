import type { Goal, Phase, Situation } from './situation.ts';

const kilobit = 1000;
const open: Phase = { name: 'open', seconds: 12 };

function goal(what: string, unit: string, of: Goal['of'], limit: Goal['limit']): Goal {
  return { what, unit, of, limit };
}

const stepGoals: Goal[] = [
  goal('frozen picture of the speaker', 's', (phases) => inSeconds(phases.get('tight')?.frozenMs), {
    most: 1,
  }),
  goal('settled', 's', (phases) => phases.get('tight')?.settledAfter, { most: 5 }),
  goal(
    'changes of the picture’s size afterwards',
    '/min',
    (phases) => phases.get('tight')?.afterwards.changesPerMinute,
    { most: 2 },
  ),
  goal('pictures afterwards', '/s', (phases) => phases.get('tight')?.afterwards.framesPerSecond, {
    least: 12,
  }),
  goal('of the line used afterwards', '%', (phases) => percent(phases.get('tight')?.afterwards.lineUsed), {
    least: 60,
  }),
  goal('limit lifted: full picture again', 's', (phases) => phases.get('lifted')?.fullAfter, { most: 6 }),
  goal('limit lifted: frozen on the way', 's', (phases) => inSeconds(phases.get('lifted')?.frozenMs), {
    most: 0,
  }),
];

const step = (name: string, others: Situation['others'], who: string): Situation => ({
  name,
  summary: `${who}: unlimited, then 300 kbit/s with a queue of 100 ms for 40 s, then unlimited`,
  isShort: true,
  others,
  phases: [
    open,
    { name: 'tight', seconds: 40, down: { rate: 300 * kilobit, queueMs: 100 } },
    { name: 'lifted', seconds: 20 },
  ],
  goals: stepGoals,
});

export const situations: readonly Situation[] = [
  step('step', 'meeting', 'nine people'),
  step('step-one-sender', 'one-sender', 'one sender'),
];

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : share * 100;
}
