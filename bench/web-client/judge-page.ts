import type { LoadedScript } from '../browser/loaded-scripts.ts';
import { recordedCamera } from '../recording/recording-cache.ts';
import { type GoalOutcome, isMet } from '../weak-link/judge-situation.ts';
import type { PageMeasures, WebClientResult } from './web-client-result.ts';

const mostMainThread = 30;
/** Somebody else begins to speak, a name changes: such things happen. Work in each of 25 pictures a second does not. */
const mostLayouts = 2;
const mostScript = 150;

/** Below this share of the pictures it is the machine that does not keep up. */
const keepsUp = 0.8;
const latenessLimitMs = 40;
const busyLimit = 0.92;

interface Judged {
  tiles: number;
  measured: PageMeasures;
  scripts: readonly LoadedScript[];
  complaints: readonly string[];
  interrupted: boolean;
  profiled: boolean;
}

/** Whether the goals are met, and whether the numbers can be believed. Missed goals are no fault of the run. */
export function judgePage(run: Judged): Pick<WebClientResult, 'state' | 'reasons' | 'goals'> {
  const { tiles, measured, scripts, complaints, interrupted, profiled } = run;
  const invalid = complaints.map((complaint) => `the page: ${complaint}`);
  if (interrupted) invalid.push('it was interrupted');
  if (measured.pictures < tiles) invalid.push(`only ${measured.pictures} of ${tiles} tiles show a picture`);
  const limits: string[] = [];
  const full = tiles * recordedCamera.framesPerSecond;
  if (measured.picturesPerSecond < keepsUp * full)
    limits.push(`${measured.picturesPerSecond.toFixed(0)} of ${full} pictures a second were shown`);
  if (measured.latenessMs > latenessLimitMs)
    limits.push(`the load clients sent up to ${measured.latenessMs.toFixed(0)} ms late (p99)`);
  if (measured.machineBusy > busyLimit)
    limits.push(`the machine was ${(measured.machineBusy * 100).toFixed(0)} % busy`);
  const script = scripts.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1000;
  const most = (what: string, unit: string, value: number, limit: number): GoalOutcome => ({
    what,
    unit,
    limit: { most: limit },
    value,
    met: isMet(value, { most: limit }),
  });
  return {
    state: invalid.length > 0 ? 'invalid' : limits.length > 0 ? 'harness-limited' : 'valid',
    reasons: [...invalid, ...limits],
    goals: [
      ...(profiled
        ? []
        : [
            most('main thread, CPU', '% of a core', measured.mainThread, mostMainThread),
            most('layouts', '/s', measured.layoutsPerSecond, mostLayouts),
          ]),
      most('script until in the meeting', 'kB gz', script, mostScript),
    ],
  };
}
