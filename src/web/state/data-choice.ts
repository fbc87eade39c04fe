import type { DataCeiling } from '../../client/index.ts';

export const dataChoices = ['automatic', '500', '250', '100', 'audio-only'] as const;
/** automatic: as much as the line carries; numbers: kbit/s in each direction */
export type DataChoice = (typeof dataChoices)[number];

export function isDataChoice(value: unknown): value is DataChoice {
  return dataChoices.some((choice) => choice === value);
}

export function ceilingOf(choice: DataChoice): DataCeiling {
  if (choice === 'audio-only') return { bitrate: 0, audioOnly: true };
  return { bitrate: choice === 'automatic' ? 0 : Number(choice) * 1000, audioOnly: false };
}

/** What saves clearly: a step down to a picture that still says something, then sound alone. */
export function nextLower(choice: DataChoice): DataChoice {
  if (choice === 'automatic' || choice === '500') return '250';
  return choice === '250' ? '100' : 'audio-only';
}
