import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { type Certificate, readCertificate } from './certificate.ts';

export interface SelfSignedParts {
  dataDirectory: string;
  /** names and addresses from the configuration: always covered */
  names: readonly string[];
  /** this machine's own, as they are now */
  hostName: string;
  addresses: readonly string[];
  now: number;
}

const dayMs = 24 * 60 * 60 * 1000;
// Apple's systems refuse more than 825 days even where the certificate was imported by hand.
const lifetimeMs = 820 * dayMs;
const renewBeforeMs = 30 * dayMs;

/**
 * The kept self-signed certificate, or a new one. People pin its fingerprint, so it only changes when it must: before it
 * expires, when a configured name is missing in it, or when nothing is configured and the machine has none of the addresses
 * left that it names (moved to another network).
 */
export async function selfSignedCertificate(parts: SelfSignedParts): Promise<Certificate> {
  const path = join(parts.dataDirectory, 'self-signed.pem');
  const kept = readKept(path);
  if (kept && isGoodEnough(new X509Certificate(kept.certificate), parts)) return kept;
  const made = await make(parts, kept?.key);
  // One file, renamed into place: never a key without its certificate.
  writeFileSync(`${path}.new`, made.key + made.certificate, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return made;
}

/** Addresses of this machine that the certificate does not name. */
export function uncoveredAddresses(certificate: Certificate, addresses: readonly string[]): string[] {
  const x509 = new X509Certificate(certificate.certificate);
  return addresses.filter((address) => !covers(x509, address));
}

function readKept(path: string): Certificate | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const start = text.indexOf('-----BEGIN CERTIFICATE-----');
    return readCertificate(text.slice(0, start), text.slice(start));
  } catch {
    // Missing or damaged: made anew.
    return undefined;
  }
}

function isGoodEnough(certificate: X509Certificate, { names, addresses, now }: SelfSignedParts): boolean {
  if (certificate.validToDate.getTime() - now < renewBeforeMs) return false;
  if (!names.every((name) => covers(certificate, name))) return false;
  return (
    names.length > 0 || addresses.length === 0 || addresses.some((address) => covers(certificate, address))
  );
}

function covers(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

async function make(parts: SelfSignedParts, key: string | undefined): Promise<Certificate> {
  const names = new Set([
    'localhost',
    parts.hostName,
    ...parts.names,
    '127.0.0.1',
    '::1',
    ...parts.addresses,
  ]);
  const altNames = [...names].flatMap((name) => {
    if (isIP(name)) return { type: 7 as const, ip: name };
    return /^[\w*.-]+$/.test(name) ? { type: 2 as const, value: name } : [];
  });
  const made = await generate([{ name: 'commonName', value: 'Plenum (self-signed)' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A clock that is a little behind ours must not see a certificate from the future.
    notBeforeDate: new Date(parts.now - dayMs),
    notAfterDate: new Date(parts.now + lifetimeMs),
    // The key stays, so that whoever pinned the key is not asked again.
    ...(key ? { keyPair: { privateKey: key, publicKey: publicKeyOf(key) } } : {}),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return readCertificate(withNewline(made.private), withNewline(made.cert));
}

function publicKeyOf(key: string): string {
  return createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'pem' }).toString();
}

function withNewline(pem: string): string {
  return `${pem.trim().replaceAll('\r\n', '\n')}\n`;
}
