import { backoffDelay } from '../../../base/backoff.ts';
import type { DataCeiling, DirectAbility, RouteName, RouteReason } from '../../../protocol/messages.ts';

/** Whether media of a room goes through the server or directly from one to the other, and why. Pure; times in ms. */
export interface RouteSnapshot {
  now: number;
  /** The configuration allows a direct path. */
  allowedByServer: boolean;
  allowedByRoom: boolean;
  people: readonly RoutePerson[];
  attempt: RouteAttempt | undefined;
}

export interface RoutePerson {
  id: string;
  /** undefined: nothing told yet */
  ability: DirectAbility | undefined;
  ceiling: DataCeiling;
  /** A source of theirs is muted by a moderator, which nobody could enforce on a direct path. */
  mutedByModerator: boolean;
  /** Their last word about how media arrives. */
  report: RouteReport | undefined;
}

export interface RouteReport {
  at: number;
  packetsReceived: number;
  packetsLost: number;
  /** share of the audible speech that was made up, 0 to 1 */
  concealed: number;
  roundTripMs: number;
}

/** What is being tried or used. */
export interface RouteAttempt {
  /** trying: ICE and DTLS; switching: both paths carry media; direct: only the direct one does */
  stage: 'trying' | 'switching' | 'direct';
  startedAt: number;
  stageSince: number;
  /** One of the two says that it does not work, or the server's own media was lost. */
  broken: 'path-lost' | 'media-reset' | undefined;
}

export interface RouteTimes {
  /** Nothing has spoken against a direct path for so long. */
  settleMs: number;
  /** The same, where there was a direct path already. */
  againMs: number;
  /** After the first failure; doubled with each further one. */
  firstRetryMs: number;
  longestRetryMs: number;
  /** until ICE and DTLS have proven a path on both sides */
  trialMs: number;
}

export interface RouteState {
  /** Whom the failures belong to. */
  pair: string;
  /** undefined: something speaks against it */
  clearSince: number | undefined;
  wasDirect: boolean;
  /** in a row */
  failures: number;
  failure: RouteReason;
  notBefore: number;
  /** By participant: the last report that was judged, and how many bad ones came in a row. */
  judged: ReadonlyMap<string, { at: number; bad: number }>;
}

export interface RouteDecision {
  state: RouteState;
  route: RouteName;
  reason: RouteReason;
}

export const firstRouteState: RouteState = {
  pair: '',
  clearSince: undefined,
  wasDirect: false,
  failures: 0,
  failure: 'no-path',
  notBefore: Number.NEGATIVE_INFINITY,
  judged: new Map(),
};

/** A direct path that held for so long has made up for earlier failures. */
const provenMs = 120_000;
/** Both see and hear each other directly within this, or it is no path. */
const switchMs = 20_000;
/** Two such reports in a row are too bad, one far beyond is enough. */
const bad = { loss: 0.08, concealed: 0.08, roundTripMs: 600 };
const terrible = { loss: 0.25, concealed: 0.25, roundTripMs: 2000 };
const leastLoss = 0.01;
/** Fewer packets say nothing about a share. */
const fewestPackets = 20;

/** What rules a direct path out, the most lasting first. */
const obstacles: readonly [RouteReason, (snapshot: RouteSnapshot) => boolean][] = [
  ['switched-off', ({ allowedByServer }) => !allowedByServer],
  ['room', ({ allowedByRoom }) => !allowedByRoom],
  ['more-than-two', ({ people }) => people.length > 2],
  ['alone', ({ people }) => people.length < 2],
  ['address-hidden', ({ people }) => people.some(({ ability }) => ability?.hideAddress)],
  ['not-able', ({ people }) => people.some(({ ability }) => !ability?.possible)],
  // Only the server can hold both directions below a ceiling.
  ['data-ceiling', ({ people }) => people.some(({ ceiling }) => ceiling.bitrate > 0 || ceiling.audioOnly)],
  ['muted-by-moderator', ({ people }) => people.some(({ mutedByModerator }) => mutedByModerator)],
  ['media-reset', ({ attempt }) => attempt?.broken === 'media-reset'],
];

