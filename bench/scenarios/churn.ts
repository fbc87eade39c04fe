import { people } from './people.ts';
import { onlyMeeting, plainSteps, type Scenario } from './scenario.ts';

const numbers: Scenario['numbers'] = {
  participants: { default: 20, least: 3, what: 'people in the room' },
  cameras: { default: 6, least: 0, what: 'of them with a camera' },
  tiles: { default: 6, least: 0, what: 'cameras of others each one shows' },
  'changes-per-second': {
    default: 1,
    least: 0.01,
    what: 'how often somebody leaves and somebody else comes',
  },
};

function plan(weighEvery: (numbers: Readonly<Record<string, number>>) => number): Scenario['plan'] {
  return (input) => {
    const { participants = 20, cameras = 6, tiles = 6, 'changes-per-second': perSecond = 1 } = input.numbers;
    const clients = people(
      {
        participants,
        cameras: Math.min(cameras, participants),
        microphones: participants,
        speaking: 1,
        tiles,
      },
      input,
      onlyMeeting(input),
    );
    const meanwhile = {
      clients: clients.map(({ index }) => index),
      perSecond,
      weighEvery: weighEvery(input.numbers),
    };
    return { clients, steps: plainSteps(clients, input.numbers, meanwhile) };
  };
}

/** People come and go all the time. */
export const churn: Scenario = {
  name: 'churn',
  summary: 'people come and go while it is measured',
  size: 'participants',
  numbers,
  plan: plan(() => 0),
};

/** The same for long, and the server is weighed again and again: what is not given back shows as a slope. */
export const soak: Scenario = {
  name: 'soak',
  summary: 'churn for long (--seconds 1800 and more), with the slopes of memory, descriptors and handles',
  size: 'participants',
  numbers: {
    ...numbers,
    'weigh-every': { default: 15, least: 1, what: 'seconds between two looks at what the server holds' },
  },
  plan: plan(({ 'weigh-every': seconds = 15 }) => seconds),
};
