import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** As os.networkInterfaces() gives them. */
export type NetworkInterfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Where media is received and, behind a NAT, the address to tell clients beside it. */
export interface MediaAddress {
  ip: string;
  announcedAddress?: string;
}

export interface MediaAddresses {
  addresses: MediaAddress[];
  /** Announced names: what they stand for is asked for while the server runs. */
  names: string[];
  /** What will not work, in words, with the setting to change. */
  notes: string[];
  /** Nothing of this leads in from the internet: to be said where no router and no STUN server helps. */
  isPrivate: boolean;
}

// Bridges and virtual cables of containers and virtual machines: reached by nobody else, and each would cost every client a candidate.
const virtual = /^(docker|br-|virbr|veth|vnet|cni|flannel|podman|lxcbr|lxdbr|cali)/;
const most = 8;

/** This machine's own addresses that others can use: no loopback, no link-local; IPv4 first. */
export function machineAddresses(interfaces: NetworkInterfaces): string[] {
  const usable = (skipVirtual: boolean) =>
    Object.entries(interfaces).flatMap(([name, infos = []]) =>
      skipVirtual && virtual.test(name)
        ? []
        : infos.filter((info) => !info.internal && !isLinkLocal(info.address)).map((info) => info.address),
    );
  const real = usable(true);
  const found = real.length > 0 ? real : usable(false);
  return [...new Set(found)].sort((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)));
}

/** @param settings the media slice's listenAddresses and announcedAddresses */
export function mediaAddresses(
  settings: { listenAddresses: readonly string[]; announcedAddresses: readonly string[] },
  interfaces: NetworkInterfaces,
): MediaAddresses {
  const notes: string[] = [];
  const own = machineAddresses(interfaces);
  const wanted = settings.listenAddresses.length > 0 ? settings.listenAddresses : ['0.0.0.0', '::'];
  // A wildcard cannot be told to clients, so it becomes the addresses it stands for.
  const listen = [...new Set(wanted.flatMap((address) => expand(address, own)))].slice(0, most);
  if (listen.length === 0) {
    listen.push('127.0.0.1');
    notes.push(
      'Media from other machines: this machine has no network address. Start again when it has one.',
    );
  }
  const free = [...listen];
  const addresses = new Map<string, MediaAddress>(listen.map((ip) => [ip, { ip }]));
  const names = settings.announcedAddresses.filter((announced) => isIP(announced) === 0);
  for (const announcedAddress of settings.announcedAddresses) {
    if (names.includes(announcedAddress)) continue;
    // mediasoup tells one address for each one it listens on.
    const isFamily = isIPv6(announcedAddress) ? isIPv6 : isIPv4;
    const ip = free.find((address) => address === announcedAddress) ?? free.find(isFamily);
    if (ip === undefined) {
      notes.push(
        `Media at ${announcedAddress}: no listening address is left for it. Shorten media.announcedAddresses or lengthen media.listenAddresses.`,
      );
      continue;
    }
    free.splice(free.indexOf(ip), 1);
    if (ip !== announcedAddress) addresses.set(ip, { ip, announcedAddress });
  }
  const told = [...addresses.values()].map(({ ip, announcedAddress }) => announcedAddress ?? ip);
  const isPrivate = notes.length === 0 && names.length === 0 && told.every(isPrivateAddress);
  return { addresses: [...addresses.values()], names, notes, isPrivate };
}

function expand(address: string, own: readonly string[]): string[] {
  if (address === '0.0.0.0') return own.filter((candidate) => isIPv4(candidate));
  if (address === '::') return own.filter((candidate) => isIPv6(candidate));
  return [address];
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab]/i.test(address);
}

/** Not routed on the internet: RFC 1918, RFC 6598, unique local, loopback, link-local. A name is taken for public. */
export function isPrivateAddress(address: string): boolean {
  if (isIPv6(address)) return address === '::1' || /^f[cd]/i.test(address) || isLinkLocal(address);
  if (!isIPv4(address)) return false;
  const [first = 0, second = 0] = address.split('.').map(Number);
  if (first === 10 || first === 127 || isLinkLocal(address)) return true;
  if (first === 172) return second >= 16 && second < 32;
  return (first === 192 && second === 168) || (first === 100 && second >= 64 && second < 128);
}
