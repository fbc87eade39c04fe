import type { Server } from 'node:https';
import type { Socket } from 'node:net';

export interface FirstBytesParts {
  /** Takes a connection that speaks STUN; undefined: there is nobody, and it is closed. */
  stun: ((socket: Socket) => void) | undefined;
  /** A connection that says nothing is closed after this long. */
  silenceMs: number;
}

/**
 * One port for more than one protocol: looks at the first octet, as it comes and again after the TLS handshake. STUN's is 0
 * or 1 (RFC 8489 §5: two zero bits, and no method needs more), a TLS handshake begins with 22, HTTP with a letter.
 * @returns closes the connections that have not shown what they are, and those that are STUN's
 */
export function sortByFirstByte(server: Server, parts: FirstBytesParts): () => void {
  const closers = (['connection', 'secureConnection'] as const).map((event) => sort(server, event, parts));
  return () => {
    for (const close of closers) close();
  };
}

function sort(
  server: Server,
  event: 'connection' | 'secureConnection',
  { stun, silenceMs }: FirstBytesParts,
): () => void {
  // What https.Server itself has put there: TLS takes over from TCP, HTTP from TLS, once it is known to be theirs.
  const serve = server.listeners(event) as ((socket: Socket) => void)[];
  server.removeAllListeners(event);
  const mine = new Set<Socket>();
  let closing = false;

  server.on(event, (socket: Socket) => {
    // Its handshake was under way.
    if (closing) {
      socket.destroy();
      return;
    }
    mine.add(socket);
    const failed = () => socket.destroy();
    const look = () => {
      const chunk = socket.read() as Buffer | null;
      if (!chunk) return;
      socket.off('readable', look);
      socket.off('error', failed);
      socket.off('timeout', failed);
      socket.off('end', failed);
      socket.setTimeout(0);
      socket.unshift(chunk);
      if ((chunk[0] ?? 0) > 1) {
        mine.delete(socket);
        for (const listener of serve) listener.call(server, socket);
      } else if (stun) {
        stun(socket);
      } else {
        socket.destroy();
      }
    };
    socket.once('close', () => mine.delete(socket));
    socket.on('error', failed);
    socket.on('timeout', failed);
    socket.on('end', failed);
    socket.setTimeout(silenceMs);
    socket.on('readable', look);
  });
  return () => {
    closing = true;
    for (const socket of mine) socket.destroy();
  };
}
