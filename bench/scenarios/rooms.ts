import { people } from './people.ts';
import { plainSteps, type Scenario } from './scenario.ts';

/** Many small meetings at the same time: lessons, consultations, conversations between two. */
export const rooms: Scenario = {
  name: 'rooms',
  summary: 'many small meetings, everybody with camera and microphone',
  size: 'rooms',
  numbers: {
    rooms: { default: 10, least: 1, what: 'meetings' },
    participants: { default: 3, least: 2, what: 'people in each of them' },
    tiles: { default: 25, least: 0, what: 'cameras of others each one shows' },
  },
  meetings: ({ rooms: count = 10 }) => count,
  plan(input) {
    const { participants = 3, tiles = 25 } = input.numbers;
    const everybody = { participants, cameras: participants, microphones: participants, speaking: 1, tiles };
    const clients = input.meetings.flatMap((meeting, place) =>
      people(everybody, { ...input, seed: input.seed + place }, meeting, place * participants),
    );
    return { clients, steps: plainSteps(clients, input.numbers) };
  },
};
