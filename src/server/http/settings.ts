import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.int().min(0).max(65535);
const address = z.string().refine((value) => isIP(value) !== 0, { error: 'must be an IP address' });
const loopback = z
  .string()
  .refine((value) => value === '::1' || (isIP(value) === 4 && value.startsWith('127.')), {
    error: 'must be a loopback address (127.0.0.1 or ::1): plain HTTP is never served to other machines',
  });
const tlsVersion = z.enum(['TLSv1.2', 'TLSv1.3']);

/** Requests from one address (IPv6: one /64). */
const perMinute = z.int().min(1).max(1_000_000);

export const httpSettings = z.strictObject({
  /** of the HTTPS listener */
  listenAddress: address.default('0.0.0.0'),
  port: port.default(8443),
  /** Plain HTTP, for a reverse proxy or a browser on the same machine. */
  loopback: z
    .strictObject({
      enabled: z.boolean().default(true),
      listenAddress: loopback.default('127.0.0.1'),
      port: port.default(8080),
    })
    .prefault({}),
  tls: z
    .strictObject({
      /** PEM with the whole chain; null: a self-signed certificate is made and kept */
      certificateFile: z.string().min(1).nullable().default(null),
      keyFile: z.string().min(1).nullable().default(null),
      /** Host names and addresses the self-signed certificate names besides this machine's own. */
      names: z.array(z.string().min(1).max(253)).max(50).default([]),
      minVersion: tlsVersion.default('TLSv1.2'),
      maxVersion: tlsVersion.default('TLSv1.3'),
      /** OpenSSL cipher list for TLS 1.2; null: Node's default */
      ciphers: z.string().min(1).nullable().default(null),
    })
    .refine((tls) => (tls.certificateFile === null) === (tls.keyFile === null), {
      error: 'certificateFile and keyFile belong together: give both or none',
    })
    .refine((tls) => tls.minVersion <= tls.maxVersion, { error: 'minVersion must not be above maxVersion' })
    .prefault({}),
  /** Addresses or networks (CIDR) of reverse proxies whose X-Forwarded-For is believed. */
  trustedProxies: z
    .array(
      z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
        error: 'must be an IP address or a network like 10.0.0.0/8',
      }),
    )
    .max(50)
    .default([]),
  limits: z
    .strictObject({
      bodyBytes: z
        .int()
        .min(1024)
        .max(1024 * 1024)
        .default(16 * 1024),
      requestsPerMinute: perMinute.default(12_000),
      meetingsPerMinute: perMinute.default(30),
      /** Right codes do not count: a class behind one address types the same one. */
      wrongCodesPerMinute: perMinute.default(30),
      requestTimeoutMs: z.int().min(1000).max(600_000).default(30_000),
    })
    .prefault({}),
});
export type HttpSettings = z.output<typeof httpSettings>;
