import { networkInterfaces } from 'node:os';

/**
 * The address a server under test offers to browsers: that of the test's own network when the file asked for one
 * (`// network: own`), else this machine's first one. Loopback is the last resort: Firefox never uses it for media.
 */
export function localAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outward = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return outward?.address ?? '127.0.0.1';
}
