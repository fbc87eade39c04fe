import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import process from 'node:process';
import { loadConfig } from '../server/config.ts';
import { machineAddresses } from '../server/nat/public-address.ts';

const defaultConfigFile = 'config/plenum.yaml';

/**
 * Where the server on this machine listens, by its configuration.
 * @param file as npm start is given it
 * @throws Error with a text for people
 */
export function localServer(file: string | undefined): URL {
  const named = file ?? process.env['PLENUM_CONFIG'];
  const name = named ?? (existsSync(defaultConfigFile) ? defaultConfigFile : undefined);
  const { http } = loadConfig(name ? { name, text: readFileSync(name, 'utf8') } : undefined, process.env);
  const everywhere = http.listenAddress === '0.0.0.0' || http.listenAddress === '::';
  // The way that others come, as far as it goes on this machine: on loopback there is no relay.
  const [own = '127.0.0.1'] = machineAddresses(networkInterfaces());
  const host = everywhere ? own : http.listenAddress;
  return new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${http.port}`);
}
