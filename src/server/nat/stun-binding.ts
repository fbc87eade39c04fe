import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { familyCodes, ipOfBytes } from './turn/addresses.ts';
import { attributeOf, attributes, parseStun, readXorAddress, StunWriter } from './turn/stun-message.ts';

/** Servers older than RFC 5389 know no other. */
const mappedAddress = 0x0001;
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
  return new StunWriter('binding', 'request', transactionId).finish();
}

/** @returns the IPv4 address that was seen; undefined: not the answer to this request */
export function readBinding(message: Buffer, transactionId: Buffer): string | undefined {
  const answer = parseStun(message);
  if (answer?.method !== 'binding' || answer.class !== 'success') return undefined;
  if (!answer.transactionId.equals(transactionId)) return undefined;
  const xored = attributeOf(answer, attributes.xorMappedAddress);
  const seen = xored && readXorAddress(xored, transactionId)?.ip;
  if (seen !== undefined) return isIPv4(seen) ? seen : undefined;
  const plain = attributeOf(answer, mappedAddress);
  return plain?.length === 8 && plain[1] === familyCodes.ipv4 ? ipOfBytes(plain.subarray(4)) : undefined;
}
