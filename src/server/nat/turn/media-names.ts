import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../../../base/clock.ts';
import { Emitter } from '../../../base/emitter.ts';

const intervalMs = 60_000;
/** The start does not wait for a resolver that is not there. */
const firstLimitMs = 2000;

/** The addresses of announced names. Clients resolve them too, and want to be relayed to what they found. */
export class MediaNames {
  readonly events = new Emitter<{ changed: undefined }>();
  readonly #names: readonly string[];
  readonly #resolved = new Map<string, readonly string[]>();
  readonly #stop: () => void;

  /** @param announced names and addresses; the latter need nothing */
  static async create(announced: readonly string[], clock: Clock): Promise<MediaNames> {
    const names = new MediaNames(
      announced.filter((name) => isIP(name) === 0),
      clock,
    );
    if (names.#names.length === 0) return names;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopWaiting = clock.after(firstLimitMs, resolve);
    await Promise.race([names.refresh(), promise]);
    stopWaiting();
    return names;
  }

  private constructor(names: readonly string[], clock: Clock) {
    this.#names = names;
    this.#stop = names.length === 0 ? () => undefined : clock.every(intervalMs, () => void this.refresh());
  }

  get resolved(): ReadonlyMap<string, readonly string[]> {
    return this.#resolved;
  }

  /** Never fails: what was known stays until something else is. */
  async refresh(): Promise<void> {
    const before = JSON.stringify([...this.#resolved]);
    await Promise.all(
      this.#names.map(async (name) => {
        try {
          const found = await lookup(name, { all: true });
          this.#resolved.set(name, found.map(({ address }) => address).sort());
        } catch {
          // A resolver that is away for a moment changes nothing about where we are.
        }
      }),
    );
    if (JSON.stringify([...this.#resolved]) !== before) this.events.emit('changed', undefined);
  }

  close(): void {
    this.#stop();
    this.events.removeAll();
  }
}
