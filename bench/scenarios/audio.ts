import { people } from './people.ts';
import { onlyMeeting, plainSteps, type Scenario } from './scenario.ts';

/** A large audio room: everybody could speak, some do, most only listen. */
export const audio: Scenario = {
  name: 'audio',
  summary: 'a large room without cameras, all microphones open',
  size: 'participants',
  numbers: {
    participants: { default: 100, least: 2, what: 'people in the room' },
    microphones: { default: -1, least: -1, what: 'people with an open microphone (-1: all)' },
    speaking: { default: 5, least: 0, what: 'people who speak at a time' },
  },
  plan(input) {
    const { participants = 100, microphones = -1, speaking = 5 } = input.numbers;
    const clients = people(
      { participants, microphones: microphones < 0 ? participants : microphones, speaking, tiles: 0 },
      input,
      onlyMeeting(input),
    );
    return { clients, steps: plainSteps(clients, input.numbers) };
  },
};
