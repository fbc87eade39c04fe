import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

export interface GatewayAddress {
  /** of the router */
  address: string;
  /** of this machine, on the way there */
  localAddress: string;
}

/** The router this machine sends everything to that is not in its own network; undefined without one, and where there is no /proc. */
export async function findDefaultGateway(): Promise<GatewayAddress | undefined> {
  const address = defaultGateway(await readFile('/proc/net/route', 'utf8').catch(() => ''));
  if (!address) return undefined;
  const socket = createSocket('udp4');
  try {
    // Connecting a UDP socket sends nothing; the kernel only chooses the way.
    socket.connect(9, address);
    await once(socket, 'connect');
    return { address, localAddress: socket.address().address };
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

const up = 0x1;
const isGateway = 0x2;

/** @param table /proc/net/route: numbers in hexadecimal, addresses in host byte order, which is little-endian everywhere Node runs on Linux */
export function defaultGateway(table: string): string | undefined {
  const routes = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 8)
    .map(([, destination, gateway, flags, , , metric, mask]) => ({
      isDefault: destination === '00000000' && mask === '00000000',
      gateway: gateway ?? '',
      flags: Number.parseInt(flags ?? '', 16),
      metric: Number(metric),
    }))
    .filter(({ isDefault, flags }) => isDefault && (flags & up) !== 0 && (flags & isGateway) !== 0)
    .filter(({ gateway }) => /^[0-9A-F]{8}$/i.test(gateway) && gateway !== '00000000')
    .sort((a, b) => a.metric - b.metric);
  const [best] = routes;
  return best && [...Buffer.from(best.gateway, 'hex')].reverse().join('.');
}
