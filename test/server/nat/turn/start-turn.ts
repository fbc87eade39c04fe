import dgram from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '../../../../src/base/clock.ts';
import type { TransportAddress } from '../../../../src/server/nat/turn/addresses.ts';
import { EmbeddedTurn } from '../../../../src/server/nat/turn/embedded-turn.ts';
import type { MediaPeer } from '../../../../src/server/nat/turn/media-peers.ts';
import { turnSettings } from '../../../../src/server/nat/turn/settings.ts';
import { testLog } from '../../http/start-http.ts';

export const secret = 'a-secret-of-tests-that-nobody-guesses';

/** A UDP echo on a port, or two that follow each other, in the place of media. */
export interface Echo {
  peers: MediaPeer[];
  peer: TransportAddress;
  /** what came, with the address it came from */
  heard: { data: Buffer; from: TransportAddress }[];
  close(): void;
}

/** @param ports neighbours, for clients that also use the port after the one they were given */
export async function startEcho(ports: 1 | 2 = 1, ip = '127.0.0.1'): Promise<Echo> {
  for (;;) {
    const first = await bound(0, ip);
    const { port } = first.address();
    const second = ports === 2 ? await bound(port + 1, ip).catch(() => undefined) : undefined;
    if (ports === 2 && !second) {
      first.close();
      continue;
    }
    const heard: Echo['heard'] = [];
    const sockets = [first, ...(second ? [second] : [])];
    for (const socket of sockets) {
      socket.on('message', (data, from) => {
        heard.push({ data, from: { ip: from.address, port: from.port } });
        socket.send(data, from.port, from.address);
      });
    }
    const peers = sockets.map((socket) => {
      const address = { ip, port: socket.address().port };
      return { told: address, inner: address };
    });
    const close = () => {
      for (const socket of sockets) socket.close();
    };
    return { peers, peer: { ip, port }, heard, close };
  }
}

async function bound(port: number, address: string): Promise<dgram.Socket> {
  const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind({ port, address, exclusive: true });
  await once(socket, 'listening');
  return socket;
}

/** The embedded server as the whole server starts it, in its thread, on a free port of loopback. */
export function startTurn(peers: () => readonly MediaPeer[], settings: object = {}): Promise<EmbeddedTurn> {
  return EmbeddedTurn.start({
    settings: turnSettings.parse({ port: 0, ...settings }),
    secret: new TextEncoder().encode(secret),
    listenAddresses: ['127.0.0.1'],
    peers,
    clock: systemClock,
    log: testLog,
  });
}
