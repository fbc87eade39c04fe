import type { CheckInfo, TransportInfo } from '../../protocol/messages.ts';
import { MeetingError } from '../meeting-error.ts';
import type { CheckConversation } from './check-conversation.ts';
import { type OpenPath, type PathEngine, PathProblem } from './path-engine.ts';
import { narrow, type PathPlan } from './path-plan.ts';

/** A path that ICE and DTLS got through. */
export interface TriedPath {
  plan: PathPlan;
  path: OpenPath;
  info: TransportInfo;
  port: number;
}

export interface Measured {
  packetsSent: number;
  packetsReceived: number;
  lossUp: number;
  lossDown: number;
  /** bit/s */
  bitrateUp: number;
  bitrateDown: number;
  limited: boolean;
  roundTripMs: number | undefined;
}

export interface TryParts {
  conversation: CheckConversation;
  engine: PathEngine;
  info: CheckInfo;
}

/** @param ready a transport that is there already @throws PathProblem */
export async function openPath(
  { conversation, engine, info: { routerCapabilities } }: TryParts,
  plan: PathPlan,
  limitMs: number,
  ready?: TransportInfo,
): Promise<TriedPath> {
  let info: TransportInfo | undefined;
  try {
    const opened = ready ?? (await conversation.open(plan.worker));
    info = opened;
    const narrowed = narrow(opened, plan);
    if (!narrowed) throw new PathProblem('internal', 'not offered');
    const path = await engine.open({
      ...narrowed,
      routerCapabilities,
      connect: (dtlsParameters) => conversation.connect(opened.transportId, dtlsParameters),
      limitMs,
    });
    return { plan, path, info: opened, port: narrowed.transport.iceCandidates[0]?.port ?? 0 };
  } catch (error) {
    if (info) conversation.closePath(info.transportId);
    throw toProblem(error);
  }
}

export function closePath({ conversation }: TryParts, { path, info }: TriedPath): void {
  path.close();
  conversation.closePath(info.transportId);
}

/** @throws PathProblem */
export async function startEcho({ conversation }: TryParts, { path, info }: TriedPath): Promise<void> {
  try {
    await path.startEcho((kind, parameters) => conversation.echo(info.transportId, kind, parameters));
  } catch (error) {
    throw toProblem(error);
  }
}

/**
 * Sends for a while. Both ends count: what was lost on the way there and on the way back is told apart.
 * @throws PathProblem
 */
export async function measure(
  { conversation }: TryParts,
  { path, info }: TriedPath,
  bitrate: number,
  durationMs: number,
): Promise<Measured> {
  try {
    const before = await conversation.measure(info.transportId);
    const exchanged = await path.send(bitrate, durationMs);
    const after = await conversation.measure(info.transportId);
    const arrived = after.packetsReceived - before.packetsReceived;
    const returned = after.packetsSent - before.packetsSent;
    const perSecond = (octets: number) => Math.round((octets * 8000) / exchanged.durationMs);
    const lossUp = share(exchanged.packetsSent - arrived, exchanged.packetsSent);
    return {
      packetsSent: exchanged.packetsSent,
      packetsReceived: exchanged.packetsReceived,
      lossUp,
      lossDown: share(returned - exchanged.packetsReceived, returned),
      bitrateUp: perSecond(exchanged.octetsSent * (1 - lossUp)),
      bitrateDown: perSecond(exchanged.octetsReceived),
      limited: exchanged.limited,
      roundTripMs: exchanged.roundTripMs,
    };
  } catch (error) {
    throw toProblem(error);
  }
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

export function toProblem(error: unknown): PathProblem {
  if (error instanceof PathProblem) return error;
  if (error instanceof MeetingError)
    return new PathProblem('server-refused', [error.code, error.detail].filter(Boolean).join(' '), {
      cause: error,
    });
  return new PathProblem('internal', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
