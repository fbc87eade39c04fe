import { z } from 'zod';

/** The `rooms` slice of the configuration. */
export const roomSettings = z.strictObject({
  /** Links of a new meeting work for this many days; then the meeting is forgotten */
  lifetimeDays: z.int().min(1).max(3650).default(30),
  /** Meetings that can exist at a time */
  maxRooms: z.int().min(1).max(10_000_000).default(10_000),
  /** People in one meeting */
  maxParticipants: z.int().min(2).max(10_000).default(500),
  /** A direct path between two people who are alone in a meeting, beside the one through the server */
  p2p: z
    .strictObject({
      /** off: media always goes through the server; auto: directly where a path is found and nobody objects */
      mode: z.enum(['off', 'auto']).default('auto'),
      /** So long nothing has to speak against it; and the same where there was one already */
      settleMs: z.int().min(0).max(600_000).default(2000),
      againMs: z.int().min(0).max(600_000).default(10_000),
      /** From the first offer until a path is proven on both sides */
      trialMs: z.int().min(1000).max(120_000).default(15_000),
      /** After a failure the next trial comes so much later, twice as much with each further one, at most the other */
      firstRetryMs: z.int().min(0).max(3_600_000).default(30_000),
      longestRetryMs: z.int().min(0).max(86_400_000).default(600_000),
    })
    .prefault({}),
  /** ms between two looks at who is speaking */
  speakerIntervalMs: z.int().min(100).max(5000).default(400),
});
export type RoomSettings = z.infer<typeof roomSettings>;
