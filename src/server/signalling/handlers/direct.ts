import type { Ask } from '../../../protocol/messages.ts';
import type { Context, Seat } from '../context.ts';

export function setDirectMedia(ask: Ask<'setDirectMedia'>, _: Context, { room, participant }: Seat): null {
  room.route.setAbility(participant, ask);
  return null;
}

export function sendDirectDescription(
  { attemptId, ...description }: Ask<'sendDirectDescription'>,
  _: Context,
  { room, participant }: Seat,
): null {
  room.route.describe(participant, attemptId, description);
  return null;
}

export function sendDirectCandidates(
  { attemptId, candidates }: Ask<'sendDirectCandidates'>,
  _: Context,
  { room, participant }: Seat,
): null {
  room.route.addCandidates(participant, attemptId, candidates);
  return null;
}

export function reportDirectPath(
  { attemptId, state }: Ask<'reportDirectPath'>,
  _: Context,
  { room, participant }: Seat,
): null {
  room.route.report(participant, attemptId, state);
  return null;
}
