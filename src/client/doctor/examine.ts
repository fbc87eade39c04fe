import { Queue } from '../../base/queue.ts';
import type { CheckInfo, TransportInfo } from '../../protocol/messages.ts';
import { MeetingError } from '../meeting-error.ts';
import type { CheckConversation } from './check-conversation.ts';
import type { Line, LineFacts, LineId, LineReason, TellLine } from './line.ts';
import { networkLineIds, pathKinds } from './line.ts';
import { measureBandwidth } from './measure-bandwidth.ts';
import { type PathEngine, type PathKind, PathProblem } from './path-engine.ts';
import { familyOf, type PathPlan, plansFor } from './path-plan.ts';
import {
  closePath,
  type Measured,
  measure,
  openPath,
  startEcho,
  type TriedPath,
  type TryParts,
  toProblem,
} from './try-path.ts';

export interface ExamineParts {
  conversation: CheckConversation;
  engine: PathEngine;
  tell: TellLine;
}

/** A firewall that drops is silent: so long is waited. Longer for a relay: several round trips come before the first packet. */
const directLimitMs = 6000;
const relayLimitMs = 10_000;
const trial = { bitrate: 500_000, durationMs: 600 };
const lossyShare = 0.05;
/** More than this lost is no way for a meeting. */
const uselessShare = 0.4;
/** Ports of further workers that are looked at. */
const mostPorts = 15;

type Tried = { plan: PathPlan } & (
  | { opened: TriedPath; measured?: Measured; problem?: PathProblem }
  | { opened?: undefined; measured?: undefined; problem: PathProblem }
);

/** Tries every way to the server that it offers, and tells each line as soon as it is known. Never fails: findings are lines. */
export async function examine(parts: ExamineParts): Promise<void> {
  const { conversation, engine, tell } = parts;
  tell({ id: 'signalling', state: 'running', facts: {} });
  const startedAt = performance.now();
  let info: CheckInfo;
  try {
    info = await conversation.start();
    tell({ id: 'signalling', state: 'passed', facts: { connectMs: performance.now() - startedAt } });
  } catch (error) {
    tell(signallingLine(error));
    tellUntested(tell, networkLineIds, 'not-reached');
    return;
  }
  const tryParts = { conversation, engine, info };
  try {
    await tryAll(tryParts, await conversation.open(0), tell);
  } catch (error) {
    const { reason, detail } = toProblem(error);
    for (const id of networkLineIds) tell({ id, state: 'untested', reason, facts: { detail } });
  }
}

/** The server was there when it refused: only without a word from it has signalling itself failed. */
function signallingLine(error: unknown): Line {
  const id = 'signalling';
  if (!(error instanceof MeetingError))
    return { id, state: 'failed', reason: 'internal', facts: { detail: String(error) } };
  const facts = { detail: [error.code, error.detail].filter(Boolean).join(' ') };
  if (error.code === 'not-allowed') return { id, state: 'untested', reason: 'switched-off', facts };
  if (error.code === 'too-many') return { id, state: 'untested', reason: 'too-many', facts };
  // A server that does not know the request closes with bad-frame: it is older than checks.
  if (error.code === 'version-unsupported' || error.code === 'bad-frame')
    return { id, state: 'untested', reason: 'version-unsupported', facts };
  if (error.code === 'network') return { id, state: 'failed', reason: 'no-answer', facts: {} };
  return { id, state: 'failed', reason: 'server-refused', facts };
}

async function tryAll(parts: TryParts, first: TransportInfo, tell: TellLine): Promise<void> {
  const plans = plansFor(first).slice(0, parts.info.maxPaths - 1);
  for (const id of networkLineIds) {
    if (pathKinds.includes(id as PathKind) && !plans.some(({ kind }) => kind === id))
      tell({ id, state: 'untested', reason: 'not-offered', facts: {} });
    else tell({ id, state: 'running', facts: {} });
  }
  const tried: Tried[] = [];
  try {
    await tryPlans(parts, plans, first, tried, tell);
    await concludeFrom(parts, first, tried, tell);
  } finally {
    for (const { opened } of tried) if (opened) closePath(parts, opened);
  }
}

/** Adds to `tried` as they come to an end. */
async function tryPlans(
  parts: TryParts,
  plans: readonly PathPlan[],
  first: TransportInfo,
  tried: Tried[],
  tell: TellLine,
): Promise<void> {
  // Opened all at once, because a firewall that drops is silent for the whole time limit; media one after another, because
  // they would take each other's place on the line.
  const media = new Queue();
  await Promise.all(
    plans.map(async (plan, index) => {
      const one = await tryOpening(parts, plan, index === 0 ? first : undefined);
      await media.add(() => tryMedia(parts, one));
      tried.push(one);
      const ofKind = tried.filter(({ plan: { kind } }) => kind === plan.kind);
      const all = plans.filter(({ kind }) => kind === plan.kind).length;
      // What fails over one address family may work over the other.
      if (one.measured || ofKind.length === all) tell(pathLine(plan.kind, ofKind));
    }),
  );
}

