import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { ipv4 } from './port-mapping/ip-octets.ts';

/** RFC 8489. */
const magicCookie = 0x2112a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const mappedAddress = 0x0001;
const xorMappedAddress = 0x0020;
const defaultPort = 3478;
/** ms to the next try. */
const tries = [500, 1000, 1500];

export interface StunAnswer {
  /** IPv4 address that the server sees. */
  address: string;
  /** of this machine, on the way there */
  localAddress: string;
}

/**
 * Asks a STUN server which address it sees. IPv4 only: that is what sits behind a NAT.
 * @param server `host` or `host:port` @throws Error that says why there is no answer
 */
export async function askStun(server: string): Promise<StunAnswer> {
  const [host = '', port = String(defaultPort)] = server.split(':');
  const { address: serverAddress } = await lookup(host, { family: 4 });
  const socket = createSocket('udp4');
  const id = randomBytes(12);
  const answered = Promise.withResolvers<string>();
  let timer: NodeJS.Timeout | undefined;
  try {
    socket.on('error', answered.reject);
    socket.on('message', (message) => {
      const address = readBinding(message, id);
      if (address) answered.resolve(address);
    });
    // Connected: the kernel drops what comes from anybody else.
    socket.connect(Number(port), serverAddress);
    await once(socket, 'connect');
    const send = (attempt: number) => {
      const delay = tries[attempt];
      if (delay === undefined) return answered.reject(new Error('no answer'));
      socket.send(binding(id), () => undefined);
      timer = setTimeout(() => send(attempt + 1), delay);
    };
    send(0);
    const { address: localAddress } = socket.address();
    return { address: await answered.promise, localAddress };
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

export function binding(transactionId: Buffer): Buffer {
  const request = Buffer.alloc(20);
  request.writeUInt16BE(bindingRequest, 0);
  request.writeUInt32BE(magicCookie, 4);
  transactionId.copy(request, 8);
  return request;
}

/** @returns the IPv4 address that was seen; undefined: not the answer to this request */
export function readBinding(message: Buffer, transactionId: Buffer): string | undefined {
  if (message.length < 20 || message.readUInt16BE(0) !== bindingSuccess) return undefined;
  if (message.readUInt32BE(4) !== magicCookie || !message.subarray(8, 20).equals(transactionId))
    return undefined;
  const end = 20 + message.readUInt16BE(2);
  if (end !== message.length) return undefined;
  let plain: string | undefined;
  for (let at = 20; at + 4 <= end; ) {
    const type = message.readUInt16BE(at);
    const length = message.readUInt16BE(at + 2);
    const value = message.subarray(at + 4, at + 4 + length);
    if (at + 4 + length > end) return undefined;
    if (length === 8 && value[1] === 1) {
      if (type === xorMappedAddress) {
        const cookie = Buffer.alloc(4);
        cookie.writeUInt32BE(magicCookie);
        return ipv4(value.subarray(4).map((octet, index) => octet ^ (cookie[index] ?? 0)));
      }
      if (type === mappedAddress) plain = ipv4(value.subarray(4));
    }
    // Attributes begin at multiples of four.
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return plain;
}
