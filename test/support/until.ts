import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface UntilOptions {
  timeoutMs?: number;
  everyMs?: number;
}

/**
 * Asks again and again until `condition` answers something truthy, and returns that.
 * The limit is generous: it is there to end a test that has failed, not to measure anything.
 * @param what said when the time is over: "until <what>"
 * @throws Error with the last answer or the last error of `condition`
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { timeoutMs = 20_000, everyMs = 50 }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  const over = new AbortController();
  // Twice the time: an answer that is slow to come, and then tells what is wrong, is worth more than "it never answered".
  const silence = neverAnswered(2 * timeoutMs + 1000, over.signal);
  silence.catch(() => undefined);
  try {
    for (;;) {
      let last: string;
      try {
        const answer = await Promise.race([condition(), silence]);
        if (answer) return answer;
        last = `last answer: ${inspect(answer)}`;
      } catch (error) {
        last = `last error: ${inspect(error)}`;
      }
      if (performance.now() > deadline) {
        throw new Error(`waited ${Math.round(timeoutMs / 1000)} s until ${what}; ${last}`);
      }
      await sleep(everyMs);
    }
  } finally {
    over.abort();
  }
}

/** A condition that never answers must not hang the test without a word. */
async function neverAnswered(afterMs: number, signal: AbortSignal): Promise<never> {
  await sleep(afterMs, undefined, { signal });
  throw new Error('it never answered');
}