/** @param random in [0, 1): so that not all pairs of a server that was restarted try in the same moment */
export function decideRoute(
  before: RouteState,
  snapshot: RouteSnapshot,
  times: RouteTimes,
  random: number,
): RouteDecision {
  const { now, attempt, people } = snapshot;
  const state = withPair(before, people);
  const obstacle = obstacles.find(([, rulesOut]) => rulesOut(snapshot));
  if (obstacle) return sfu({ ...state, clearSince: undefined, judged: new Map() }, obstacle[0]);
  if (attempt) {
    const judged = judge(state.judged, snapshot);
    const failure = failureOf(attempt, judged, snapshot, times);
    if (failure) return failed(state, failure, now, times, random);
    return { state: going({ ...state, judged }, attempt, now), route: 'p2p', reason: reasonOf(attempt) };
  }
  const clearSince = state.clearSince ?? now;
  const waiting: RouteState = { ...state, clearSince, judged: new Map() };
  if (now < state.notBefore) return sfu(waiting, state.failure);
  if (now - clearSince < (state.wasDirect ? times.againMs : times.settleMs)) return sfu(waiting, 'settling');
  return { state: waiting, route: 'p2p', reason: 'trying' };
}

function sfu(state: RouteState, reason: RouteReason): RouteDecision {
  return { state, route: 'sfu', reason };
}

function reasonOf({ stage }: RouteAttempt): RouteReason {
  return stage === 'direct' ? 'direct' : 'trying';
}

/** Other people, other networks: what failed between others says nothing. Somebody who came and went in between does not count. */
function withPair(state: RouteState, people: readonly RoutePerson[]): RouteState {
  if (people.length !== 2) return state;
  const pair = people
    .map(({ id }) => id)
    .sort()
    .join(' ');
  return pair === state.pair ? state : { ...firstRouteState, wasDirect: state.wasDirect, pair };
}

function going(state: RouteState, { stage, stageSince }: RouteAttempt, now: number): RouteState {
  if (stage !== 'direct') return state;
  return { ...state, wasDirect: true, failures: now - stageSince >= provenMs ? 0 : state.failures };
}

function failed(
  state: RouteState,
  failure: RouteReason,
  now: number,
  times: RouteTimes,
  random: number,
): RouteDecision {
  const { firstRetryMs, longestRetryMs } = times;
  const settings = { firstMs: firstRetryMs, highestMs: longestRetryMs, jitter: 0.2 };
  const notBefore = now + backoffDelay(settings, state.failures, random);
  const { failures } = state;
  return sfu({ ...state, failures: failures + 1, failure, notBefore, judged: new Map() }, failure);
}

function failureOf(
  { stage, startedAt, stageSince, broken }: RouteAttempt,
  judged: RouteState['judged'],
  { now }: RouteSnapshot,
  { trialMs }: RouteTimes,
): RouteReason | undefined {
  if (broken) return stage === 'trying' ? 'no-path' : 'path-lost';
  if (stage === 'trying') return now - startedAt > trialMs ? 'no-path' : undefined;
  if (stage === 'switching') return now - stageSince > switchMs ? 'path-lost' : undefined;
  return [...judged.values()].some((its) => its.bad >= 2) ? 'bad-line' : undefined;
}

/** Only what was measured while nothing but the direct path carried media. */
function judge(before: RouteState['judged'], { people, attempt }: RouteSnapshot): RouteState['judged'] {
  const judged = new Map(before);
  for (const { id, report } of people) {
    const earlier = before.get(id);
    if (!report || attempt?.stage !== 'direct' || report.at - 1000 < attempt.stageSince) continue;
    if (earlier && report.at <= earlier.at) continue;
    judged.set(id, { at: report.at, bad: isWorse(report, bad) ? (earlier?.bad ?? 0) + weight(report) : 0 });
  }
  return judged;
}

function weight(report: RouteReport): number {
  return isWorse(report, terrible) ? 2 : 1;
}

function isWorse(report: RouteReport, limits: typeof bad): boolean {
  const packets = report.packetsReceived + report.packetsLost;
  const loss = packets < fewestPackets ? 0 : report.packetsLost / packets;
  // A slow computer makes up speech too, of which nothing was lost.
  const concealed = loss >= leastLoss ? report.concealed : 0;
  return loss >= limits.loss || concealed >= limits.concealed || report.roundTripMs >= limits.roundTripMs;
}
