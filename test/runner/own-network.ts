import process from 'node:process';

/**
 * A network of a test's own: loopback and one interface with an address and a default route, but nothing behind it.
 * Browsers find the same addresses on every machine (Firefox never offers 127.0.0.1 for media), and nothing a test
 * does can leave it. The kernel removes it together with the last process in it.
 */
export const ownAddress = '10.77.0.1';

const setUp = [
  'ip link set lo up',
  'ip link add plenum0 type veth peer name plenum1',
  // An IPv6 address of its own becomes valid after a second: to a browser the network has changed then, and it ends what it is loading.
  'ip link set plenum0 addrgenmode none',
  'ip link set plenum1 addrgenmode none',
  `ip addr add ${ownAddress}/24 dev plenum0`,
  'ip link set plenum0 up',
  'ip link set plenum1 up',
  'ip route add default via 10.77.0.2',
  'exec "$@"',
].join('\n');

/** @returns the command line that runs `command` in a fresh network; without root through a user namespace. */
export function inOwnNetwork(command: readonly string[]): string[] {
  const unshare =
    process.getuid?.() === 0 ? ['unshare', '--net'] : ['unshare', '--user', '--map-root-user', '--net'];
  return [...unshare, '--', '/bin/sh', '-ec', setUp, 'sh', ...command];
}
