/**
 * What the signs of a receiver's line mean: what of the loss is news, whether a queue grows, whom to believe. Pure;
 * times in ms, rates in bit/s. The reasoning is in src/server/media/README.md, "A bad line".
 */

/** What is known about a receiver's line at one moment. */
export interface DownlinkSigns {
  now: number;
  /** The worker's estimate, between the floor and the ceiling of the last orders; undefined while it has none. */
  estimate: number | undefined;
  /** what the worker sends, repair included */
  sent: number;
  /** Share of packets lost as the worker averages it over its last 24 feedback messages, 0 to 1. */
  loss: number;
  /**
   * Packets of one video that the receiver asked for again, as a share of those sent in the last tenth of a second: far
   * ahead of every average. undefined: not looked at.
   */
  askedAgain: number | undefined;
  /** The receiver's own word. */
  report: ReportedSigns | undefined;
  /** whether any video flows: without it there is neither feedback nor estimate */
  videoFlows: boolean;
  /** Speech, and what can never be left out. */
  audio: number;
  /** audio and the layers that are allocated now */
  allocated: number;
  /** the least budget with which more could be sent; undefined: there is nothing more */
  next: number | undefined;
  /** audio and everything that is shown, at its best */
  wanted: number;
}

export interface ReportedSigns {
  /** ms; when it came */
  at: number;
  /** how far back it looks */
  intervalMs: number;
  received: number;
  /** share of packets lost after repair, 0 to 1 */
  loss: number;
  roundTripMs: number;
  jitterBufferMs: number;
  /** share of the audible speech that was made up, 0 to 1 */
  concealed: number;
}

/** What has to be kept from one look to the next to read the signs. */
export interface LineMemory {
  /** share that is lost whatever is sent, 0 to 1 */
  randomLoss: number;
  /** ms: when that was seen last */
  randomLossAt: number;
  /** What of the averaged loss is of before the last change, or of before video paused, 0 to 1. */
  oldLoss: number;
  /** Averaged over seconds, without what floods and probes cost: what is always there is no flood. */
  usualLoss: number;
  /** ms: what is lost until then is of before the last change, or of probes */
  lateUntil: number;
  /** ms: of the last look */
  lookedAt: number;
  /** ms; Infinity: none reported yet */
  lowestRoundTripMs: number;
  /** ms: when the limit changed last */
  changedAt: number;
}

/** A probe is no use, and no luxury, on a line that hardly carries speech. */
export const thinLine = 130_000;
/** A line's own loss is forgotten when it was not seen for so long. */
const randomLossMs = 10_000;
/** Loss that was there all these ms is no flood. */
const usualMs = 4000;
const freshMs = 2500;
/** Less than this is a packet or two. */
const leastLoss = 0.02;
/** A receiver that gets anything tells of it every five seconds at least: one that does not may be out of reach ... */
const silentMs = 7000;
/** ... or gets nothing at all, because everybody is silent. */
const forgottenMs = 20_000;
/** The worker's loss is an average over 24 feedback messages, which come more seldom on a thin line. */
const forgetMs = 1500;
const forgetThinMs = 3000;

export function firstMemory(now: number): LineMemory {
  return {
    randomLoss: 0,
    randomLossAt: 0,
    oldLoss: 0,
    usualLoss: 0,
    lateUntil: now,
    lookedAt: now,
    lowestRoundTripMs: Number.POSITIVE_INFINITY,
    changedAt: now,
  };
}

/** @param probing the worker probes: what is lost is its own doing */
export function remember(memory: LineMemory, signs: DownlinkSigns, probing: boolean): LineMemory {
  const { now, loss, videoFlows, report, sent } = signs;
  const { oldLoss, usualLoss, lateUntil, lookedAt, lowestRoundTripMs } = memory;
  const isLate = probing || now < lateUntil;
  const share = Math.exp((lookedAt - now) / (sent < thinLine ? forgetThinMs : forgetMs));
  const roundTripMs = report?.roundTripMs || Number.POSITIVE_INFINITY;
  return {
    ...withRandomLoss(memory, signs),
    // Without video there is no feedback, and the average stands still.
    oldLoss: !videoFlows ? loss : isLate ? Math.max(oldLoss, loss) : Math.min(loss, oldLoss * share),
    usualLoss:
      videoFlows && !isLate
        ? usualLoss + (loss - usualLoss) * (1 - Math.exp((lookedAt - now) / usualMs))
        : usualLoss,
    lookedAt: now,
    // A route can become longer for good: a hundredth each look is a minute.
    lowestRoundTripMs: Number.isFinite(lowestRoundTripMs)
      ? Math.min(roundTripMs, lowestRoundTripMs + 0.01 * (Math.min(roundTripMs, 2000) - lowestRoundTripMs))
      : roundTripMs,
  };
}

