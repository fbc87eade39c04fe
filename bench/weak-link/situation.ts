import type { LinkShape } from '../link-emulator/link.ts';
import type { PhaseMeasures } from './measures.ts';

/** How the line of one person is for a while. What is not said about a direction is perfect. */
export interface Phase {
  name: string;
  seconds: number;
  up?: Partial<LinkShape>;
  down?: Partial<LinkShape>;
}

/** A number that must not be crossed. */
export interface Goal {
  what: string;
  unit: string;
  /** by the name of the phase; undefined: not measured, or it never came */
  of: (phases: ReadonlyMap<string, PhaseMeasures>) => number | undefined;
  limit: { most: number } | { least: number };
}

/**
 * Who is there:
 * - `meeting`: one page behind the line looks at a speaker and at listeners with cameras
 * - `one-sender`: it looks at the speaker only
 * - `page-speaks`: the page behind the line speaks, another page on a perfect line looks at it
 * - `page-in-strip`: the page behind the line is shown to one other page, small, beside a speaker
 */
export type Cast = 'meeting' | 'one-sender' | 'page-speaks' | 'page-in-strip';

export interface Situation {
  name: string;
  summary: string;
  /** part of the few minutes that are usual */
  isShort: boolean;
  cast: Cast;
  /** in this order; the first is perfect and shows that the machine keeps up */
  phases: Phase[];
  goals: Goal[];
}
