import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import { askStun } from './stun-binding.ts';

export interface PublicNamesParts {
  /** DNS names of this machine's public addresses. */
  names: readonly string[];
  stunServer: string | null;
  intervalMs: number;
  clock: Clock;
  log: Log;
  resolve?: (name: string) => Promise<string[]>;
  stun?: typeof askStun;
}

/** A name has this many addresses at most; more would cost every client a candidate each. */
const mostAddresses = 4;

/** Public addresses that have to be asked for again and again: those behind DNS names, and the one a STUN server sees. */
export class PublicNames {
  readonly events: Emitter<{ changed: undefined }>;
  readonly #parts: PublicNamesParts;
  readonly #addresses = new Map<string, string[]>();
  readonly #problems = new Map<string, string>();
  #seen: { address: string; localAddress: string } | undefined;
  #stop: () => void = () => undefined;
  #closed = false;

  constructor(parts: PublicNamesParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
  }

  /** name → its addresses, IPv4 and IPv6 */
  get addresses(): ReadonlyMap<string, readonly string[]> {
    return this.#addresses;
  }

  /** What the STUN server sees, and which address of this machine that is. */
  get seen(): { address: string; localAddress: string } | undefined {
    return this.#seen;
  }

  /** name or server → why it is not known. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Goes on in the background. @returns resolves after the first round */
  async start(): Promise<void> {
    const { names, stunServer, clock, intervalMs } = this.#parts;
    if (names.length === 0 && stunServer === null) return;
    await this.#round();
    if (!this.#closed) this.#stop = clock.every(intervalMs, () => void this.#round());
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.events.removeAll();
  }

  async #round(): Promise<void> {
    const { names, stunServer } = this.#parts;
    const looks = names.map((name) => this.#attempt(name, () => this.#resolve(name)));
    if (stunServer !== null) looks.push(this.#attempt(stunServer, () => this.#see(stunServer)));
    await Promise.all(looks);
    if (!this.#closed) this.events.emit('changed', undefined);
  }

  /** What was known stays known: an address is more likely to be still right than a DNS server to be always there. */
  async #attempt(what: string, look: () => Promise<void>): Promise<void> {
    try {
      await look();
      this.#problems.delete(what);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (this.#problems.get(what) !== why) this.#parts.log.warn({ what, why }, 'public address not known');
      this.#problems.set(what, why);
    }
  }

  async #resolve(name: string): Promise<void> {
    const { resolve = allAddresses } = this.#parts;
    this.#addresses.set(name, (await resolve(name)).slice(0, mostAddresses));
  }

  async #see(server: string): Promise<void> {
    this.#seen = await (this.#parts.stun ?? askStun)(server);
  }
}

async function allAddresses(name: string): Promise<string[]> {
  const found = (await lookup(name, { all: true })).map(({ address }) => address);
  return [...new Set(found)].sort((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)));
}
