/** What the browser knows about our own uplink, over the last second. */
export interface UplinkSample {
  /** ms */
  now: number;
  /** bit/s on the wire */
  sent: number;
  /** bit/s, the browser's estimate; undefined: it does not tell */
  available: number | undefined;
  /** ms an audio packet waited between encoder and network */
  audioDelayMs: number;
  /** 0 to 1 */
  lost: number;
  roundTripMs: number | undefined;
  /** The browser sends less video than it would like to. */
  limited: boolean;
}

export interface UplinkState {
  /** bit/s for everything together; Infinity: no shortage */
  budget: number;
  changedAt: number;
  /** When it was last made larger; a shortage soon after means that it was too early. */
  raisedAt: number;
  /** How long calm has to last before the next step up. */
  waitMs: number;
  lowestRoundTripMs: number;
  /** Samples in a row with a thin line that is used up. */
  thinFor: number;
}

export const firstUplinkState: UplinkState = {
  budget: Number.POSITIVE_INFINITY,
  changedAt: Number.NEGATIVE_INFINITY,
  raisedAt: Number.NEGATIVE_INFINITY,
  waitMs: 3000,
  lowestRoundTripMs: Number.POSITIVE_INFINITY,
  thinFor: 0,
};

const firstWaitMs = 3000;
const longestWaitMs = 60_000;
/** A raise that was wrong shows within this. */
const trialMs = 8000;
/** What is used of what seems to be there. */
const margin = 0.85;
/** Speech alone. */
const leastBudget = 45_000;
/** Above this no shortage hurts speech: the browser's own adaptation is good enough. */
const enough = 3_000_000;
/** Below this estimate the browser would rather blur a large picture than send a small one. */
const thin = 400_000;

/**
 * Speech before video on a short uplink. The browser shares what it believes to have among all streams; when that belief
 * is late or wrong, packets of speech wait in the same queue as those of video. So as soon as anything shows a shortage,
 * everything together is made to fit with a margin; and grows again in steps that become more careful with each failure.
 * Pure.
 */
export function nextUplinkState(state: UplinkState, sample: UplinkSample): UplinkState {
  const lowestRoundTripMs = Math.min(state.lowestRoundTripMs, sample.roundTripMs ?? Number.POSITIVE_INFINITY);
  const thinFor = isThinAndFull(state, sample) ? state.thinFor + 1 : 0;
  const known = { ...state, lowestRoundTripMs, thinFor };
  if (isShort(known, sample)) return reduced(known, sample);
  if (known.budget === Number.POSITIVE_INFINITY) return known;
  return sample.now - known.changedAt >= known.waitMs ? raised(known, sample) : known;
}

function isThinAndFull({ budget }: UplinkState, { available, limited }: UplinkSample): boolean {
  return limited && available !== undefined && available < thin && budget > available;
}

function isShort({ lowestRoundTripMs, thinFor }: UplinkState, sample: UplinkSample): boolean {
  const { sent, available, audioDelayMs, lost, roundTripMs } = sample;
  // Speech alone is never too much, and a silent line tells nothing.
  if (sent < leastBudget * 0.6) return false;
  const waits = audioDelayMs > 80 || (roundTripMs ?? 0) > lowestRoundTripMs + 250;
  const over = available !== undefined && available < sent * 0.8;
  // Random loss (radio) says nothing about the rate; loss where the estimate is used up does.
  const dropped = lost > 0.1 && available !== undefined && available < sent * 1.2;
  // Every estimate begins thin.
  return waits || over || dropped || thinFor >= 3;
}

function reduced(state: UplinkState, { now, sent, available = sent }: UplinkSample): UplinkState {
  const budget = Math.max(
    leastBudget,
    margin * Math.min(available, Math.max(sent, leastBudget), state.budget),
  );
  // Just reduced: what is measured now is still what was sent before.
  if (now - state.changedAt < 1500 && budget > state.budget * 0.7) return state;
  const tooEarly = now - state.raisedAt < trialMs;
  return {
    ...state,
    budget: Math.round(budget),
    changedAt: now,
    waitMs: tooEarly ? Math.min(longestWaitMs, state.waitMs * 2) : Math.max(firstWaitMs, state.waitMs),
  };
}

function raised(state: UplinkState, { now, available = 0 }: UplinkSample): UplinkState {
  const budget = Math.max(state.budget * 1.25, Math.min(margin * available, state.budget * 2));
  // Calm for long: the trouble is over, and the next one starts from the beginning.
  const waitMs = now - state.raisedAt > longestWaitMs ? firstWaitMs : state.waitMs;
  if (budget >= enough) return { ...firstUplinkState, raisedAt: now, waitMs };
  return { ...state, budget: Math.round(budget), changedAt: now, raisedAt: now, waitMs };
}
