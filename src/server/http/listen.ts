import type { Server } from 'node:net';

/** A port could not be opened; the text says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * @param setting where the port is configured
 * @throws ListenError
 */
export function listen(
  server: Server,
  address: string,
  port: number,
  setting: { key: string; variable: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const advice = `Change ${setting.key} in the configuration or set ${setting.variable}.`;
      reject(new ListenError(`${reasonOf(error, address, port)} ${advice}`, { cause: error }));
    };
    server.once('error', failed);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function reasonOf(error: NodeJS.ErrnoException, address: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${address} is taken by another program.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user (ports below 1024 need a privilege).`;
    case 'EADDRNOTAVAIL':
      return `This machine does not have the address ${address}.`;
    default:
      return `Port ${port} on ${address} cannot be opened: ${error.message}.`;
  }
}
