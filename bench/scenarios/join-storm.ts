import { people } from './people.ts';
import { ending, onlyMeeting, type Scenario, warmUp } from './scenario.ts';

/** Everybody comes within seconds; later a switch somewhere loses power for a moment, and everybody comes back at once. */
export const joinStorm: Scenario = {
  name: 'join-storm',
  summary: 'all join one room within seconds; then all connections break, and all return at once',
  size: 'participants',
  numbers: {
    participants: { default: 200, least: 2, what: 'people, all with a microphone' },
    cameras: { default: 20, least: 0, what: 'of them with a camera' },
    within: { default: 10, least: 0.1, what: 'seconds in which they join' },
    tiles: { default: 2, least: 0, what: 'cameras of others each one shows' },
    'tile-height': {
      default: 180,
      least: 0,
      what: 'lines of picture each tile has (0: as large as it comes)',
    },
    speaking: { default: 2, least: 0, what: 'people who speak at a time' },
    blip: { default: 2, least: 0, what: 'seconds without signalling afterwards (0: none)' },
  },
  plan(input) {
    const { participants = 200, cameras = 20, within = 10, tiles = 2, speaking = 2 } = input.numbers;
    const { 'tile-height': tileHeight = 180, blip = 2, seconds = 20, settle = 5 } = input.numbers;
    const plans = people(
      { participants, cameras: Math.min(cameras, participants), microphones: participants, speaking, tiles },
      input,
      onlyMeeting(input),
    );
    const clients = tileHeight > 0 ? plans.map((plan) => ({ ...plan, tileHeight })) : plans;
    const everybody = clients.map(({ index }) => index);
    return {
      clients,
      steps: [
        ...warmUp(clients, input.numbers),
        { do: 'weigh', what: 'weighing', moment: 'empty' },
        {
          do: 'join',
          what: `${participants} join within ${within} s`,
          clients: everybody,
          perSecond: participants / within,
        },
        { do: 'settle', what: 'settling', seconds: settle },
        { do: 'measure', what: 'measuring', seconds },
        { do: 'weigh', what: 'weighing', moment: 'full' },
        ...(blip > 0
          ? [
              {
                do: 'cut' as const,
                what: `no signalling for ${blip} s, then all return`,
                clients: everybody,
                seconds: blip,
              },
            ]
          : []),
        ...ending(),
      ],
    };
  },
};
