import { isIP } from 'node:net';
import type { MediaPeer } from './media-peers.ts';

/** Where the workers receive: addresses of this machine, and what is told beside some of them. */
export interface MediaListening {
  addresses: readonly { ip: string; announcedAddress?: string }[];
  ports: readonly { ip: string; port: number }[];
}

/**
 * The relay rule's data, from what the workers have open.
 * @param resolved addresses of announced names: clients resolve them, and ask for what they found
 */
export function mediaPeersOf(
  { addresses, ports }: MediaListening,
  resolved: ReadonlyMap<string, readonly string[]>,
): MediaPeer[] {
  return ports.flatMap(({ ip, port }) => {
    const inner = { ip, port };
    const announced = addresses.find((address) => address.ip === ip)?.announcedAddress;
    const others =
      announced === undefined ? [] : isIP(announced) ? [announced] : (resolved.get(announced) ?? []);
    return [inner, ...others.map((other) => ({ ip: other, port }))].map((told) => ({ told, inner }));
  });
}
