import type { AnnouncedAddresses } from '../announced-addresses.ts';
import type { MediaPeer } from './media-peers.ts';

/** Where the workers receive: addresses of this machine, and what is told instead of some of them. */
export interface MediaListening {
  addresses: readonly { ip: string; announcedAddress?: string }[];
  ports: readonly { ip: string; port: number }[];
}

/**
 * The relay rule's data, from what the workers have open.
 * @param announced what clients are told besides; names come resolved
 */
export function mediaPeersOf(
  { addresses, ports }: MediaListening,
  announced: Pick<AnnouncedAddresses, 'of'>,
): MediaPeer[] {
  return ports.flatMap(({ ip, port }) => {
    const inner = { ip, port };
    const configured = addresses.find((address) => address.ip === ip)?.announcedAddress;
    const others = announced
      .of({ protocol: 'udp', address: ip, port })
      .map(({ address, port: outer }) => ({ ip: address, port: outer }));
    if (configured !== undefined) others.push({ ip: configured, port });
    return [inner, ...others].map((told) => ({ told, inner }));
  });
}
