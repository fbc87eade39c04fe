import { z } from 'zod';

export const accountSettings = z
  .strictObject({
    /** Signs join tokens; null: one is made on the first start and kept in the data directory. */
    joinTokenSecret: z.string().nullable().default(null),
    joinTokenSecretFile: z.string().min(1).nullable().default(null),
  })
  .refine((settings) => settings.joinTokenSecret === null || settings.joinTokenSecretFile === null, {
    error: 'give joinTokenSecret or joinTokenSecretFile, not both',
  });
export type AccountSettings = z.output<typeof accountSettings>;
