import type { ClientPlan } from '../client-plan.ts';
import type { MeetingAccess } from '../meeting-access.ts';
import { recordedCamera } from '../recording/recording-cache.ts';

/** People who are looked at and heard, one at a time; they look at nobody, which would only cost the machine. */
export function crowd(meeting: MeetingAccess, count: number, recording: string): ClientPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    displayName: `Person ${index + 1}`,
    url: meeting.url,
    token: meeting.participantToken,
    camera: recordedCamera,
    microphone: { speaker: index, speakers: count, atOnce: 1, seed: 1 },
    recording,
    tiles: 0,
    expects: { audio: false, video: false },
  }));
}