async function concludeFrom(
  parts: TryParts,
  first: TransportInfo,
  tried: readonly Tried[],
  tell: TellLine,
): Promise<void> {
  for (const family of [4, 6] as const) tell(familyLine(family, first, tried));
  const best = pathKinds
    .flatMap((kind) => tried.filter(({ plan }) => plan.kind === kind))
    .find(({ measured }) => measured && lossOf(measured) <= uselessShare);
  tell(await tryPorts(parts, best));
  if (best?.opened) await measureBandwidth(parts, best.opened, tell);
  else tellUntested(tell, ['bandwidth-up', 'bandwidth-down'], 'not-reached');
}

async function tryOpening(parts: TryParts, plan: PathPlan, ready: TransportInfo | undefined): Promise<Tried> {
  const limitMs = plan.family === undefined ? relayLimitMs : directLimitMs;
  try {
    return { plan, opened: await openPath(parts, plan, limitMs, ready) };
  } catch (error) {
    return { plan, problem: toProblem(error) };
  }
}

async function tryMedia(parts: TryParts, tried: Tried): Promise<void> {
  if (!tried.opened) return;
  try {
    await startEcho(parts, tried.opened);
    const measured = await measure(parts, tried.opened, trial.bitrate, trial.durationMs);
    if (measured.packetsReceived > 0) tried.measured = measured;
    else if (measured.packetsSent === 0) tried.problem = new PathProblem('internal', 'nothing was sent');
    else {
      // How far they came tells on which way they were lost.
      const { packetsSent, lossUp } = measured;
      const arrived = Math.round(packetsSent * (1 - lossUp));
      tried.problem = new PathProblem('no-media', `${packetsSent} → ${arrived} → 0`);
    }
  } catch (error) {
    tried.problem = toProblem(error);
  }
}

function lossOf({ lossUp, lossDown }: Measured): number {
  return Math.max(lossUp, lossDown);
}

/** One line for all address families: it works when it works over one of them. */
function pathLine(kind: PathKind, tried: readonly Tried[]): Line {
  const [good] = tried
    .filter(({ measured }) => measured !== undefined)
    .sort((a, b) => (a.measured ? lossOf(a.measured) : 1) - (b.measured ? lossOf(b.measured) : 1));
  if (good?.opened && good.measured) {
    const { lossUp, lossDown, roundTripMs } = good.measured;
    const loss = lossOf(good.measured);
    const state = loss > uselessShare ? 'failed' : 'passed';
    const facts: LineFacts = { connectMs: good.opened.path.connectMs, lossUp, lossDown };
    if (roundTripMs !== undefined) facts.roundTripMs = roundTripMs;
    return { id: kind, state, ...(loss > lossyShare ? { reason: 'lossy' as const } : {}), facts };
  }
  // What IPv4 met rather than IPv6, which many networks do not have.
  const [problem] = [...tried]
    .sort((a, b) => (a.plan.family ?? 0) - (b.plan.family ?? 0))
    .flatMap(({ problem: found }) => found ?? []);
  return {
    id: kind,
    state: 'failed',
    reason: problem?.reason ?? 'internal',
    facts: problem?.detail ? { detail: problem.detail } : {},
  };
}

function familyLine(family: 4 | 6, first: TransportInfo, tried: readonly Tried[]): Line {
  const id = family === 4 ? 'ipv4' : 'ipv6';
  if (!first.iceCandidates.some((candidate) => familyOf(candidate) === family))
    return { id, state: 'untested', reason: 'not-offered', facts: {} };
  const ofFamily = tried.filter(({ plan }) => plan.family === family);
  if (ofFamily.some(({ measured }) => measured !== undefined)) return { id, state: 'passed', facts: {} };
  const problem = ofFamily.find(({ problem: found }) => found)?.problem;
  // This machine, or its network, does not have that family: nothing to be said about the server.
  if (problem?.reason === 'unreachable') return { id, state: 'untested', reason: 'unreachable', facts: {} };
  return { id, state: 'failed', reason: problem?.reason ?? 'internal', facts: {} };
}

/** Each worker has a port of its own: opening the first one only is a common mistake. */
async function tryPorts(parts: TryParts, best: Tried | undefined): Promise<Line> {
  const id = 'media-ports';
  const direct = best?.plan.family !== undefined;
  if (!best?.opened || !direct) return { id, state: 'untested', reason: 'not-reached', facts: {} };
  const others = Array.from({ length: Math.min(parts.info.workers - 1, mostPorts) }, (_, index) => index + 1);
  const ports: number[] = [best.opened.port];
  const closed: number[] = [];
  let reason: LineReason | undefined;
  await Promise.all(
    others.map(async (worker) => {
      let port = 0;
      try {
        const info = await parts.conversation.open(worker);
        port = info.iceCandidates.find(({ protocol }) => protocol === best.plan.kind)?.port ?? 0;
        const opened = await openPath(parts, { ...best.plan, worker }, directLimitMs, info);
        closePath(parts, opened);
        ports.push(port);
      } catch (error) {
        const problem = toProblem(error);
        // Too many paths asked for, or a worker that is being replaced: no finding about the network.
        if (problem.reason === 'server-refused') return;
        reason = 'some-ports';
        closed.push(port);
      }
    }),
  );
  if (reason) return { id, state: 'failed', reason, facts: { ports: closed.sort((a, b) => a - b) } };
  return { id, state: 'passed', facts: { ports: ports.sort((a, b) => a - b) } };
}

function tellUntested(tell: TellLine, ids: readonly LineId[], reason: LineReason): void {
  for (const id of ids) tell({ id, state: 'untested', reason, facts: {} });
}
