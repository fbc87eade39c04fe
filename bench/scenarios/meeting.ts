import { people } from './people.ts';
import { onlyMeeting, plainSteps, type Scenario } from './scenario.ts';

/** A meeting as people hold it: everybody has a camera and a microphone, everybody sees the others, few speak at a time. */
export const meeting: Scenario = {
  name: 'meeting',
  summary: 'everybody sees and hears everybody, few speak at a time',
  size: 'participants',
  numbers: {
    participants: { default: 10, least: 2, what: 'people in the room' },
    cameras: { default: -1, least: -1, what: 'people with a camera (-1: all)' },
    microphones: { default: -1, least: -1, what: 'people with a microphone (-1: all)' },
    speaking: { default: 1, least: 0, what: 'people who speak at a time' },
    tiles: { default: 25, least: 0, what: 'cameras of others each one shows' },
    'tile-height': { default: 0, least: 0, what: 'lines of picture each tile has (0: as large as it comes)' },
  },
  plan(input) {
    const { participants = 10, cameras = -1, microphones = -1, speaking = 1, tiles = 25 } = input.numbers;
    const { 'tile-height': tileHeight = 0 } = input.numbers;
    const plans = people(
      {
        participants,
        cameras: cameras < 0 ? participants : cameras,
        microphones: microphones < 0 ? participants : microphones,
        speaking,
        tiles,
      },
      input,
      onlyMeeting(input),
    );
    const clients = tileHeight > 0 ? plans.map((plan) => ({ ...plan, tileHeight })) : plans;
    return { clients, steps: plainSteps(clients, input.numbers) };
  },
};
