import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountSettings } from './settings.ts';

const shortest = 32;
// What people copy from documentation. The example secrets of other systems have opened many a server.
const known =
  /^(change[-_ ]?me|secret|password|passwort|example|test|default|plenum|your[-_ ]|my[-_ ]|insert|replace|todo|xxx)/i;

/** Where a secret may come from. */
interface SecretPlace {
  /** the configured one */
  value: string | null;
  file: string | null;
  /** their keys in the configuration, for complaints */
  key: string;
  /** where one that was made is kept, in the data directory */
  name: string;
}

/**
 * The secret that signs join tokens: the configured one, or one made on the first start and kept in the data directory.
 * @throws Error when a configured secret is short, known or repetitive
 */
export function loadJoinTokenSecret(settings: AccountSettings, dataDirectory: string): Uint8Array {
  const { joinTokenSecret: value, joinTokenSecretFile: file } = settings;
  return loadSecret(
    { value, file, key: 'accounts.joinTokenSecret', name: 'join-token-secret' },
    dataDirectory,
  );
}

/** The same for any secret. @throws Error when a configured secret is short, known or repetitive */
export function loadSecret({ value, file, key, name }: SecretPlace, dataDirectory: string): Uint8Array {
  if (value !== null) return check(value, key);
  if (file !== null) {
    const where = `${key}File (${file})`;
    return check(read(file, where).trim(), where);
  }
  const path = join(dataDirectory, name);
  try {
    // wx: the first of two processes that start at once wins, the other reads.
    writeFileSync(path, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return check(read(path, path).trim(), path);
}

function read(path: string, where: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${where} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function check(secret: string, where: string): Uint8Array {
  const advice = 'Make one with: openssl rand -base64 48';
  if (secret.length < shortest)
    throw new Error(`${where}: must have at least ${shortest} characters. ${advice}`);
  if (known.test(secret) || new Set(secret).size < 10)
    throw new Error(`${where}: is easy to guess. ${advice}`);
  return new TextEncoder().encode(secret);
}
