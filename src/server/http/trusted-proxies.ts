import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

/** Reverse proxies whose X-Forwarded-For is believed, and what they say. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @param entries addresses and networks (CIDR), checked by the configuration */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address);
    try {
      return this.#list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
    } catch {
      return false; // no address at all
    }
  }

  /** Where a request comes from: the last hop that is not one of the proxies. */
  addressOf(request: IncomingMessage): string {
    let address = plainAddress(request.socket.remoteAddress ?? '');
    const header = request.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? ''))
      .split(',')
      .map((hop) => hop.trim());
    // From the right: what is further left was written by somebody we know less.
    for (const hop of hops.reverse()) {
      if (!hop || !this.has(address)) return address;
      address = plainAddress(hop);
    }
    return address;
  }
}

function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
