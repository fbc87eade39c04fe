import { createPrivateKey, X509Certificate } from 'node:crypto';

/** What TLS needs, checked. */
export interface Certificate {
  /** PEM */
  key: string;
  /** PEM, with the chain */
  certificate: string;
  /** SHA-256 of the certificate, AA:BB:… as browsers show it */
  fingerprint: string;
  selfSigned: boolean;
  /** ms since the epoch */
  expiresAt: number;
}

/** @throws Error when one is not what it should be or they do not belong together */
export function readCertificate(key: string, certificate: string): Certificate {
  const x509 = new X509Certificate(certificate);
  if (!x509.checkPrivateKey(createPrivateKey(key)))
    throw new Error('the key does not belong to the certificate');
  return {
    key,
    certificate,
    fingerprint: x509.fingerprint256,
    // Not checkIssued(): it also wants the right to sign certificates, which a server's needs not have.
    selfSigned: x509.verify(x509.publicKey),
    expiresAt: x509.validToDate.getTime(),
  };
}
