const perOctave = 32;
const octaves = 28;

export interface HistogramState {
  counts: Uint32Array;
  total: number;
  sum: number;
  max: number;
}

/**
 * Durations in ms in logarithmic buckets from 1 µs to 268 s, 3 % wide: bounded memory for millions of packets, and
 * histograms of several processes add up exactly, which percentiles do not.
 */
export class Histogram {
  readonly #state: HistogramState;

  constructor(
    state: HistogramState = { counts: new Uint32Array(octaves * perOctave), total: 0, sum: 0, max: 0 },
  ) {
    this.#state = state;
  }

  get total(): number {
    return this.#state.total;
  }

  /** ms */
  get max(): number {
    return this.#state.max;
  }

  /** ms, undefined while empty */
  get mean(): number | undefined {
    return this.#state.total === 0 ? undefined : this.#state.sum / this.#state.total;
  }

  /** @param valueMs negative values (two clocks that disagree) count as zero */
  add(valueMs: number): void {
    const state = this.#state;
    const value = Math.max(0, valueMs);
    const index = bucketOf(value * 1000);
    state.counts[index] = (state.counts[index] as number) + 1;
    state.total += 1;
    state.sum += value;
    if (value > state.max) state.max = value;
  }

  merge(other: HistogramState): void {
    const state = this.#state;
    other.counts.forEach((count, index) => {
      state.counts[index] = (state.counts[index] as number) + count;
    });
    state.total += other.total;
    state.sum += other.sum;
    state.max = Math.max(state.max, other.max);
  }

  /** @param part 0 to 1. @returns ms: the upper edge of the bucket, never more than the maximum; undefined while empty */
  percentile(part: number): number | undefined {
    const { counts, total, max } = this.#state;
    if (total === 0) return undefined;
    let wanted = Math.max(1, Math.ceil(total * part));
    for (let index = 0; index < counts.length; index++) {
      wanted -= counts[index] as number;
      if (wanted <= 0) return Math.min(max, upperEdge(index) / 1000);
    }
    return max;
  }

  /** For another process; begins anew. */
  take(): HistogramState {
    const { counts, total, sum, max } = this.#state;
    const taken = { counts: counts.slice(), total, sum, max };
    counts.fill(0);
    this.#state.total = this.#state.sum = this.#state.max = 0;
    return taken;
  }
}

function bucketOf(micros: number): number {
  if (micros < 1) return 0;
  const octave = Math.min(octaves - 1, Math.floor(Math.log2(micros)));
  const within = Math.min(perOctave - 1, Math.floor((micros / 2 ** octave - 1) * perOctave));
  return octave * perOctave + within;
}

function upperEdge(index: number): number {
  const octave = Math.floor(index / perOctave);
  return 2 ** octave * (1 + ((index % perOctave) + 1) / perOctave);
}
