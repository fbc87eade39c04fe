import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isMet, judgeSituation } from '../../../bench/weak-link/judge-situation.ts';
import type { PhaseMeasures } from '../../../bench/weak-link/measures.ts';
import { situations } from '../../../bench/weak-link/situations.ts';

const test = suite('judgement of a situation');

test('goals are met as precisely as they are printed; what never came is missed', () => {
  assert.ok(isMet(2.04, { most: 2 }));
  assert.not.ok(isMet(2.06, { most: 2 }));
  assert.ok(isMet(11.96, { least: 12 }));
  assert.not.ok(isMet(11.9, { least: 12 }));
  assert.not.ok(isMet(undefined, { most: 1 }));
});

test('names are unique, and goals speak of phases that are there', () => {
  assert.is(new Set(situations.map(({ name }) => name)).size, situations.length);
  assert.is(situations.filter(({ name }) => name.startsWith('down-')).length, 60);
  for (const { name, phases, goals } of situations) {
    const asked = new Set<string>();
    class Watched extends Map<string, PhaseMeasures> {
      override get(phase: string): undefined {
        asked.add(phase);
      }
    }
    for (const { of } of goals) of(new Watched());
    for (const phase of asked)
      assert.ok(
        phases.some((one) => one.name === phase),
        `${name}: ${phase}`,
      );
  }
});

test('a machine that shows too few pictures on the perfect line is the limit; fewer phases are invalid', () => {
  const [situation] = situations;
  assert.ok(situation);
  const record = {
    watched: 'Speaker',
    cameraFps: 25,
    page: [],
    behind: [],
    line: [],
    downlink: [],
    windows: situation.phases.map((phase, index) => ({
      phase,
      window: { from: index * 1000, to: index * 1000 + 1000 },
    })),
    complaints: [],
    latenessMs: 1,
    busy: 0.5,
  };
  const judged = judgeSituation(situation, record);
  assert.is(judged.state, 'harness-limited');
  assert.match(judged.reasons.join(), /0\.0 of 25 pictures/);
  assert.is(judged.goals.length, situation.goals.length);
  assert.is(judgeSituation(situation, { ...record, windows: [] }).state, 'invalid');
});

test.run();
