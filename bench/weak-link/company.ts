import type { ClientPlan } from '../client-plan.ts';
import type { MeetingAccess } from '../meeting-access.ts';
import { recordedCamera } from '../recording/recording-cache.ts';

export const speakerName = 'Speaker';

/**
 * The load clients around the page: one speaks all the time, the others are muted. Only the speaker looks at anybody,
 * at the page: cameras that nobody on this side watches would cost the machine and tell nothing.
 */
export function company(access: MeetingAccess, count: number, recording: string): ClientPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    displayName: index === 0 ? speakerName : `Listener ${index}`,
    url: access.url,
    token: access.participantToken,
    camera: recordedCamera,
    microphone: { speaker: index, speakers: count, atOnce: 0, seed: 1, always: index === 0 },
    recording,
    tiles: 0,
    expects: { audio: false, video: false },
  }));
}
