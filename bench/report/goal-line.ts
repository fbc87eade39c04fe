import type { GoalOutcome } from '../weak-link/judge-situation.ts';

/** @param width that all goals of a table have for what they are about */
export function goalLine({ what, value, unit, limit, met }: GoalOutcome, width: number): string {
  const [word, number] = 'most' in limit ? ['at most', limit.most] : ['at least', limit.least];
  const found = value === undefined ? 'never' : `${value.toFixed(1)} ${unit}`;
  return `${met ? 'met   ' : 'MISSED'}  ${what.padEnd(width)}  ${found}  (${word} ${number} ${unit})`;
}
