import { backoffDelay } from '../../../base/backoff.ts';
import type { Clock } from '../../../base/clock.ts';
import { Emitter } from '../../../base/emitter.ts';
import { Lifecycle } from '../../../base/lifecycle.ts';
import type { Log } from '../../../base/log.ts';
import { isPrivateAddress } from '../public-address.ts';
import type { NatSettings } from '../settings.ts';
import { listenForAnnouncements } from './announcements.ts';
import type { GatewayAddress } from './default-gateway.ts';
import { findGateway } from './find-gateway.ts';
import { MappingError, type MappingGateway, type MappingProtocol, type PortToMap } from './gateway.ts';
import { Leases } from './leases.ts';

export interface PortMappingParts {
  settings: NatSettings;
  /** What to map when packets arrive at this address of the machine. */
  ports: (localAddress: string) => readonly PortToMap[];
  /** An address that people have configured makes mapping needless. */
  hasAnnouncedAddresses: boolean;
  gateway: () => Promise<GatewayAddress | undefined>;
  /** Secret; see Pcp. */
  key: Uint8Array;
  clock: Clock;
  log: Log;
}

export type MappingState =
  | { name: 'off'; why: 'configured' | 'announced' | 'public-address' | 'closed' }
  | { name: 'searching' }
  | { name: 'failed'; why: string }
  | {
      name: 'mapped';
      protocol: MappingProtocol;
      router: string;
      localAddress: string;
      /** undefined: the router has none */
      externalAddress: string | undefined;
    };

/** Retries of a search that found nothing: somebody may switch it on in the router. */
const searchAgain = { firstMs: 30_000, highestMs: 15 * 60_000, jitter: 0.2 };
/** Looks in vain until another router is looked for. */
const mostFailures = 3;
const shortestWaitMs = 1000;
/** After a look in vain. */
const doubtfulMs = 10_000;
/** Between two looks because of what the router announced: it announces ten times. */
const announcedMs = 500;
/** For removing the mappings; who ends the server waits. */
const closeLimitMs = 2500;

/** Keeps ports of this machine mapped on the router while the server runs. */
export class PortMapping {
  readonly events: Emitter<{ changed: undefined }>;
  readonly #parts: PortMappingParts;
  readonly #lifecycle = new Lifecycle<void>(() => this.#close());
  #state: MappingState = { name: 'searching' };
  #leases: Leases | undefined;
  #gateway: MappingGateway | undefined;
  #stopListening: () => void = () => undefined;
  #stopTimer: () => void = () => undefined;
  #turn: Promise<void> = Promise.resolve();
  #turning = false;
  #hurrying = false;
  #searches = 0;
  #failures = 0;
  #addressChanges = 0;

  constructor(parts: PortMappingParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    if (parts.settings.portMapping.mode === 'off') this.#state = { name: 'off', why: 'configured' };
    else if (parts.hasAnnouncedAddresses) this.#state = { name: 'off', why: 'announced' };
  }

  get state(): MappingState {
    return this.#state;
  }

  /** What is mapped now. */
  get mapped(): readonly { port: PortToMap; externalPort: number }[] {
    return this.#leases?.mapped ?? [];
  }

  /** What should be, but is not, and why. */
  get refused(): readonly { port: PortToMap; why: string }[] {
    return this.#leases?.refused ?? [];
  }

  /** How often the router's external address became another one. */
  get addressChanges(): number {
    return this.#addressChanges;
  }

  /** Goes on in the background. @returns resolves when the first search has found something or given up */
  start(): Promise<void> {
    if (this.#state.name !== 'searching') return Promise.resolve();
    this.#next();
    return this.#turn;
  }

  /** Removes the mappings, in bounded time. */
  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  /** One look or search at a time. */
  #next(): void {
    if (this.#turning || !this.#lifecycle.isOpen) return;
    this.#stopTimer();
    this.#turning = true;
    this.#hurrying = false;
    const work = this.#gateway ? this.#look() : this.#search();
    this.#turn = work.then(
      (delayMs) => this.#rest(delayMs),
      (error: unknown) => {
        this.#parts.log.error({ error }, 'port mapping failed');
        this.#rest(searchAgain.highestMs);
      },
    );
  }

  #announced(): void {
    if (this.#turning || this.#hurrying) return;
    this.#hurrying = true;
    this.#stopTimer();
    this.#stopTimer = this.#parts.clock.after(announcedMs, () => this.#next());
  }

  #rest(delayMs: number): void {
    this.#turning = false;
    if (!this.#lifecycle.isOpen) return;
    this.#stopTimer = this.#parts.clock.after(delayMs, () => this.#next());
  }

