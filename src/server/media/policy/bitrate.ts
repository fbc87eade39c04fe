/**
 * How much may be sent to one receiver. Pure: signs and a state in, a state and orders out; `now` in ms, rates in bit/s.
 * The reasoning is in src/server/media/README.md, "A bad line".
 */

import {
  collapsed,
  type DownlinkSigns,
  excessLoss,
  firstMemory,
  freshReport,
  isConfirmed,
  isCrowded,
  isDelayed,
  isFlooded,
  isHurt,
  type LineMemory,
  remember,
  thinLine,
} from './line.ts';

export type Phase =
  /** Nothing is known to be scarce. */
  | { name: 'open'; since: number; allocated?: number; tightSince?: number }
  /** Cut down a moment ago: what was on the way still arrives, and the averages still tell of before. */
  | { name: 'settle'; since: number; lossPeak: number; limitBefore: number }
  /** Sends what fits. */
  | { name: 'hold'; nextTrialAt: number; roomSince?: number; badSince?: number }
  /** Lets the worker probe whether `to` would fit, without sending more video. */
  | { name: 'trial'; since: number; to: number; seesRoom: boolean; goodSince?: number }
  /** Sends more than before, and watches. */
  | { name: 'proof'; since: number; from: number; badSince?: number };

export interface DownlinkState extends LineMemory {
  phase: Phase;
  /** Infinity: none known */
  limit: number;
  /** ms until the next try after one that was wrong */
  backoffMs: number;
  /** ms until the next trial without a sign of room */
  blindPauseMs: number;
  /** ms that a sign of room must last */
  roomMs: number;
  /** of the last orders, bit/s */
  ceiling: number;
}

export interface DownlinkOrders {
  /** for audio and video together */
  limit: number;
  /** for the transport's setMinOutgoingBitrate; 0: none */
  floor: number;
  /** for the transport's setMaxOutgoingBitrate */
  ceiling: number;
  /** what may be possible in a moment: publishers are asked for it already; undefined: no more than the limit */
  hoped: number | undefined;
  /** throw away what waits for repair: the line is flooded with it */
  flush: boolean;
  /** ms until the next look */
  lookInMs: number;
}

const firstBackoffMs = 4000;
const highestBackoffMs = 30_000;
/** Where only speech goes through, a try costs words. */
const highestBlindBackoffMs = 60_000;
/** More loss than a line has by itself. */
const floodLoss = 0.08;
/** So much needs no second look: a slow computer loses less. */
const floodAtOnce = 0.12;
/** A line that is flooded is cut to this at first, however much it carried before: what it carries now is found by a trial in a second. */
const highestFirstCut = 240_000;
/** What the averages tell for so long after a change is still of before it: feedback comes late. */
const lateMs = 600;
/** The first probe of a trial goes so far above what is tried: it fits into the queue of a line that is just too thin. */
const firstProbe = 1.3;
/** Loss that is always there, and so much of it at least, is the line's own. */
const leastUsualLoss = 0.03;
const settleMs = 900;
const longestSettleMs = 2200;
/** The first try after video had to stop. */
const firstBlindTryMs = 1500;
/** A worker that has been held down needs so long to find out that there is room. */
const openGraceMs = 4000;
const moreThan = 1.2;
const trialMs = 2000;
/** Each probe is a burst in the way of speech: the next one comes later when one was in vain. */
const firstBlindPauseMs = 3000;
const longestBlindPauseMs = 30_000;
/** An estimate that leans against its ceiling has room above it, one that is held up by its floor has none. */
const leaning = 0.965;
const firstRoomMs = 600;
const longestRoomMs = 10_000;
const proofMs = 3000;
/** An estimate of so much of what is wanted leaves room for all of it. */
const enough = 1.1;
/** Over what is wanted: a step up must fit with a margin. */
const hope = 1.3;
/** Time for a second, larger probe after a first one went through. */
const leapMs = 1200;

export function firstState(now: number, limit: number): DownlinkState {
  const phase: Phase = { name: 'hold', nextTrialAt: now + 500 };
  return {
    phase,
    limit,
    blindPauseMs: firstBlindPauseMs,
    roomMs: firstRoomMs,
    ceiling: limit,
    ...firstMemory(now),
    backoffMs: firstBackoffMs,
  };
}

export function decide(
  state: DownlinkState,
  signs: DownlinkSigns,
): { state: DownlinkState } & DownlinkOrders {
  const next = step({ ...state, ...remember(state, signs, state.phase.name === 'trial') }, signs);
  const given = orders(next, signs, state);
  return { state: { ...next, ceiling: given.ceiling }, ...given };
}

