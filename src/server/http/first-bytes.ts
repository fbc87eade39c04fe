import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';

export interface FirstBytesParts {
  /** Takes a connection that does not speak HTTP; undefined: there is nobody, and it is closed. */
  other: ((socket: TLSSocket) => void) | undefined;
  /** A connection that says nothing is closed after this long. */
  silenceMs: number;
}

/**
 * One port for two protocols: looks at the first octet after the TLS handshake. STUN's is 0 or 1 (RFC 8489 §5: two zero
 * bits, and no method needs more), HTTP begins with a letter.
 * @returns closes the connections that are not HTTP's
 */
export function sortByFirstByte(server: Server, { other, silenceMs }: FirstBytesParts): () => void {
  // The one listener that https.Server has put there: it is handed the connection once it is known to be HTTP.
  const serve = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
  server.removeAllListeners('secureConnection');
  const mine = new Set<TLSSocket>();
  let closing = false;

  server.on('secureConnection', (socket: TLSSocket) => {
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
      } else if (other) {
        other(socket);
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
