import type { BenchResult } from './report/result.ts';

/** What must hold for a size to count as carried. */
export const capacityLimits = { lossPercent: 0.5, latencyP99Ms: 20, eventLoopP99Ms: 50 } as const;

/** One size that was tried. */
export interface Attempt {
  size: number;
  /** Why it does not count; empty: it was carried. */
  reasons: string[];
  /** The load clients gave up before the server did. */
  byHarness: boolean;
}

export interface Capacity {
  /** The number that was searched for, like `viewers`. */
  number: string;
  /** The largest size that was carried; 0: none */
  carried: number;
  /** The smallest that was not; undefined: the search ended before one was found */
  tooMany: Attempt | undefined;
  attempts: Attempt[];
}

/** The search ends when the two sizes are this near. */
const closeEnough = 0.1;
const mostAttempts = 12;

export function attempt(size: number, { verdict, measured, join }: BenchResult): Attempt {
  const reasons: string[] = [];
  const byHarness = verdict.state === 'harness-limited';
  if (verdict.state !== 'valid') reasons.push(...verdict.reasons.slice(0, 2));
  const latency = measured?.latency.video?.p99 ?? measured?.latency.audio?.p99 ?? 0;
  const loop = Math.max(measured?.server?.nodeEventLoopP99Ms ?? 0, join.eventLoopP99Ms ?? 0);
  const loss = measured?.loss.percent ?? 0;
  if (loss >= capacityLimits.lossPercent) reasons.push(`${loss.toFixed(2)} % lost`);
  if (latency >= capacityLimits.latencyP99Ms) reasons.push(`forwarding took ${latency.toFixed(1)} ms (p99)`);
  if (loop >= capacityLimits.eventLoopP99Ms)
    reasons.push(`the event loop was late by ${loop.toFixed(0)} ms (p99)`);
  return { size, reasons, byHarness };
}

/**
 * Doubles until it is too much, then halves the gap. Sizes are whole numbers.
 * @param from the first size
 * @param least the smallest that makes sense
 */
export async function findCapacity(
  number: string,
  { from, least }: { from: number; least: number },
  run: (size: number) => Promise<Attempt>,
): Promise<Capacity> {
  const attempts: Attempt[] = [];
  let carried = 0;
  let tooMany: Attempt | undefined;
  let size = from;
  while (attempts.length < mostAttempts) {
    const result = await run(size);
    attempts.push(result);
    if (result.reasons.length === 0) carried = Math.max(carried, size);
    else if (!tooMany || size < tooMany.size) tooMany = result;
    const next = nextSize(carried, tooMany?.size, least);
    if (next === undefined) break;
    size = next;
  }
  return { number, carried, tooMany, attempts };
}

function nextSize(carried: number, tooMany: number | undefined, least: number): number | undefined {
  if (tooMany === undefined) return carried * 2;
  if (carried === 0) {
    const half = Math.floor(tooMany / 2);
    return half >= least ? half : undefined;
  }
  if (tooMany - carried <= Math.max(1, carried * closeEnough)) return undefined;
  return Math.floor((carried + tooMany) / 2);
}

/** The search as people read it on a terminal. */
export function capacityText({ number, carried, tooMany, attempts }: Capacity): string {
  const lines = ['', `The largest number of ${number} that was carried: ${carried === 0 ? 'none' : carried}`];
  const { lossPercent, latencyP99Ms, eventLoopP99Ms } = capacityLimits;
  lines.push(
    `  (everybody in, loss below ${lossPercent} %, forwarding p99 below ${latencyP99Ms} ms, event loop p99 below ${eventLoopP99Ms} ms)`,
  );
  for (const { size, reasons } of attempts)
    lines.push(`  ${String(size).padStart(6)}  ${reasons.length === 0 ? 'carried' : reasons.join('; ')}`);
  if (tooMany?.byHarness)
    lines.push('  The load clients were the limit there: with more cores for them it may be more.');
  return `${lines.join('\n')}\n`;
}
