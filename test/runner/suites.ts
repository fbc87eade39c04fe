import { inspect } from 'node:util';
import { type Callback, type Test, suite as uvuSuite } from 'uvu';

/**
 * Stands in for `uvu` inside the runner: the same suites, but what uvu swallows is written down
 * (a hook that throws, a suite that is declared and never run).
 */
export interface DeclaredSuite {
  name: string;
  /** Tests declared since the last `.run()`: when the file is loaded, anything but 0 means that they are forgotten. */
  pending: number;
}

type Hook<T> = Test<T>['before'];
type Wrapped<T> = (context: T & { __suite__: string; __test__: string }) => Promise<void>;

export class SuiteRecord {
  readonly suites: DeclaredSuite[] = [];
  readonly hookFailures: string[] = [];
  onStart: (test: string) => void = () => {};
}

export const record = new SuiteRecord();

export function suite<T = Record<string, unknown>>(name = '', context?: T): Test<T> {
  const inner = uvuSuite<T>(name, context);
  const declared: DeclaredSuite = { name, pending: 0 };
  record.suites.push(declared);

  // uvu formats what a test throws as if it were an Error, and trips over anything else.
  const tested = (title: string, run: Callback<T>): Wrapped<T> => {
    declared.pending += 1;
    return async (state) => {
      record.onStart(name ? `${name}: ${title}` : title);
      await asError(() => run(state));
    };
  };
  const hooked = (kind: string, run: Callback<T>, rethrow: boolean): Wrapped<T> => {
    return async (state) => {
      try {
        await asError(() => run(state));
      } catch (error) {
        record.hookFailures.push(`the ${kind} hook of "${name}" threw: ${inspect(error)}`);
        if (rethrow) throw error;
      }
    };
  };
  const before = ((run: Callback<T>) => inner.before(hooked('before', run, true))) as Hook<T>;
  before.each = (run) => inner.before.each(hooked('before.each', run, true));
  const after = ((run: Callback<T>) => inner.after(hooked('after', run, false))) as Hook<T>;
  after.each = (run) => inner.after.each(hooked('after.each', run, false));

  const outer = ((title: string, run: Callback<T>) => inner(title, tested(title, run))) as Test<T>;
  outer.only = (title, run) => inner.only(title, tested(title, run));
  outer.skip = (title, run) => {
    declared.pending += 1;
    inner.skip(title, run);
  };
  outer.before = before;
  outer.after = after;
  outer.run = () => {
    declared.pending = 0;
    inner.run();
  };
  return outer;
}

export const test = suite();

async function asError(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) throw error;
    throw new Error(`something other than an Error was thrown: ${inspect(error)}`);
  }
}
