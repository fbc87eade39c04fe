import { Refusal } from '../../../protocol/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import type { Answer, Ask } from '../../../protocol/messages.ts';
import { rightsOf } from '../../accounts/rights.ts';
import { plainName } from '../../rooms/plain-name.ts';
import type { Context, Seat } from '../context.ts';

export async function join(ask: Ask<'join'>, context: Context): Promise<Answer<'join'>> {
  const displayName = plainName(ask.displayName, limits.displayNameLength, 'displayName');
  const { room, participant, others } = await context.rooms.join(ask.token, displayName, context.outbox);
  context.take({ room, participant });
  const rights = rightsOf(participant.role);
  const mayInvite = rights.has('invite');
  return {
    participantId: participant.id,
    role: participant.role,
    rights: [...rights],
    room: {
      id: room.id,
      name: room.name,
      invitationPath: mayInvite ? room.invitationPath : '',
      code: mayInvite ? room.code : '',
    },
    participants: others,
    routerCapabilities: room.routerCapabilities,
    senderSettings: context.senderSettings,
    voices: room.media.adaptation.voices,
  };
}

export function leave(_ask: Ask<'leave'>, context: Context, { room, participant }: Seat): null {
  room.leave(participant, 'left');
  context.finish('left');
  return null;
}

export async function muteParticipant(
  ask: Ask<'muteParticipant'>,
  _context: Context,
  seat: Seat,
): Promise<null> {
  await seat.room.mute(seat.participant, ask.participantId, ask.source);
  return null;
}

export function removeParticipant(ask: Ask<'removeParticipant'>, _context: Context, seat: Seat): null {
  if (ask.participantId === seat.participant.id) throw new Refusal('bad-request', 'participantId: use leave');
  seat.room.remove(seat.participant, ask.participantId);
  return null;
}

export async function endMeeting(_ask: Ask<'endMeeting'>, context: Context, seat: Seat): Promise<null> {
  await context.rooms.end(seat.room, seat.participant);
  return null;
}
