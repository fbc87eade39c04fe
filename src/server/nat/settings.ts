import { z } from 'zod';
import { mappingProtocols } from './port-mapping/gateway.ts';

const hostAndPort = /^[a-z0-9.-]{1,253}(:\d{1,5})?$/i;

/** The `nat` slice of the configuration. */
export const natSettings = z.strictObject({
  portMapping: z
    .strictObject({
      /** auto: when this machine has a private address and media.announcedAddresses is empty */
      mode: z.enum(['off', 'auto']).default('auto'),
      /** Most preferred first */
      protocols: z
        .array(z.enum(mappingProtocols))
        .min(1)
        .refine((names) => new Set(names).size === names.length, 'each protocol once')
        .default([...mappingProtocols]),
      /** The router forgets a mapping that is not renewed for so long; it is renewed at half of it */
      leaseSeconds: z.int().min(120).max(604_800).default(3600),
    })
    .prefault({}),
  /** Asked for this machine's public address, `host:port`; null: nobody is */
  stunServer: z.string().regex(hostAndPort, { error: 'must be host or host:port' }).nullable().default(null),
  /** How often is looked whether the public address has changed: at the router, the STUN server, the DNS */
  checkIntervalSeconds: z.int().min(1).max(3600).default(60),
});
export type NatSettings = z.output<typeof natSettings>;