function step(state: DownlinkState, signs: DownlinkSigns): DownlinkState {
  const { phase } = state;
  switch (phase.name) {
    case 'open':
      return open(state, phase, signs);
    case 'settle':
      return settle(state, phase, signs);
    case 'hold':
      return hold(state, phase, signs);
    case 'trial':
      return trial(state, phase, signs);
    case 'proof':
      return proof(state, phase, signs);
  }
}

function open(state: DownlinkState, phase: Phase & { name: 'open' }, signs: DownlinkSigns): DownlinkState {
  const { now, estimate, sent, allocated } = signs;
  // More is shown than before: the worker has not looked for room for it yet.
  const since = allocated > moreThan * (phase.allocated ?? allocated) ? now : phase.since;
  const lossless = state.randomLoss === 0;
  const loss = excessLoss(state, signs);
  if (isFlood(state, signs) || (lossless && collapsed(signs) && isConfirmed(state, signs)))
    return cut(state, signs);
  const low = lossless && estimate !== undefined && estimate < 0.92 * allocated && isConfirmed(state, signs);
  if (!low && loss < floodLoss && !isDelayed(state, signs))
    return { ...state, phase: { name: 'open', since, allocated } };
  const tightSince = phase.tightSince ?? now;
  if (now - tightSince < 600) return { ...state, phase: { name: 'open', since, allocated, tightSince } };
  if (loss >= floodLoss) return cutTo(state, signs, allocated * (0.85 - loss));
  // Overuse makes the estimate fall again and again; little is lost yet, so most of it does arrive.
  const arrives = freshReport(state, signs)?.received ?? Math.max(estimate ?? sent, 0.65 * allocated);
  return cutTo(state, signs, Math.min(allocated, arrives) * 0.9);
}

function settle(
  state: DownlinkState,
  phase: Phase & { name: 'settle' },
  signs: DownlinkSigns,
): DownlinkState {
  const { now, videoFlows } = signs;
  const age = now - phase.since;
  const lossPeak = Math.max(phase.lossPeak, signs.loss);
  const settling: DownlinkState = { ...state, phase: { ...phase, lossPeak } };
  const loss = excessLoss(state, signs);
  // Most of it is lost, and that is news: it still floods.
  if (age >= lateMs && loss >= 0.3) return cut(settling, signs);
  if (age < settleMs) return settling;
  if (!videoFlows) {
    // Prices move by themselves: nothing comes back below what was too much.
    const limit = Math.min(state.limit, signs.allocated);
    return { ...state, limit, phase: { name: 'hold', nextTrialAt: now + firstBlindTryMs } };
  }
  const isOver = signs.loss - state.randomLoss < Math.max(0.03, 0.5 * lossPeak) && loss < floodLoss;
  if (isOver) return { ...state, phase: { name: 'hold', nextTrialAt: now + state.blindPauseMs } };
  // The average forgets slowly: give it a second look before believing it.
  if (age < longestSettleMs) return settling;
  // As much is lost of far less: it is the line that loses, not its queue.
  if (signs.loss < 0.35 && phase.limitBefore > state.limit) {
    const randomLoss = Math.min(0.35, signs.loss * 1.3);
    return stepUp({ ...state, randomLoss, randomLossAt: now }, signs, phase.limitBefore);
  }
  return cut(state, signs);
}

function hold(state: DownlinkState, phase: Phase & { name: 'hold' }, signs: DownlinkSigns): DownlinkState {
  const { now, next, allocated } = signs;
  // What is left then is speech, and nothing could be taken away from it.
  const bad = signs.videoFlows && (excessLoss(state, signs) >= floodLoss || isDelayed(state, signs));
  if (bad) {
    const badSince = phase.badSince ?? now;
    // One burst is no flood.
    if (now - badSince < 500) return { ...state, phase: { ...phase, badSince } };
    const loss = excessLoss(state, signs);
    if (state.usualLoss >= leastUsualLoss && signs.loss < 0.35 && !isDelayed(state, signs)) {
      const randomLoss = Math.min(0.35, 1.3 * Math.max(signs.loss, 1.5 * state.usualLoss));
      return {
        ...state,
        randomLoss,
        randomLossAt: now,
        phase: { name: 'hold', nextTrialAt: phase.nextTrialAt },
      };
    }
    return loss >= 0.3
      ? cut(state, signs)
      : cutTo(state, signs, Math.min(state.limit, allocated) * (0.85 - Math.max(0, loss)));
  }
  const { nextTrialAt } = phase;
  const hasRoom = (signs.estimate ?? 0) >= leaning * state.ceiling;
  const roomSince = hasRoom ? (phase.roomSince ?? now) : undefined;
  const calm: DownlinkState = {
    ...state,
    roomMs: hasRoom ? state.roomMs : firstRoomMs,
    phase: { name: 'hold', nextTrialAt, ...(roomSince === undefined ? {} : { roomSince }) },
  };
  // Everything is being sent, and all is well.
  if (next === undefined) {
    return signs.videoFlows || signs.wanted <= state.limit
      ? { ...calm, phase: { name: 'open', since: now }, limit: Number.POSITIVE_INFINITY }
      : calm;
  }
  if (!signs.videoFlows && now >= nextTrialAt && isCrowded(state, signs))
    return { ...calm, phase: { name: 'hold', nextTrialAt: now + firstBlindTryMs } };
  const seesRoom = signs.videoFlows && roomSince !== undefined && now - roomSince >= calm.roomMs;
  return seesRoom || now >= nextTrialAt ? tryMore(calm, signs, seesRoom) : calm;
}

