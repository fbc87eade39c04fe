import { isIP } from 'node:net';
import { z } from 'zod';

export const metricsSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** Numbers tell about people too: loopback unless the network between here and the collector is yours. */
  listenAddress: z
    .string()
    .refine((value) => isIP(value) !== 0, { error: 'must be an IP address' })
    .default('127.0.0.1'),
  port: z.int().min(0).max(65535).default(9464),
});
export type MetricsSettings = z.output<typeof metricsSettings>;
