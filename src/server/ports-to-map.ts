import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import type { PortToMap } from './nat/port-mapping/gateway.ts';
import type { MediaAddresses } from './nat/public-address.ts';

/**
 * The ports that others should reach through the router: what listens at this address of the machine, the most important
 * first. Ports that the system chooses (0) are other ones after every start: they are for tests, not for a router.
 */
export function portsToMap(config: Config, media: MediaAddresses, localAddress: string): PortToMap[] {
  const { http, turn, media: settings } = config;
  const ports: PortToMap[] = [];
  const wildcards = ['0.0.0.0', '::', localAddress];
  if (http.port > 0 && wildcards.includes(http.listenAddress))
    ports.push({ protocol: 'tcp', port: http.port, purpose: 'https' });
  const atMedia = media.addresses.some(({ ip }) => ip === localAddress);
  if (settings.firstPort > 0 && atMedia) {
    const count = settings.workers || availableParallelism();
    for (let port = settings.firstPort; port < settings.firstPort + count; port += 1)
      ports.push({ protocol: 'udp', port, purpose: 'media' }, { protocol: 'tcp', port, purpose: 'media' });
  }
  const atTurn =
    turn.listenAddresses.length === 0 ? atMedia : turn.listenAddresses.some((ip) => wildcards.includes(ip));
  if (turn.enabled && turn.port > 0 && atTurn)
    for (const protocol of ['udp', 'tcp'] as const)
      ports.push({ protocol, port: turn.port, purpose: 'turn' });
  return ports;
}
