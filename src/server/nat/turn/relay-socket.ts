import dgram from 'node:dgram';
import { type Family, familyOf, type TransportAddress } from './addresses.ts';

/** Addresses are addresses here: asking a resolver would cost a turn of the event loop for each packet. */
export function noLookup(
  ip: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, ip, familyOf(ip) === 'ipv6' ? 6 : 4);
}

/** Without a callback a failed send would be an `error` event, and end what is open for the sake of one packet. */
function ignore(): void {}

/** A relayed transport address: a UDP socket of one allocation. */
export class RelaySocket {
  readonly address: TransportAddress;
  readonly #socket: dgram.Socket;

  /** @param even RFC 8656 EVEN-PORT @returns undefined when no port can be had */
  static async open(
    ip: string,
    even: boolean,
    received: (packet: Buffer, from: dgram.RemoteInfo) => void,
  ): Promise<RelaySocket | undefined> {
    // Half of what the system gives is even: sixteen odd ones in a row do not happen.
    for (let attempt = 0; attempt < (even ? 16 : 1); attempt += 1) {
      const socket = await bind(familyOf(ip), ip);
      if (!socket) return undefined;
      const { port } = socket.address();
      if (even && port % 2 === 1) {
        socket.close();
        continue;
      }
      socket.on('message', received);
      return new RelaySocket(socket, { ip, port });
    }
    return undefined;
  }

  private constructor(socket: dgram.Socket, address: TransportAddress) {
    this.#socket = socket;
    this.address = address;
  }

  send(packet: Buffer, { ip, port }: TransportAddress): void {
    this.#socket.send(packet, port, ip, ignore);
  }

  close(): void {
    this.#socket.removeAllListeners('message');
    this.#socket.close();
  }
}

function bind(family: Family, address: string): Promise<dgram.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket({ type: family === 'ipv6' ? 'udp6' : 'udp4', lookup: noLookup });
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address, port: 0, exclusive: true }, () => {
      socket.removeAllListeners('error');
      socket.on('error', ignore);
      resolve(socket);
    });
  });
}
