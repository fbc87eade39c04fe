import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { until } from './until.ts';
import type { Received } from './watch-media.ts';

/** What came of each person between two looks. */
export type Growth = Record<string, Received>;

/** Long enough for several pictures and a beep of the fake microphone even when the machine is busy. */
const lookMs = 1500;

/** What one page sees and hears of the others, in whichever browser. */
export class MeetingMedia {
  readonly #name: string;
  readonly #received: () => Promise<Record<string, Received>>;

  constructor(name: string, received: () => Promise<Record<string, Received>>) {
    this.#name = name;
    this.#received = received;
  }

  received(): Promise<Record<string, Received>> {
    return this.#received();
  }

  async growth(overMs = lookMs): Promise<Growth> {
    const before = await this.#received();
    await sleep(overMs);
    const after = await this.#received();
    return Object.fromEntries(
      Object.entries(after).map(([name, now]) => {
        const then = before[name] ?? { frames: undefined, energy: undefined, bytes: 0 };
        return [
          name,
          {
            frames: now.frames === undefined ? undefined : now.frames - (then.frames ?? 0),
            energy: now.energy === undefined ? undefined : now.energy - (then.energy ?? 0),
            bytes: now.bytes - then.bytes,
          },
        ];
      }),
    );
  }

  /** Waits until pictures and sound of all these people are coming. @returns ms it took */
  async untilFlows(names: readonly string[], timeoutMs = 60_000): Promise<number> {
    const started = performance.now();
    // Against the lowest value so far: a single interval may be without a beep, and fresh connections count from zero.
    const lowest = new Map<string, Received>();
    await until(
      `${this.#name} sees and hears ${names.join(' and ')}`,
      async () => {
        const now = await this.#received();
        const missing = names.filter((name) => !hasGrown(lowest, name, now[name]));
        if (missing.length > 0) throw new Error(`not ${missing.join(', ')}: ${inspect(now)}`);
        return true;
      },
      { timeoutMs, everyMs: 100 },
    );
    return performance.now() - started;
  }

  /**
   * Waits until exactly this has stopped, and nothing else of anybody, then makes sure that it stays so.
   * @param stopped by name; everybody else in `others`
   * @throws Error when it does not stop, starts again, or anything else stops
   */
  async untilOnlyStopped(
    stopped: Record<string, 'frames' | 'energy'>,
    others: readonly string[] = [],
  ): Promise<void> {
    const wanted = `${this.#name} gets no ${inspect(stopped)}, but everything else`;
    const check = (growth: Growth) => {
      const names = [...Object.keys(stopped), ...others];
      const wrong = names.filter((name) => !isRight(growth[name], stopped[name]));
      if (wrong.length > 0) throw new Error(`${wrong.join(', ')}: ${inspect(growth)}`);
      return true;
    };
    await until(wanted, async () => check(await this.growth()));
    check(await this.growth(2 * lookMs));
  }
}

/** @param stopped what must stand still; a stream that is gone stands still as well */
function isRight(growth: Received | undefined, stopped: 'frames' | 'energy' | undefined): boolean {
  return (['frames', 'energy'] as const).every((what) => {
    const grown = growth?.[what] ?? 0;
    return what === stopped ? grown === 0 : grown > 0;
  });
}

function hasGrown(lowest: Map<string, Received>, name: string, now: Received | undefined): boolean {
  const before = lowest.get(name);
  const [frames, energy] = [now?.frames ?? 0, now?.energy ?? 0];
  const floor = {
    frames: Math.min(before?.frames ?? frames, frames),
    energy: Math.min(before?.energy ?? energy, energy),
    bytes: 0,
  };
  lowest.set(name, floor);
  return frames - floor.frames > 3 && energy - floor.energy > 0;
}
