import type { Percentiles } from '../report/result.ts';
import type { Histogram } from './histogram.ts';

/** @returns undefined when there are no values */
export function percentilesOf(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  // Nearest rank: always a value that occurred.
  const at = (part: number) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] as number;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

export function percentilesIn(histogram: Histogram): Percentiles | undefined {
  if (histogram.total === 0) return undefined;
  const at = (part: number) => histogram.percentile(part) as number;
  return { count: histogram.total, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max };
}
