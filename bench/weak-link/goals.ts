import type { PhaseMeasures } from './measures.ts';
import type { Goal } from './situation.ts';

/** What a person may expect on a bad line, by kind of situation. Each speaks of one phase by its name. */

type Value = (measures: PhaseMeasures) => number | undefined;

function goal(what: string, unit: string, phase: string, value: Value, limit: Goal['limit']): Goal {
  const of: Goal['of'] = (phases) => {
    const measures = phases.get(phase);
    return measures && value(measures);
  };
  return { what, unit, of, limit };
}

const speech = (phase: string, most: number) =>
  goal('speech made up', '%', phase, ({ concealed }) => percent(concealed), { most });
const frozenPerMinute = (phase: string, most: number) =>
  goal('frozen picture', 's/min', phase, ({ frozenMs, seconds }) => (frozenMs * 60) / 1000 / seconds, {
    most,
  });

export const stepGoals: readonly Goal[] = [
  goal('frozen picture of the speaker', 's', 'tight', ({ frozenMs }) => frozenMs / 1000, { most: 1 }),
  goal('settled after', 's', 'tight', ({ settledAfter }) => settledAfter, { most: 5 }),
  goal('then changes of size', '/min', 'tight', ({ afterwards }) => afterwards.changesPerMinute, { most: 2 }),
  goal('then pictures', '/s', 'tight', ({ afterwards }) => afterwards.framesPerSecond, { least: 12 }),
  goal('then line used', '%', 'tight', ({ afterwards }) => percent(afterwards.lineUsed), { least: 60 }),
  goal('lifted: full picture after', 's', 'lifted', ({ fullAfter }) => fullAfter, { most: 6 }),
  goal('lifted: frozen on the way', 's', 'lifted', ({ frozenMs }) => frozenMs / 1000, { most: 0 }),
];

export const lossGoals: readonly Goal[] = [speech('steady', 2), frozenPerMinute('steady', 1)];

export const uplinkGoals: readonly Goal[] = [
  goal(
    'speech made up where it is heard',
    '%',
    'steady',
    ({ concealedAudibly }) => percent(concealedAudibly),
    {
      most: 2,
    },
  ),
  goal('pictures where it is seen', '/s', 'steady', ({ framesPerSecond }) => framesPerSecond, { least: 1 }),
];

export const outageGoals: readonly Goal[] = [
  goal('seen and heard after', 's', 'back', ({ flowsAfter }) => flowsAfter, { most: 2 }),
];

export const stripGoals: readonly Goal[] = [
  goal('sent, of what the smallest encoding needs', '×', 'steady', ({ sentOfSmallest }) => sentOfSmallest, {
    most: 1.2,
  }),
];

/** @param rate kbit/s downwards, without loss */
export function steadyGoals(rate: number): readonly Goal[] {
  if (rate <= 64) {
    return [
      speech('steady', 3),
      goal('pictures', '/s', 'steady', ({ framesPerSecond }) => framesPerSecond, { most: 0 }),
      goal('page says why, of the time', '%', 'steady', ({ explained }) => percent(explained), { least: 90 }),
    ];
  }
  if (rate <= 150) {
    return [
      speech('steady', 2),
      goal(
        'time with 5 pictures/s or cleanly paused',
        '%',
        'steady',
        ({ movingOrPaused }) => percent(movingOrPaused),
        {
          least: 95,
        },
      ),
      goal('queue in the line', 'ms', 'steady', ({ usualLongestQueueMs }) => usualLongestQueueMs, {
        most: 300,
      }),
    ];
  }
  return [];
}

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : share * 100;
}
