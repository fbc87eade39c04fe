import type { Clock } from '../../../base/clock.ts';
import type { GatewayAddress } from './default-gateway.ts';
import {
  type Grant,
  MappingError,
  type MappingGateway,
  type MappingProtocol,
  type PortToMap,
} from './gateway.ts';
import { NatPmp } from './nat-pmp.ts';
import { Pcp } from './pcp.ts';
import { Upnp } from './upnp.ts';

export interface FindParts {
  gateway: GatewayAddress;
  /** In the order of preference. */
  protocols: readonly MappingProtocol[];
  key: Uint8Array;
  clock: Clock;
}

/** A router that has shown that it maps: the first port is mapped already. */
export interface FoundGateway {
  gateway: MappingGateway;
  first: Grant;
}

/**
 * All protocols are spoken at once, because who does not speak one is just silent; the one that is preferred of those
 * that work is used. Each has to prove it with a real mapping: routers announce what they then refuse.
 * @throws MappingError that tells about each protocol
 */
export async function findGateway(
  parts: FindParts,
  port: PortToMap,
  lifetimeSeconds: number,
): Promise<FoundGateway> {
  const { gateway: address, key, clock } = parts;
  const open: Record<MappingProtocol, () => Promise<MappingGateway>> = {
    pcp: () => Pcp.open({ gateway: address.address, key, clock }),
    'nat-pmp': () => NatPmp.open(address.address, clock),
    upnp: () => Upnp.open(address),
  };
  const opening = parts.protocols.map((protocol) => {
    const promise = open[protocol]();
    promise.catch(() => undefined);
    return { protocol, promise };
  });
  const problems: string[] = [];
  let worst: MappingError['kind'] = 'silent';
  let found: FoundGateway | undefined;
  for (const { protocol, promise } of opening) {
    let gateway: MappingGateway | undefined;
    try {
      gateway = await promise;
      found = { gateway, first: await gateway.map(port, port.port, lifetimeSeconds) };
      break;
    } catch (error) {
      gateway?.close();
      const { kind, message } =
        error instanceof MappingError ? error : new MappingError('garbage', String(error));
      if (kind !== 'silent') worst = kind;
      problems.push(`${protocolNames[protocol]}: ${message}`);
    }
  }
  // Whoever answered after another was chosen is not needed.
  for (const { promise } of opening) {
    promise.then(
      (its) => its !== found?.gateway && its.close(),
      () => undefined,
    );
  }
  if (!found) throw new MappingError(worst, problems.join('; '));
  return found;
}

const protocolNames: Readonly<Record<MappingProtocol, string>> = {
  pcp: 'PCP',
  'nat-pmp': 'NAT-PMP',
  upnp: 'UPnP',
};
