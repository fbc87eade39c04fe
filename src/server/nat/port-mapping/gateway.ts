export const mappingProtocols = ['pcp', 'nat-pmp', 'upnp'] as const;
export type MappingProtocol = (typeof mappingProtocols)[number];

export type PortPurpose = 'media' | 'turn' | 'https';

/** A port of this machine that others should reach through the router. */
export interface PortToMap {
  protocol: 'udp' | 'tcp';
  port: number;
  purpose: PortPurpose;
}

/** What the router granted. */
export interface Grant {
  externalPort: number;
  /** 0: until it is removed */
  lifetimeSeconds: number;
}

/** One look at the router. */
export interface Look {
  /** undefined: it has none, or does not tell */
  externalAddress: string | undefined;
  /** It has lost what we asked for: it was restarted, or somebody removed it. */
  forgotten: boolean;
}

/** A router that maps ports on request, in one of the three protocols. Every call is bounded in time and rejects with MappingError. */
export interface MappingGateway {
  readonly protocol: MappingProtocol;
  /** For people: `PCP`, `UPnP IGD 2` */
  readonly name: string;
  /** Of this machine, on the way to the router: where mapped packets arrive. */
  readonly localAddress: string;
  /** Asks for a mapping, or for more time for it. @param externalPort the wanted one; another may be granted */
  map(port: PortToMap, externalPort: number, lifetimeSeconds: number): Promise<Grant>;
  unmap(port: PortToMap, externalPort: number): Promise<void>;
  /** @param known a mapping that should be there */
  look(known: { port: PortToMap; externalPort: number; lifetimeSeconds: number } | undefined): Promise<Look>;
  close(): void;
}

/** Why a router did not do as it was asked, in words. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly kind: 'silent' | 'refused' | 'garbage';

  constructor(kind: MappingError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