function trial(state: DownlinkState, phase: Phase & { name: 'trial' }, signs: DownlinkSigns): DownlinkState {
  const { now, estimate = 0 } = signs;
  if (hurts(state, signs)) return inVain(state, now);
  const good = estimate >= 1.12 * phase.to;
  const goodSince = good ? (phase.goodSince ?? now) : undefined;
  // Enough for everything leaves nothing to wait for; else a larger probe has its time.
  if (estimate >= enough * signs.wanted) return stepUp(state, signs, Number.POSITIVE_INFINITY);
  if (goodSince !== undefined && now - goodSince >= leapMs)
    return stepUp(state, signs, Math.max(phase.to, estimate * 0.9));
  if (now - phase.since > trialMs && !good) return inVain(state, now);
  const { since, to, seesRoom } = phase;
  return {
    ...state,
    phase: { name: 'trial', since, to, seesRoom, ...(goodSince === undefined ? {} : { goodSince }) },
  };
}

function proof(state: DownlinkState, phase: Phase & { name: 'proof' }, signs: DownlinkSigns): DownlinkState {
  const { now } = signs;
  const age = now - phase.since;
  // A key frame alone loses a packet or two: only what lasts counts.
  const isLost = excessLoss(state, signs) >= floodLoss * 1.5;
  if (isFlooded(state, signs)) return undo(state, phase, signs);
  const bad = age > 300 && (isLost || hurts(state, signs) || isDelayed(state, signs));
  if (bad) {
    const badSince = phase.badSince ?? now;
    if (now - badSince < 500) return { ...state, phase: { ...phase, badSince } };
    return undo(state, phase, signs);
  }
  if (age < proofMs) {
    const { since, from } = phase;
    return { ...state, phase: { name: 'proof', since, from } };
  }
  const proven = {
    ...state,
    backoffMs: Math.max(firstBackoffMs, state.backoffMs / 2),
    blindPauseMs: firstBlindPauseMs,
    roomMs: firstRoomMs,
  };
  if (signs.next === undefined)
    return { ...proven, phase: { name: 'open', since: now }, limit: Number.POSITIVE_INFINITY };
  return { ...proven, phase: { name: 'hold', nextTrialAt: now + 1000 } };
}

/** Far too much is sent: down to what any line carries, at once. */
function cut(state: DownlinkState, signs: DownlinkSigns): DownlinkState {
  const arrives = Math.min(
    signs.sent * (1 - signs.loss),
    freshReport(state, signs)?.received ?? Number.POSITIVE_INFINITY,
  );
  // What is left of a first cut tells how wide the line is.
  const left = state.phase.name === 'settle' ? 0.9 * (1 - signs.loss) : 0.6;
  return cutTo(state, signs, Math.min(highestFirstCut, 0.5 * arrives, 0.6 * state.limit, left * state.limit));
}

function cutTo(state: DownlinkState, signs: DownlinkSigns, limit: number): DownlinkState {
  const { now, sent, loss } = signs;
  const limitBefore = Math.min(state.limit, Math.max(signs.allocated, sent));
  const phase: Phase = { name: 'settle', since: now, lossPeak: loss, limitBefore };
  return { ...state, phase, limit: Math.max(10_000, limit), changedAt: now, lateUntil: now + lateMs };
}

/** The worker finds out by itself where it can; where it cannot, only sending does. */
function tryMore(state: DownlinkState, signs: DownlinkSigns, seesRoom: boolean): DownlinkState {
  const { now, next, videoFlows } = signs;
  if (next === undefined) return { ...state, phase: { name: 'hold', nextTrialAt: now } };
  if (!videoFlows || state.randomLoss > 0) {
    const { phase } = state;
    // Prices move by themselves between two looks.
    if (phase.name === 'hold' && now >= phase.nextTrialAt) return stepUp(state, signs, next * 1.1);
    return { ...state, phase: { name: 'hold', nextTrialAt: now + state.backoffMs } };
  }
  return { ...state, phase: { name: 'trial', since: now, to: next, seesRoom } };
}

