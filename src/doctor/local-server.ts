import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import process from 'node:process';
import { loadConfig } from '../server/config.ts';

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
  const host = everywhere ? '127.0.0.1' : http.listenAddress;
  return new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${http.port}`);
}
