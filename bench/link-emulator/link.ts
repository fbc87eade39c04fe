/** One direction of a line. Everything may change while it runs. */
export interface LinkShape {
  /** bit/s; 0: unlimited */
  rate: number;
  /** how much may wait for its turn, in ms at this rate; more is dropped (tail drop) */
  queueMs: number;
  /** one way */
  delayMs: number;
  /** added to the delay, evenly between 0 and this; order is kept */
  jitterMs: number;
  /** part of the packets that is lost at random, 0 to 1 */
  loss: number;
  /** Gilbert–Elliott: bursts of loss. undefined: none */
  burst?: BurstLoss;
  /** part of the packets that is held back for reorderMs, 0 to 1 */
  reorder: number;
  reorderMs: number;
  /** nothing passes at all */
  down: boolean;
}
/** Good and bad times take turns. On radio they last as long as they last, however much is sent meanwhile. */
export type BurstLoss = BurstTurns & {
  /** loss in each state, 0 to 1 */
  lossInGood: number;
  lossInBad: number;
};
type BurstTurns =
  /** per packet: from good to bad, and back */
  | { toBad: number; toGood: number }
  /** how long each lasts on average */
  | { goodMs: number; badMs: number };

export const perfectLink: LinkShape = {
  rate: 0,
  queueMs: 100,
  delayMs: 0,
  jitterMs: 0,
  loss: 0,
  reorder: 0,
  reorderMs: 0,
  down: false,
};

export interface LinkCounters {
  packets: number;
  bytes: number;
  lost: number;
  /** dropped because the queue was full */
  dropped: number;
  /** ms waited in the queue, of all packets together and the longest */
  queuedMs: number;
  longestQueueMs: number;
}

/** What happens to each packet on a line. Pure: time and dice are arguments; the same seed and packets give the same fate. */
export class Link {
  shape: LinkShape;
  readonly #random: () => number;
  #busyUntil = 0;
  #lastArrival = 0;
  #bad = false;
  #turnAt = 0;
  #counters: LinkCounters = emptyCounters();

  constructor(shape: LinkShape, random: () => number) {
    this.shape = shape;
    this.#random = random;
  }

  /** Counters since the last call. */
  takeCounters(): LinkCounters {
    const counters = this.#counters;
    this.#counters = emptyCounters();
    return counters;
  }

  /**
   * @param now ms
   * @param size bytes on the wire
   * @returns when it arrives, in ms, or undefined: never
   */
  send(now: number, size: number): number | undefined {
    const { rate, queueMs, delayMs, jitterMs, reorder, reorderMs, down } = this.shape;
    if (down || this.#isLost(now)) {
      this.#counters.lost += 1;
      return undefined;
    }
    const waitMs = Math.max(0, this.#busyUntil - now);
    if (rate > 0 && waitMs > queueMs) {
      this.#counters.dropped += 1;
      return undefined;
    }
    const departure = rate > 0 ? now + waitMs + (size * 8 * 1000) / rate : now;
    this.#busyUntil = departure;
    this.#counters.packets += 1;
    this.#counters.bytes += size;
    this.#counters.queuedMs += waitMs;
    this.#counters.longestQueueMs = Math.max(this.#counters.longestQueueMs, waitMs);
    const arrival = departure + delayMs + jitterMs * this.#random();
    if (reorder > 0 && this.#random() < reorder) return arrival + reorderMs;
    // Jitter alone does not reorder: a later packet waits behind an earlier one.
    this.#lastArrival = Math.max(this.#lastArrival, arrival);
    return this.#lastArrival;
  }

  #isLost(now: number): boolean {
    const { loss, burst } = this.shape;
    if (burst) {
      this.#takeTurns(burst, now);
      if (this.#random() < (this.#bad ? burst.lossInBad : burst.lossInGood)) return true;
    }
    return loss > 0 && this.#random() < loss;
  }

  #takeTurns(burst: BurstLoss, now: number): void {
    if ('toBad' in burst) {
      if (this.#random() < (this.#bad ? burst.toGood : burst.toBad)) this.#bad = !this.#bad;
      return;
    }
    // The first packet after a long silence begins with a good time.
    if (now - this.#turnAt > 60_000) {
      this.#bad = true;
      this.#turnAt = now;
    }
    while (this.#turnAt <= now) {
      this.#bad = !this.#bad;
      const mean = Math.max(1, this.#bad ? burst.badMs : burst.goodMs);
      this.#turnAt += -Math.log(1 - this.#random()) * mean;
    }
  }
}

function emptyCounters(): LinkCounters {
  return { packets: 0, bytes: 0, lost: 0, dropped: 0, queuedMs: 0, longestQueueMs: 0 };
}

/** Random numbers in [0, 1) that are the same for the same seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
