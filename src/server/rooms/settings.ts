import { z } from 'zod';

/** The `rooms` slice of the configuration. */
export const roomSettings = z.strictObject({
  /** Links of a new meeting work for this many days; then the meeting is forgotten */
  lifetimeDays: z.int().min(1).max(3650).default(30),
  /** Meetings that can exist at a time */
  maxRooms: z.int().min(1).max(10_000_000).default(10_000),
  /** People in one meeting */
  maxParticipants: z.int().min(2).max(10_000).default(500),
  /** ms between two looks at who is speaking */
  speakerIntervalMs: z.int().min(100).max(5000).default(400),
});
export type RoomSettings = z.infer<typeof roomSettings>;