/** A line's own loss comes and goes: it is forgotten when it has not been seen for a while. */
function withRandomLoss(memory: LineMemory, { now, loss, videoFlows }: DownlinkSigns): LineMemory {
  const { randomLoss, randomLossAt } = memory;
  if (randomLoss === 0) return memory;
  if (loss >= 0.4 * randomLoss || !videoFlows) return { ...memory, randomLossAt: now };
  return now - randomLossAt < randomLossMs ? memory : { ...memory, randomLoss: 0 };
}

/** Browsers count as lost what was never sent (Firefox, after a pause): where the worker knows, it must have seen some too. */
export function excessLoss(memory: LineMemory, signs: DownlinkSigns): number {
  const { videoFlows, loss } = signs;
  const reported = !videoFlows || loss >= leastLoss ? (freshReport(memory, signs)?.loss ?? 0) : 0;
  return Math.max(videoFlows ? loss - memory.oldLoss : 0, reported) - memory.randomLoss;
}

/** Only one that tells of nothing but the time after the last change. */
export function freshReport(memory: LineMemory, { report, now }: DownlinkSigns): ReportedSigns | undefined {
  if (!report || now - report.at > freshMs) return undefined;
  return report.at - report.intervalMs >= memory.changedAt ? report : undefined;
}

/** A queue somewhere has grown. The receiver's buffer alone does not tell: a slow computer fills it too. */
export function isDelayed(memory: LineMemory, signs: DownlinkSigns): boolean {
  const report = freshReport(memory, signs);
  if (!report) return false;
  const queueMs = report.roundTripMs - memory.lowestRoundTripMs;
  return queueMs > 600 || (queueMs > 250 && report.jitterBufferMs > 250);
}

/**
 * Speech alone fills the line, or nothing is heard of it any more: no moment to try video on it. Only the receiver tells
 * while no video flows; who never told anything is tried.
 */
export function isCrowded(memory: LineMemory, { report, now }: DownlinkSigns): boolean {
  const age = now - (report?.at ?? Number.NEGATIVE_INFINITY);
  if (!report || age > forgottenMs) return false;
  return (
    age > silentMs ||
    report.roundTripMs - memory.lowestRoundTripMs > 150 ||
    (age < freshMs && (report.loss - memory.randomLoss >= 0.05 || isHurt(memory, report, 0.05)))
  );
}

/** Speech is made up, and the line has to do with it: a slow computer makes up speech too, of which nothing was lost. */
export function isHurt(memory: LineMemory, report: ReportedSigns, share: number): boolean {
  const ofTheLine = report.loss > 0.01 || report.roundTripMs - memory.lowestRoundTripMs > 80;
  return ofTheLine && report.concealed >= share + memory.randomLoss;
}

/** An estimate that is low can just be wrong: the receiver, if it tells anything, must see something of it. */
export function isConfirmed(memory: LineMemory, signs: DownlinkSigns): boolean {
  const report = freshReport(memory, signs);
  if (!report) return true;
  const { sent, allocated } = signs;
  return (
    report.received < 0.85 * Math.min(sent, allocated) ||
    report.loss - memory.randomLoss > 0.02 ||
    report.roundTripMs - memory.lowestRoundTripMs > 120
  );
}

export function collapsed({ estimate, sent }: DownlinkSigns): boolean {
  return estimate !== undefined && sent > 150_000 && estimate < 0.5 * sent;
}

/** Asked for again far more often than the line loses by itself. */
export function isFlooded({ randomLoss }: LineMemory, { askedAgain = 0 }: DownlinkSigns): boolean {
  return askedAgain >= 0.3 + 2 * randomLoss;
}
