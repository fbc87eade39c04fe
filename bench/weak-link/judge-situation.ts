import { recordedCamera } from '../recording/recording-cache.ts';
import { measurePhase } from './measure-phase.ts';
import type { PhaseMeasures } from './measures.ts';
import type { Situation } from './situation.ts';
import type { SituationRecord } from './situation-run.ts';

export interface GoalOutcome {
  what: string;
  unit: string;
  limit: { most: number } | { least: number };
  /** undefined: could not be measured, or never came */
  value: number | undefined;
  met: boolean;
}

export interface SituationResult {
  name: string;
  summary: string;
  state: 'valid' | 'harness-limited' | 'invalid';
  reasons: string[];
  goals: GoalOutcome[];
  phases: Record<string, PhaseMeasures>;
}

/** Below this share of the recorded pictures on a perfect line it is the machine that does not keep up. */
const keepsUp = 0.8;
const latenessLimitMs = 40;
/** Beyond this, programs wait for each other. */
const busyLimit = 0.92;

/** Numbers from what was seen, and whether the goals are met. Missed goals are no fault of the run. */
export function judgeSituation(situation: Situation, record: SituationRecord): SituationResult {
  const { windows } = record;
  const [first] = windows;
  const phases = new Map<string, PhaseMeasures>();
  for (const { phase, window } of windows) {
    const fullHeight = recordedCamera.height;
    const measuring = { speaker: record.watched, rate: phase.down?.rate ?? 0, fullHeight };
    phases.set(phase.name, measurePhase(record, window, measuring));
  }
  const perfect = phases.get(first?.phase.name ?? '');
  const limits: string[] = [];
  const cameraFps = record.cameraFps;
  if (perfect && perfect.framesPerSecond < keepsUp * cameraFps) {
    limits.push(
      `on the perfect line ${perfect.framesPerSecond.toFixed(1)} of ${cameraFps} pictures a second came onto the screen`,
    );
  }
  // Without full size at first there is nothing that could be lost or come back.
  if (perfect && situation.cast !== 'page-in-strip' && perfect.height < recordedCamera.height)
    limits.push(`on the perfect line the picture ended with ${perfect.height} lines`);
  if (record.latenessMs > latenessLimitMs)
    limits.push(`the load clients sent up to ${record.latenessMs.toFixed(0)} ms late (p99)`);
  if (record.busy > busyLimit) limits.push(`the machine was ${(record.busy * 100).toFixed(0)} % busy`);
  const invalid = windows.length < situation.phases.length ? ['it was interrupted'] : [];
  return {
    name: situation.name,
    summary: situation.summary,
    state: invalid.length > 0 ? 'invalid' : limits.length > 0 ? 'harness-limited' : 'valid',
    reasons: [...invalid, ...limits],
    goals: situation.goals.map(({ what, unit, of, limit }) => {
      const value = of(phases);
      return { what, unit, limit, value, met: isMet(value, limit) };
    }),
    phases: Object.fromEntries(phases),
  };
}

export function isMet(value: number | undefined, limit: GoalOutcome['limit']): boolean {
  if (value === undefined) return false;
  // As precise as it is printed.
  const rounded = Math.round(value * 10) / 10;
  return 'most' in limit ? rounded <= limit.most : rounded >= limit.least;
}
