import type { Environment } from '../environment.ts';
import type { BenchResult } from './result.ts';

/** Any part may be missing: files of earlier and later versions have other measures. */
export type Partly<T> = T extends readonly (infer Item)[]
  ? Partly<Item>[]
  : T extends object
    ? { [Key in keyof T]?: Partly<T[Key]> | undefined }
    : T;

/** A result as it comes from a file. What a run was is certain, what it found is not. */
export type SavedResult = Pick<BenchResult, 'format' | 'scenario' | 'numbers'> & {
  environment: Partly<Environment>;
  repeats?: SavedResult[] | undefined;
} & Partly<Omit<BenchResult, 'format' | 'scenario' | 'numbers' | 'environment' | 'repeats'>>;

/** A result that was not repeated is its own only run. */
export function runsOf(result: SavedResult): readonly SavedResult[] {
  return result.repeats?.length ? result.repeats : [result];
}
