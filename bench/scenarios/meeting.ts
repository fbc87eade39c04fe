import type { ClientPlan } from '../client-plan.ts';
import { plainSteps, type Scenario } from './scenario.ts';

/** A meeting as people hold it: everybody has a camera and a microphone, everybody sees the others, few speak at a time. */
export const meeting: Scenario = {
  name: 'meeting',
  summary: 'everybody sees and hears everybody, few speak at a time',
  numbers: {
    participants: { default: 10, least: 2, what: 'people in the room' },
    cameras: { default: -1, least: -1, what: 'people with a camera (-1: all)' },
    microphones: { default: -1, least: -1, what: 'people with a microphone (-1: all)' },
    speaking: { default: 1, least: 0, what: 'people who speak at a time' },
    tiles: { default: 25, least: 0, what: 'cameras of others each one shows' },
  },
  plan(input) {
    const { participants = 10, cameras = -1, microphones = -1, speaking = 1, tiles = 25 } = input.numbers;
    const withCamera = cameras < 0 ? participants : cameras;
    const withMicrophone = microphones < 0 ? participants : microphones;
    if (withCamera > participants || withMicrophone > participants) {
      throw new RangeError('there cannot be more cameras or microphones than participants');
    }
    const clients = Array.from({ length: participants }, (_, index): ClientPlan => {
      const camera = index < withCamera;
      const microphone = index < withMicrophone;
      return {
        index,
        displayName: `Load ${index + 1}`,
        url: input.url,
        token: input.participantToken,
        tiles,
        ...(camera ? { camera: input.camera } : {}),
        ...(microphone
          ? { microphone: { speaker: index, speakers: withMicrophone, atOnce: speaking, seed: input.seed } }
          : {}),
        expects: {
          audio: withMicrophone - (microphone ? 1 : 0) > 0,
          video: tiles > 0 && withCamera - (camera ? 1 : 0) > 0,
        },
      };
    });
    return { clients, steps: plainSteps(clients, input.numbers) };
  },
};
