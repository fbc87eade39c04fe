import { MeetingError } from '../meeting-error.ts';
import { CheckConversation, type ConversationParts } from './check-conversation.ts';
import type { PathEngine, PathKind } from './path-engine.ts';
import { plansFor } from './path-plan.ts';
import { closePath, openPath, type TryParts } from './try-path.ts';
import { codeOf, type VerdictCode } from './verdict.ts';

/** One step after another, each only when those before have failed; of several ways in a step the first that answers. */
const steps: readonly (readonly [kinds: readonly PathKind[], limitMs: number])[] = [
  [['udp'], 3500],
  [['tcp'], 4000],
  [['turn-udp', 'turn-tcp', 'turn-tls'], 6000],
];

/**
 * Whether, and over what, a meeting would work: the short form of `examine` for somebody who waits in a lobby. No media, only
 * the handshakes of the first way that works: a few kB. Never fails; `unknown` where the server does not want to be asked.
 * @param ended gives up: nothing is sent any more
 */
export async function quickLook(
  parts: ConversationParts,
  engine: PathEngine,
  ended: AbortSignal,
): Promise<VerdictCode> {
  const conversation = new CheckConversation(parts);
  const end = () => conversation.close();
  ended.addEventListener('abort', end);
  if (ended.aborted) end();
  try {
    const tryParts = { conversation, engine, info: await conversation.start() };
    return await firstThatWorks(tryParts, ended);
  } catch (error) {
    if (ended.aborted) return 'unknown';
    // The page is here, so the server is: something between lets no WebSocket through.
    return error instanceof MeetingError && error.code === 'network' ? 'no-signalling' : 'unknown';
  } finally {
    ended.removeEventListener('abort', end);
    conversation.close();
  }
}

async function firstThatWorks(parts: TryParts, ended: AbortSignal): Promise<VerdictCode> {
  const first = await parts.conversation.open(0);
  const offered = new Set(plansFor(first).map(({ kind }) => kind));
  const tried = async (kind: PathKind, limitMs: number) => {
    const ready = kind === 'udp' ? first : undefined;
    closePath(parts, await openPath(parts, { kind, family: undefined, worker: 0 }, limitMs, ready));
    return codeOf(kind);
  };
  for (const [kinds, limitMs] of steps) {
    if (ended.aborted) return 'unknown';
    try {
      return await Promise.any(kinds.filter((kind) => offered.has(kind)).map((kind) => tried(kind, limitMs)));
    } catch {
      // None of them: the next step. If it was the conversation that broke, that shows with the last word.
    }
  }
  await parts.conversation.open(0);
  return 'no-media';
}
