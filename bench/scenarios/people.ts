import type { ClientPlan } from '../client-plan.ts';
import type { MeetingAccess } from '../meeting-access.ts';
import type { ScenarioInput } from './scenario.ts';

/** Who is in one meeting, and what of it they send and show. */
export interface People {
  participants: number;
  /** default: nobody */
  cameras?: number;
  microphones: number;
  /** who speak at a time */
  speaking: number;
  /** cameras of others each one shows */
  tiles: number;
}

/**
 * Everybody in one meeting, those with cameras first.
 * @param from index of the first
 * @throws RangeError
 */
export function people(
  { participants, cameras = 0, microphones, speaking, tiles }: People,
  { camera, seed }: Pick<ScenarioInput, 'camera' | 'seed'>,
  { url, participantToken: token }: MeetingAccess,
  from = 0,
): ClientPlan[] {
  if (cameras > participants || microphones > participants)
    throw new RangeError('there cannot be more cameras or microphones than participants');
  return Array.from({ length: participants }, (_, place): ClientPlan => {
    const hasCamera = place < cameras;
    const hasMicrophone = place < microphones;
    return {
      index: from + place,
      displayName: `Load ${from + place + 1}`,
      url,
      token,
      tiles,
      ...(hasCamera ? { camera } : {}),
      ...(hasMicrophone
        ? { microphone: { speaker: place, speakers: microphones, atOnce: speaking, seed } }
        : {}),
      expects: {
        audio: microphones - (hasMicrophone ? 1 : 0) > 0,
        video: tiles > 0 && cameras - (hasCamera ? 1 : 0) > 0,
      },
    };
  });
}
