import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { encodeTcpFrame, splitTcpFrames } from 'werift';
import { type PacketPath, socketProblem, within } from './packet-path.ts';

/** @param address an IP address. @throws PathProblem */
export async function openUdpPath(address: string, port: number): Promise<PacketPath> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  let closed = false;
  let failure: unknown;
  const path: PacketPath = {
    onPacket: () => undefined,
    waitingOctets: 0,
    get failure() {
      return failure;
    },
    send(packet) {
      if (!closed) socket.send(packet);
    },
    close() {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
  socket.on('message', (packet) => path.onPacket(packet));
  try {
    // Connected, so that the kernel knows the route and drops what others send.
    socket.connect(port, address);
    await once(socket, 'connect');
  } catch (error) {
    path.close();
    throw socketProblem(error);
  }
  // A port that is closed (ICMP) is told here; whoever waits for an answer asks.
  socket.on('error', (error) => {
    failure = error;
  });
  return path;
}

/** ICE-TCP: packets framed by their length (RFC 4571). @throws PathProblem */
export async function openTcpPath(address: string, port: number, limitMs: number): Promise<PacketPath> {
  const socket = connect({ host: address, port, noDelay: true });
  const path: PacketPath = {
    onPacket: () => undefined,
    get waitingOctets() {
      return socket.writableLength;
    },
    send(packet) {
      if (socket.writable) socket.write(encodeTcpFrame(packet));
    },
    close() {
      socket.destroy();
    },
  };
  try {
    await within(limitMs, once(socket, 'connect'));
  } catch (error) {
    path.close();
    throw socketProblem(error);
  }
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    const split = splitTcpFrames(Buffer.concat([rest, data]));
    rest = split.rest;
    for (const frame of split.frames) path.onPacket(frame);
  });
  return path;
}
