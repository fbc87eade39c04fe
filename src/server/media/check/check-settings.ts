import { z } from 'zod';

/** `media.check`: trying the ways to the media workers, which needs no meeting link. */
export const checkSettings = z.strictObject({
  /** The doctor, the page /check, and the lobby's look at the network before joining */
  enabled: z.boolean().default(true),
  /** Checks at a time */
  maxChecks: z.int().min(1).max(10_000).default(50),
  /** Checks begun by one client address (IPv6: one /64) in a minute; the lobby of everybody who joins begins one */
  checksPerMinute: z.int().min(1).max(100_000).default(120),
  /** bit/s of one check in each direction */
  maxBitrate: z.int().min(100_000).max(100_000_000).default(4_000_000),
  /** A check ends after this long, in seconds */
  maxSeconds: z.int().min(1).max(600).default(60),
  /** Paths opened in one check, one after another or at a time */
  maxPaths: z.int().min(1).max(256).default(32),
});
