import { createSocket } from 'node:dgram';

/** Where routers tell that their address has changed or that they were restarted (RFC 6886 section 3.2.1, RFC 6887 section 14.1). */
const group = '224.0.0.1';
const port = 5350;

/** @param heard called for every datagram of the router; what it says is asked for again, so it needs no belief @returns a function that stops */
export function listenForAnnouncements(from: string, localAddress: string, heard: () => void): () => void {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.unref();
  // Without it changes are noticed by asking now and then.
  socket.on('error', () => undefined);
  socket.on('message', (_, { address }) => {
    if (address === from) heard();
  });
  socket.bind(port, () => {
    try {
      socket.addMembership(group, localAddress);
    } catch {
      // The same.
    }
  });
  return () => {
    try {
      socket.close();
    } catch {
      // Never opened.
    }
  };
}
