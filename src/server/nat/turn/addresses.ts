import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { isPrivateAddress } from '../public-address.ts';

/** An IP address and a port. `ip` is always in the form that the system's own sockets print, so that texts can be compared. */
export interface TransportAddress {
  readonly ip: string;
  readonly port: number;
}

/** Why a peer is not relayed to; also the label of the refusals that are counted. */
export type ForbiddenReason =
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'ipv4-mapped'
  | 'media-port'
  | 'other';

export const familyCodes = { ipv4: 1, ipv6: 2 } as const;
export type Family = keyof typeof familyCodes;

export function familyOf(ip: string): Family {
  return isIPv6(ip) ? 'ipv6' : 'ipv4';
}

/** One spelling for every address, without a zone. @returns undefined for what is no address */
export function canonicalIp(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const plain = text.replace(/%.*$/, '');
  return isIPv6(plain) ? new SocketAddress({ address: plain, family: 'ipv6' }).address : undefined;
}

/** As sockets that take both families tell it: ::ffff:192.0.2.1 is 192.0.2.1. */
export function remoteIp(text: string | undefined): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text ?? '')?.[1];
  return mapped ?? canonicalIp(text ?? '') ?? '0.0.0.0';
}

/** @param bytes 4 or 16 */
export function ipOfBytes(bytes: Buffer): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

export function bytesOfIp(ip: string): Buffer {
  if (isIPv4(ip)) return Buffer.from(ip.split('.').map(Number));
  // A dotted tail (::ffff:192.0.2.1) stands for the last two groups.
  const text = ip.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
  const [head = '', tail] = text.split('::');
  const front = head ? head.split(':') : [];
  const back = tail ? tail.split(':') : [];
  const middle = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  const bytes = Buffer.alloc(16);
  [...front, ...middle, ...back].slice(0, 8).forEach((group, index) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16) & 0xffff, index * 2);
  });
  return bytes;
}

export function keyOf({ ip, port }: TransportAddress): string {
  return `${ip} ${port}`;
}

// Where clouds tell their machines their secrets, outside of the link-local networks: AWS over IPv6, Alibaba, Azure, Oracle.
const metadata = new Set(
  [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
  ].map((ip) => bytesOfIp(ip).toString('hex')),
);

/** What kind of address somebody wanted to be relayed to that is not one of ours. Only for counting: nothing is allowed here. */
export function kindOfForbidden(ip: string): ForbiddenReason {
  const bytes = bytesOfIp(ip);
  if (metadata.has(bytes.toString('hex'))) return 'metadata';
  return bytes.length === 4 ? kindOfIpv4(bytes, ip) : kindOfIpv6(bytes);
}

function kindOfIpv4([first = 0, second = 0]: Buffer, ip: string): ForbiddenReason {
  if (first === 0) return 'unspecified';
  if (first === 127) return 'loopback';
  if (first === 169 && second === 254) return 'link-local';
  if (first >= 224) return 'multicast'; // broadcast and reserved ones too
  return isPrivateAddress(ip) ? 'private' : 'other';
}

function kindOfIpv6(bytes: Buffer): ForbiddenReason {
  const leadingZeros = bytes.findIndex((byte) => byte !== 0);
  if (leadingZeros === -1) return 'unspecified';
  if (leadingZeros === 15 && bytes[15] === 1) return 'loopback';
  // ::ffff:0:0/96, the deprecated ::/96, and NAT64's 64:ff9b::/96: other spellings of IPv4 addresses
  if (leadingZeros >= 12 || (leadingZeros === 10 && bytes.readUInt16BE(10) === 0xffff)) return 'ipv4-mapped';
  if (bytes.readUInt32BE(0) === 0x0064ff9b) return 'ipv4-mapped';
  const [first = 0, second = 0] = bytes;
  if (first === 0xff) return 'multicast';
  if (first === 0xfe && (second & 0xc0) === 0x80) return 'link-local';
  return (first & 0xfe) === 0xfc || (first === 0xfe && (second & 0xc0) === 0xc0) ? 'private' : 'other';
}
