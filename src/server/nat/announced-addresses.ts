import { Emitter } from '../../base/emitter.ts';

export type AddressSource = 'dns' | 'router' | 'stun';

/** A socket of this machine. */
export interface LocalPort {
  protocol: 'udp' | 'tcp';
  address: string;
  port: number;
}

/** An address at which others reach one of this machine's. */
export interface AnnouncedAddress {
  address: string;
  /** of this machine, where it arrives */
  innerAddress: string;
  /** Which port out there leads to which in here, as `udp 44400`; `same`: each to itself. */
  ports: 'same' | ReadonlyMap<string, number>;
  /** In words: how it is known. */
  how: string;
}

export const portKey = ({ protocol, port }: Pick<LocalPort, 'protocol' | 'port'>) => `${protocol} ${port}`;

/**
 * Where media is reached from outside, as it is known now. Workers receive packets whichever address they were sent to,
 * so nothing has to be started again when it changes; it is only told to clients, beside the workers' own candidates.
 */
export class AnnouncedAddresses {
  readonly events: Emitter<{ changed: undefined }>;
  readonly #bySource = new Map<AddressSource, readonly AnnouncedAddress[]>();

  /** @param failed what to do with an error that a listener throws */
  constructor(failed: (error: unknown) => void) {
    this.events = new Emitter(failed);
  }

  get all(): readonly (AnnouncedAddress & { source: AddressSource })[] {
    return [...this.#bySource].flatMap(([source, its]) => its.map((one) => ({ ...one, source })));
  }

  /** Replaces what this source has told before. */
  set(source: AddressSource, addresses: readonly AnnouncedAddress[]): void {
    const before = fingerprint(this.#bySource.get(source) ?? []);
    this.#bySource.set(source, addresses);
    if (fingerprint(addresses) !== before) this.events.emit('changed', undefined);
  }

  /** Addresses and ports that lead to this socket. */
  of(local: LocalPort): { address: string; port: number }[] {
    const mapped = this.all.filter(({ ports }) => ports !== 'same');
    const found = new Map<string, { address: string; port: number }>();
    for (const { address, innerAddress, ports } of this.all) {
      if (innerAddress !== local.address || address === local.address) continue;
      // Where the router says which ports lead in, guessing the same one would be a candidate that leads nowhere.
      if (ports === 'same' && mapped.some((its) => its.address === address)) continue;
      const port = ports === 'same' ? local.port : ports.get(portKey(local));
      if (port !== undefined) found.set(`${address} ${port}`, { address, port });
    }
    return [...found.values()];
  }
}

function fingerprint(addresses: readonly AnnouncedAddress[]): string {
  return addresses
    .map(({ address, innerAddress, ports }) =>
      JSON.stringify([address, innerAddress, ports === 'same' ? ports : [...ports].sort()]),
    )
    .sort()
    .join();
}