  /** @returns ms until the next turn */
  async #search(): Promise<number> {
    const { settings, clock, key, log } = this.#parts;
    const again = backoffDelay(searchAgain, this.#searches++, 0.5);
    const address = await this.#parts.gateway();
    if (!address)
      return this.#found({ name: 'failed', why: 'this machine has no router (no default gateway)' }, again);
    if (!isPrivateAddress(address.localAddress))
      return this.#found({ name: 'off', why: 'public-address' }, searchAgain.highestMs);
    const ports = this.#parts.ports(address.localAddress);
    const [first] = ports;
    if (!first)
      return this.#found(
        { name: 'failed', why: `nothing listens on ${address.localAddress}, which the router knows` },
        again,
      );
    const { protocols, leaseSeconds } = settings.portMapping;
    try {
      const found = await findGateway({ gateway: address, protocols, key, clock }, first, leaseSeconds);
      const { gateway } = found;
      this.#gateway = gateway;
      this.#leases = new Leases({ gateway, ports, leaseSeconds, clock });
      this.#leases.granted(first, found.first);
      this.#searches = 0;
      this.#failures = 0;
      this.#stopListening = listenForAnnouncements(address.address, gateway.localAddress, () =>
        this.#announced(),
      );
      log.info({ router: address.address, protocol: gateway.name }, 'the router maps ports');
      return await this.#look();
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      const why = `the router ${address.address} maps no ports (${error.message})`;
      // Asked for as long as the server runs; told once.
      const isKnown = this.#state.name === 'failed' && this.#state.why === why;
      log[isKnown ? 'debug' : 'warn']({ router: address.address, why: error.message }, 'no port mapping');
      return this.#found({ name: 'failed', why }, again);
    }
  }

  #found(state: MappingState, delayMs: number): number {
    this.#state = state;
    this.events.emit('changed', undefined);
    return delayMs;
  }

  async #look(): Promise<number> {
    const gateway = this.#gateway;
    const leases = this.#leases;
    if (!gateway || !leases) return shortestWaitMs;
    const before = this.#summary();
    const intervalMs = this.#parts.settings.checkIntervalSeconds * 1000;
    let waitMs = intervalMs;
    try {
      const { externalAddress, forgotten } = await gateway.look(leases.oldest);
      this.#failures = 0;
      if (forgotten) {
        this.#parts.log.warn({ protocol: gateway.name }, 'the router has lost its mappings; asking again');
        leases.forget();
      }
      await leases.renew(() => this.#lifecycle.isOpen);
      this.#setAddress(gateway, externalAddress);
      waitMs = Math.min(intervalMs, leases.msToRenewal);
    } catch (error) {
      this.#failures += 1;
      waitMs = Math.min(intervalMs, doubtfulMs);
      leases.dropExpired();
      this.#parts.log.warn(
        { protocol: gateway.name, why: String(error), failures: this.#failures },
        'the router does not answer',
      );
      if (this.#failures >= mostFailures) this.#lose(gateway, String(error));
    }
    if (this.#summary() !== before) this.events.emit('changed', undefined);
    return Math.max(shortestWaitMs, waitMs);
  }

  #setAddress(gateway: MappingGateway, externalAddress: string | undefined): void {
    const old = this.#state.name === 'mapped' ? this.#state.externalAddress : undefined;
    if (old && externalAddress && old !== externalAddress) {
      this.#addressChanges += 1;
      this.#parts.log.info({}, 'the external address has changed');
    }
    const { protocol, name: router, localAddress } = gateway;
    this.#state = { name: 'mapped', protocol, router, localAddress, externalAddress };
  }

  /** It answers no more: everything is looked for anew. */
  #lose(gateway: MappingGateway, why: string): void {
    gateway.close();
    this.#stopListening();
    this.#gateway = undefined;
    this.#leases = undefined;
    this.#state = { name: 'failed', why: `the router answers no more (${why})` };
  }

  #summary(): string {
    return JSON.stringify([this.#state, this.mapped, this.refused]);
  }

  async #close(): Promise<void> {
    this.#stopTimer();
    this.#stopListening();
    const remove = async () => {
      await this.#turn;
      await this.#leases?.remove();
    };
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, closeLimitMs);
    await Promise.race([remove(), tooLong]);
    clearTimeout(timer);
    this.#gateway?.close();
    this.#leases = undefined;
    this.#state = { name: 'off', why: 'closed' };
    this.events.removeAll();
  }
}
