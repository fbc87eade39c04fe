import { lossGoals, outageGoals, steadyGoals, stepGoals, stripGoals, uplinkGoals } from './goals.ts';
import type { Cast, Phase, Situation } from './situation.ts';

const kilobit = 1000;
const open: Phase = { name: 'open', seconds: 8 };

/** A line that is bad all the time. The page enters on a perfect one, so what it floods at first is not counted. */
function steadily(line: Pick<Phase, 'up' | 'down'>): Phase[] {
  return [open, { name: 'settling', seconds: 10, ...line }, { name: 'steady', seconds: 30, ...line }];
}

function step(name: string, cast: Cast, who: string): Situation {
  return {
    name,
    summary: `${who}: unlimited, then 300 kbit/s with a queue of 100 ms for 40 s, then unlimited`,
    isShort: true,
    cast,
    phases: [
      open,
      { name: 'tight', seconds: 40, down: { rate: 300 * kilobit, queueMs: 100 } },
      { name: 'lifted', seconds: 20 },
    ],
    goals: [...stepGoals],
  };
}

/** As cheap access lines do: the queue holds more than is good for speech. */
const steadyQueueMs = 600;
const rates = [64, 150, 300, 500, 1000];
const losses = [0, 5, 10, 20];
const roundTrips = [20, 200, 600];
const shortCells = new Set(['down-64-loss-0-rtt-20', 'down-150-loss-0-rtt-20']);

function cell(rate: number, loss: number, roundTrip: number): Situation {
  const name = `down-${rate}-loss-${loss}-rtt-${roundTrip}`;
  const way = { delayMs: roundTrip / 2, loss: loss / 100 };
  return {
    name,
    summary: `down ${rate} kbit/s, ${loss} % lost both ways, round trip ${roundTrip} ms`,
    isShort: shortCells.has(name),
    cast: 'meeting',
    phases: steadily({ down: { ...way, rate: rate * kilobit, queueMs: steadyQueueMs }, up: way }),
    goals: loss === 0 ? [...steadyGoals(rate)] : [],
  };
}

const cells = rates.flatMap((rate) =>
  losses.flatMap((loss) => roundTrips.map((roundTrip) => cell(rate, loss, roundTrip))),
);

const lossy: Situation = {
  name: 'loss-10',
  summary: '1 Mbit/s, 10 % lost at random both ways, round trip 100 ms',
  isShort: true,
  cast: 'meeting',
  phases: steadily({
    down: { rate: 1000 * kilobit, queueMs: 200, loss: 0.1, delayMs: 50 },
    up: { loss: 0.1, delayMs: 50 },
  }),
  goals: [...lossGoals],
};

const bursts = { goodMs: 2000, badMs: 60, lossInGood: 0.001, lossInBad: 0.6 };
const wifi: Situation = {
  name: 'wifi',
  summary: 'bad Wi-Fi: 6 Mbit/s, every 2 s 60 % lost for 60 ms, up to 40 ms of jitter',
  isShort: true,
  cast: 'meeting',
  phases: steadily({
    down: { rate: 6000 * kilobit, queueMs: 200, burst: bursts, delayMs: 5, jitterMs: 40 },
    up: { burst: bursts, delayMs: 5, jitterMs: 40 },
  }),
  goals: [...lossGoals],
};

const uplink: Situation = {
  name: 'up-200',
  summary: 'somebody who speaks has 200 kbit/s upwards; how others see and hear it',
  isShort: true,
  cast: 'page-speaks',
  phases: steadily({ up: { rate: 200 * kilobit, queueMs: 300, delayMs: 20 }, down: { delayMs: 20 } }),
  goals: [...uplinkGoals],
};

const outage: Situation = {
  name: 'outage',
  summary: 'nothing passes for 5 s',
  isShort: true,
  cast: 'meeting',
  phases: [
    open,
    { name: 'outage', seconds: 5, up: { down: true }, down: { down: true } },
    { name: 'back', seconds: 15 },
  ],
  goals: [...outageGoals],
};

const strip: Situation = {
  name: 'smallest',
  summary: 'one other looks at the page, small: what the page sends',
  isShort: true,
  cast: 'page-in-strip',
  phases: [open, { name: 'steady', seconds: 20 }],
  goals: [...stripGoals],
};

export const situations: readonly Situation[] = [
  step('step', 'meeting', 'nine people'),
  step('step-one-sender', 'one-sender', 'one sender'),
  lossy,
  wifi,
  uplink,
  outage,
  strip,
  ...cells,
];
