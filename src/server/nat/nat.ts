import { isIPv4, isIPv6 } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { Lifecycle } from '../../base/lifecycle.ts';
import type { Log } from '../../base/log.ts';
import { AnnouncedAddresses, portKey } from './announced-addresses.ts';
import { findDefaultGateway } from './port-mapping/default-gateway.ts';
import type { PortToMap } from './port-mapping/gateway.ts';
import { PortMapping } from './port-mapping/port-mapping.ts';
import { isPrivateAddress, type MediaAddresses } from './public-address.ts';
import { PublicNames } from './public-names.ts';
import type { NatSettings } from './settings.ts';

export interface NatParts {
  settings: NatSettings;
  media: MediaAddresses;
  /** Configured ones, names and addresses. */
  announcedAddresses: readonly string[];
  /** What is to be reached from outside, when the router sends it to this address of the machine. */
  ports: (localAddress: string) => readonly PortToMap[];
  /** Secret; only derived values leave it. */
  key: Uint8Array;
  clock: Clock;
  log: Log;
}

/** How this server is reached from outside: asks the router, the DNS and a STUN server, and keeps what is told to clients. */
export class Nat {
  readonly announced: AnnouncedAddresses;
  readonly portMapping: PortMapping;
  readonly #parts: NatParts;
  readonly #names: PublicNames;
  readonly #lifecycle = new Lifecycle<void>(() => this.#close());

  constructor(parts: NatParts) {
    const { settings, clock, log, announcedAddresses, ports, key } = parts;
    this.#parts = parts;
    this.announced = new AnnouncedAddresses((error) => log.error({ error }, 'listener failed'));
    this.portMapping = new PortMapping({
      settings,
      ports,
      hasAnnouncedAddresses: announcedAddresses.length > 0,
      gateway: findDefaultGateway,
      key,
      clock,
      log,
    });
    this.#names = new PublicNames({
      names: parts.media.names,
      stunServer: settings.stunServer,
      intervalMs: settings.checkIntervalSeconds * 1000,
      clock,
      log,
    });
    this.portMapping.events.on('changed', () => this.#routerChanged());
    this.#names.events.on('changed', () => this.#namesChanged());
  }

  /** Goes on in the background. @returns resolves when all have been asked once */
  async start(): Promise<void> {
    await Promise.all([this.portMapping.start(), this.#names.start()]);
  }

  /** Removes the mappings from the router. Bounded in time. */
  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  /** The router's public address and the port there that leads to HTTPS here. */
  get outerHttps(): { address: string; port: number } | undefined {
    const { state, mapped } = this.portMapping;
    const port = mapped.find((its) => its.port.purpose === 'https')?.externalPort;
    if (state.name !== 'mapped' || !isUsable(state.externalAddress) || port === undefined) return undefined;
    return { address: state.externalAddress, port };
  }

  /** Where media is told to come to, and how each address is known. */
  get told(): { address: string; how: string }[] {
    const own = this.#parts.media.addresses.flatMap(({ ip, announcedAddress }) => [
      { address: ip, how: "this machine's own" },
      ...(announcedAddress ? [{ address: announcedAddress, how: 'media.announcedAddresses' }] : []),
    ]);
    return [...own, ...this.announced.all.map(({ address, how }) => ({ address, how }))];
  }

  /** What does not work, in words, with what to do. */
  get notes(): string[] {
    const { problems } = this.#names;
    return [
      ...this.#mappingNotes(),
      ...[...problems].map(([what, why]) => `The public address of ${what} is not known: ${why}.`),
    ];
  }

  #mappingNotes(): string[] {
    const { state, refused } = this.portMapping;
    if (state.name === 'failed') {
      return [
        `Port mapping: ${state.why}. Switch on UPnP, NAT-PMP or PCP there, or forward the ports by hand and set media.announcedAddresses; nat.portMapping.mode: off ends the attempts.`,
      ];
    }
    if (state.name !== 'mapped') return [];
    const notes = refused.map(
      ({ port, why }) =>
        `Port mapping: ${port.protocol.toUpperCase()} ${port.port} (${port.purpose}) is not mapped: ${why}.`,
    );
    if (!isUsable(state.externalAddress)) {
      const what = state.externalAddress
        ? `the router's own address ${state.externalAddress} is not public: there is another NAT before it`
        : 'the router has no address on the internet';
      notes.push(`Port mapping: ${what}. People outside cannot reach this server directly.`);
    }
    return notes;
  }

  #routerChanged(): void {
    const { state, mapped } = this.portMapping;
    if (state.name !== 'mapped' || !isUsable(state.externalAddress)) {
      this.announced.set('router', []);
      return;
    }
    const media = mapped.filter(({ port }) => port.purpose === 'media');
    const ports = new Map(media.map(({ port, externalPort }) => [portKey(port), externalPort]));
    const { externalAddress: address, localAddress: innerAddress, router } = state;
    this.announced.set(
      'router',
      ports.size > 0 ? [{ address, innerAddress, ports, how: `the router's, by ${router}` }] : [],
    );
  }

  #namesChanged(): void {
    const { addresses } = this.#parts.media;
    const own = new Set(addresses.map(({ ip }) => ip));
    const fromNames = [...this.#names.addresses].flatMap(([name, found]) =>
      found.flatMap((address) => {
        const innerAddress = [...own].find(isIPv6(address) ? isIPv6 : isIPv4);
        // One of this machine's own is told anyway.
        return innerAddress === undefined || own.has(address)
          ? []
          : [{ address, innerAddress, ports: 'same' as const, how: `${name}, by DNS` }];
      }),
    );
    this.announced.set('dns', fromNames);
    const { seen } = this.#names;
    const isNew = seen && own.has(seen.localAddress) && !own.has(seen.address);
    const how = `seen by ${this.#parts.settings.stunServer}, by STUN`;
    this.announced.set(
      'stun',
      isNew ? [{ address: seen.address, innerAddress: seen.localAddress, ports: 'same', how }] : [],
    );
  }

  async #close(): Promise<void> {
    this.#names.close();
    this.announced.events.removeAll();
    await this.portMapping.close();
  }
}

function isUsable(address: string | undefined): address is string {
  return address !== undefined && !isPrivateAddress(address);
}
