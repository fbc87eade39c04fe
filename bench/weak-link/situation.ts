import type { LinkShape } from '../link-emulator/link.ts';
import type { PhaseMeasures } from './measures.ts';

/** How the line is for a while. What is not said about a direction is perfect. */
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
  /** by the name of the phase; undefined: not measured */
  of: (phases: ReadonlyMap<string, PhaseMeasures>) => number | undefined;
  limit: { most: number } | { least: number };
}

export interface Situation {
  name: string;
  summary: string;
  /** part of the few minutes that are usual */
  isShort: boolean;
  /** Who is there beside the page behind the line. */
  others: 'meeting' | 'one-sender' | 'listening-page';
  /** in this order; the first is perfect and shows that the machine keeps up */
  phases: Phase[];
  goals: Goal[];
}
