import type { ClientPlan } from '../client-plan.ts';
import { onlyMeeting, plainSteps, type Scenario } from './scenario.ts';

/** One to a few lecturers with camera and microphone, and an audience that only watches. */
export const lecture: Scenario = {
  name: 'lecture',
  summary: 'a few send, many only watch',
  size: 'viewers',
  numbers: {
    viewers: { default: 100, least: 1, what: 'people who watch' },
    senders: { default: 1, least: 1, what: 'people with camera and microphone' },
    tiles: { default: 3, least: 0, what: 'cameras of others each one shows' },
  },
  plan(input) {
    const { viewers = 100, senders = 1, tiles = 3 } = input.numbers;
    const { url, participantToken, viewerToken } = onlyMeeting(input);
    const clients = Array.from({ length: senders + viewers }, (_, index): ClientPlan => {
      const sends = index < senders;
      const others = senders - (sends ? 1 : 0);
      return {
        index,
        displayName: sends ? `Lecturer ${index + 1}` : `Viewer ${index - senders + 1}`,
        url,
        token: sends ? participantToken : viewerToken,
        tiles,
        ...(sends
          ? {
              camera: input.camera,
              microphone: { speaker: index, speakers: senders, atOnce: 1, seed: input.seed },
            }
          : {}),
        expects: { audio: others > 0, video: others > 0 && tiles > 0 },
      };
    });
    return { clients, steps: plainSteps(clients, input.numbers) };
  },
};
