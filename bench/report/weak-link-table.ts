import type { SituationResult } from '../weak-link/judge-situation.ts';
import type { PhaseMeasures } from '../weak-link/measures.ts';
import { goalLine } from './goal-line.ts';
import type { WeakLinkResult } from './weak-link-result.ts';

/** What weak-link found, as people read it on a terminal. */
export function weakLinkTable({ environment, participants, seed, situations }: WeakLinkResult): string {
  const lines = [
    '',
    `weak-link: ${participants} participants, seed ${seed}`,
    `  machine  ${environment.cpu}, ${environment.cores} cores, load ${environment.loadBefore.toFixed(1)} before`,
    `  commit   ${environment.commit}, worker ${environment.worker}`,
  ];
  for (const situation of situations) lines.push('', ...situationLines(situation));
  const goals = situations.flatMap((situation) => situation.goals);
  lines.push('', `${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
  return `${lines.join('\n')}\n`;
}

function situationLines({ name, summary, state, reasons, goals, phases }: SituationResult): string[] {
  const width = Math.max(0, ...goals.map(({ what }) => what.length));
  return [
    `${name} – ${summary}`,
    ...goals.map((goal) => `  ${goalLine(goal, width)}`),
    ...Object.entries(phases).map(([phase, measures]) => `  ${phase.padEnd(8)} ${phaseLine(measures)}`),
    ...(state === 'valid' ? [] : [`  ${state}: ${reasons.join('; ')}`]),
  ];
}

function phaseLine(phase: PhaseMeasures): string {
  const share = (value: number | undefined) => (value === undefined ? '–' : `${(value * 100).toFixed(1)} %`);
  return [
    `${phase.seconds.toFixed(0)} s`,
    `speech made up ${share(phase.concealed)}, buffer ${(phase.soundBufferMs ?? 0).toFixed(0)} ms`,
    `speaker ${phase.framesPerSecond.toFixed(1)} fps, at last ${phase.height} lines, ${phase.changes} changes`,
    `frozen ${(phase.frozenMs / 1000).toFixed(1)} s (browser ${(phase.browserFrozenMs / 1000).toFixed(1)} s), paused ${(phase.pausedMs / 1000).toFixed(1)} s`,
    `down ${(phase.downRate / 1000).toFixed(0)} kbit/s, dropped ${share(phase.downDropped)}, lost ${share(phase.downLost)}, queue ${phase.longestQueueMs.toFixed(0)} ms`,
  ].join(' · ');
}
