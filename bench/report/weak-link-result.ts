import type { Environment } from '../environment.ts';
import type { SituationResult } from '../weak-link/judge-situation.ts';

/** What is printed and written as JSON. */
export interface WeakLinkResult {
  format: 1;
  scenario: 'weak-link';
  environment: Environment;
  participants: number;
  seed: number;
  situations: SituationResult[];
}
