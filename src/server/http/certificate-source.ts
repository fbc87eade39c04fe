import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { selfSignedCertificate } from './self-signed.ts';
import type { HttpSettings } from './settings.ts';

export interface CertificateSourceParts {
  settings: HttpSettings['tls'];
  dataDirectory: string;
  /** configured names, and what this machine is called and reached at now */
  names: readonly string[];
  hostName: string;
  addresses: () => readonly string[];
  clock: Clock;
  log: Log;
}

const pollIntervalMs = 5000;
const renewalCheckMs = 12 * 60 * 60 * 1000;

/** The current certificate: from files, read again when they change, or self-signed, renewed before it expires. */
export class CertificateSource {
  readonly events = new Emitter<{ changed: Certificate }>();
  readonly #parts: CertificateSourceParts;
  #current: Certificate;
  /** What the files were when last tried: a half-written pair is complained about once. */
  #seen: string;
  readonly #stop: () => void;

  static async create(parts: CertificateSourceParts): Promise<CertificateSource> {
    const { certificateFile, keyFile } = parts.settings;
    // Before reading: a change in between is then seen at the next look.
    const seen = certificateFile && keyFile ? signature(certificateFile, keyFile) : '';
    return new CertificateSource(parts, await load(parts), seen);
  }

  private constructor(parts: CertificateSourceParts, certificate: Certificate, seen: string) {
    this.#parts = parts;
    this.#current = certificate;
    this.#seen = seen;
    const interval = parts.settings.certificateFile ? pollIntervalMs : renewalCheckMs;
    this.#stop = parts.clock.every(interval, () => void this.refresh());
  }

  get current(): Certificate {
    return this.#current;
  }

  /** Looks now; by itself every few seconds. Never throws: the old certificate stays in use. */
  async refresh(): Promise<void> {
    const { certificateFile, keyFile } = this.#parts.settings;
    if (certificateFile && keyFile) {
      // Polling, because what changes is often a symbolic link two levels up, which fs.watch does not see.
      const seen = signature(certificateFile, keyFile);
      if (seen === this.#seen) return;
      this.#seen = seen;
    }
    try {
      const certificate = await load(this.#parts);
      if (
        certificate.fingerprint === this.#current.fingerprint &&
        certificate.certificate === this.#current.certificate
      )
        return;
      this.#current = certificate;
      this.#parts.log.info(
        { fingerprint: certificate.fingerprint, expiresAt: new Date(certificate.expiresAt) },
        'new TLS certificate in use',
      );
      this.events.emit('changed', certificate);
    } catch (error) {
      this.#parts.log.warn({ error }, 'the new TLS certificate cannot be used; the old one stays in use');
    }
  }

  close(): void {
    this.#stop();
    this.events.removeAll();
  }
}

function load(parts: CertificateSourceParts): Promise<Certificate> {
  const { certificateFile, keyFile } = parts.settings;
  if (!certificateFile || !keyFile) {
    return selfSignedCertificate({
      dataDirectory: parts.dataDirectory,
      names: parts.names,
      hostName: parts.hostName,
      addresses: parts.addresses(),
      now: parts.clock.now(),
    });
  }
  return new Promise((resolve) => {
    try {
      resolve(readCertificate(readFileSync(keyFile, 'utf8'), readFileSync(certificateFile, 'utf8')));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `http.tls.certificateFile (${certificateFile}) and http.tls.keyFile (${keyFile}) cannot be used: ${why}`,
      );
    }
  });
}

function signature(...paths: string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeMs}` : 'none';
    })
    .join(', ');
}
