import type { Clock } from '../../../base/clock.ts';
import { type Grant, MappingError, type MappingGateway, type PortToMap } from './gateway.ts';

interface Lease extends Grant {
  /** ms */
  grantedAt: number;
}

/** Home routers are slow; some lose what is asked while they write the last into their flash memory. */
const atATime = 4;

/** The mappings on one router: which are there, until when, and which it refused. */
export class Leases {
  readonly #gateway: MappingGateway;
  readonly #ports: readonly PortToMap[];
  readonly #leaseSeconds: number;
  readonly #clock: Clock;
  readonly #leases = new Map<PortToMap, Lease>();
  readonly #refused = new Map<PortToMap, string>();

  constructor(parts: {
    gateway: MappingGateway;
    ports: readonly PortToMap[];
    leaseSeconds: number;
    clock: Clock;
  }) {
    this.#gateway = parts.gateway;
    this.#ports = parts.ports;
    this.#leaseSeconds = parts.leaseSeconds;
    this.#clock = parts.clock;
  }

  get mapped(): { port: PortToMap; externalPort: number }[] {
    return this.#ports.flatMap((port) => {
      const lease = this.#leases.get(port);
      return lease ? [{ port, externalPort: lease.externalPort }] : [];
    });
  }

  get refused(): { port: PortToMap; why: string }[] {
    return [...this.#refused].map(([port, why]) => ({ port, why }));
  }

  /** One that should be there, to ask the router about. */
  get oldest(): { port: PortToMap; externalPort: number; lifetimeSeconds: number } | undefined {
    const [mapped] = this.mapped;
    return mapped && { ...mapped, lifetimeSeconds: this.#leaseSeconds };
  }

  get msToRenewal(): number {
    const now = this.#clock.now();
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...[...this.#leases.values()].map((its) => renewalAt(its) - now),
    );
  }

  granted(port: PortToMap, grant: Grant): void {
    this.#refused.delete(port);
    this.#leases.set(port, { ...grant, grantedAt: this.#clock.now() });
  }

  /** The router knows none of them any more; they are asked for with the same external ports. */
  forget(): void {
    for (const lease of this.#leases.values()) lease.grantedAt = Number.NEGATIVE_INFINITY;
  }

  dropExpired(): void {
    const now = this.#clock.now();
    for (const [port, { grantedAt, lifetimeSeconds }] of this.#leases) {
      if (lifetimeSeconds > 0 && grantedAt + lifetimeSeconds * 1000 < now) this.#leases.delete(port);
    }
  }

  /** Asks for what is missing and for more time for what has half of it behind it. @param goOn looked at between two */
  async renew(goOn: () => boolean): Promise<void> {
    const now = this.#clock.now();
    const due = this.#ports.filter((port) => {
      const lease = this.#leases.get(port);
      return !lease || renewalAt(lease) <= now;
    });
    for (let at = 0; at < due.length && goOn(); at += atATime)
      await Promise.all(due.slice(at, at + atATime).map((port) => this.#map(port)));
    this.dropExpired();
  }

  async remove(): Promise<void> {
    const mapped = this.mapped;
    this.#leases.clear();
    for (let at = 0; at < mapped.length; at += atATime) {
      const some = mapped.slice(at, at + atATime);
      await Promise.allSettled(some.map(({ port, externalPort }) => this.#gateway.unmap(port, externalPort)));
    }
  }

  async #map(port: PortToMap): Promise<void> {
    const wanted = this.#leases.get(port)?.externalPort ?? port.port;
    try {
      this.granted(port, await this.#gateway.map(port, wanted, this.#leaseSeconds));
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      this.#refused.set(port, error.message);
    }
  }
}

function renewalAt({ grantedAt, lifetimeSeconds }: Lease): number {
  // A mapping without an end needs no renewal, unless it was forgotten.
  if (lifetimeSeconds === 0 && Number.isFinite(grantedAt)) return Number.POSITIVE_INFINITY;
  return grantedAt + lifetimeSeconds * 500;
}