function stepUp(state: DownlinkState, signs: DownlinkSigns, limit: number): DownlinkState {
  const { now, wanted } = signs;
  const phase: Phase = { name: 'proof', since: now, from: state.limit };
  return { ...state, phase, limit: Math.max(state.limit, Math.min(limit, wanted * hope)), changedAt: now };
}

function undo(state: DownlinkState, phase: Phase & { name: 'proof' }, signs: DownlinkSigns): DownlinkState {
  return { ...holdOff(state, signs), limit: phase.from, changedAt: signs.now };
}

function hurts(state: DownlinkState, signs: DownlinkSigns): boolean {
  const report = freshReport(state, signs);
  return report !== undefined && isHurt(state, report, 0.1);
}

/** At once, before anything lasts: a slow computer loses some packets too, but never so many. */
function isFlood(state: DownlinkState, signs: DownlinkSigns): boolean {
  return excessLoss(state, signs) >= floodAtOnce || isFlooded(state, signs);
}

function inVain(state: DownlinkState, now: number): DownlinkState {
  return {
    ...state,
    blindPauseMs: Math.min(longestBlindPauseMs, state.blindPauseMs * 1.7),
    roomMs: Math.min(longestRoomMs, state.roomMs * 2),
    lateUntil: now + lateMs,
    phase: { name: 'hold', nextTrialAt: now + state.blindPauseMs },
  };
}

/** The try was wrong: the next one later, and each time later still. */
function holdOff(state: DownlinkState, { now }: DownlinkSigns): DownlinkState {
  const thin = state.limit < thinLine;
  const waitMs = thin ? Math.max(6000, state.backoffMs) : state.backoffMs;
  const backoffMs = Math.min(thin ? highestBlindBackoffMs : highestBackoffMs, waitMs * 2);
  return { ...state, backoffMs, lateUntil: now + lateMs, phase: { name: 'hold', nextTrialAt: now + waitMs } };
}

function orders(state: DownlinkState, signs: DownlinkSigns, before: DownlinkState): DownlinkOrders {
  const { phase, limit } = state;
  const cutNow = phase.name === 'settle' && before.phase.name !== 'settle';
  const undone = phase.name === 'hold' && before.phase.name === 'proof' && limit < before.limit;
  const calm =
    phase.name === 'open'
      ? phase.tightSince === undefined
      : phase.name === 'hold' && phase.badSince === undefined;
  return {
    limit,
    floor: floorOf(state, signs),
    ceiling: ceilingOf(state, signs),
    hoped:
      phase.name === 'trial' && (phase.seesRoom || phase.goodSince !== undefined)
        ? signs.wanted * hope
        : undefined,
    flush: (cutNow || undone) && isFlood(state, signs),
    lookInMs: calm ? (phase.name === 'open' ? 1000 : 500) : 200,
  };
}

/** What is allocated is still of before: the limit tells what comes. */
function isJustRaised(phase: Phase, now: number): boolean {
  return phase.name === 'proof' && phase.since === now;
}

/**
 * In between the worker must not take layers away by its own estimate, which stays low for a minute after a flood;
 * while nothing is scarce it may fall, because that is how a queue that grows is noticed.
 */
function floorOf(
  { phase, limit, randomLoss }: DownlinkState,
  { now, allocated, audio }: DownlinkSigns,
): number {
  if (isJustRaised(phase, now)) return limit * 1.05;
  if (phase.name === 'trial') return phase.to;
  if (phase.name === 'open')
    return randomLoss > 0 || now - phase.since < openGraceMs ? allocated : allocated * 0.5;
  return Math.max(audio, Math.min(limit, allocated)) * 1.05;
}

/**
 * The worker probes up to here, at once when it is raised. Only a trial wants that: every probe is a burst in the way of
 * somebody's speech. So a trial begins with a small one, and only when that went through the next may be large.
 */
function ceilingOf(
  { phase, limit }: DownlinkState,
  { now, allocated, wanted, videoFlows }: DownlinkSigns,
): number {
  const widest = Math.max(600_000, wanted * 1.2);
  if (isJustRaised(phase, now)) return Math.min(widest, limit * 1.15);
  // Nothing to find room for: probes alone would cost more than silence does.
  if (!videoFlows) return 0;
  if (phase.name === 'open') return widest;
  if (phase.name !== 'trial') return Math.min(widest, allocated * 1.15);
  return phase.goodSince === undefined ? Math.min(widest, phase.to * firstProbe) : widest;
}
