import { z } from 'zod';

/** The `signalling` slice of the configuration. */
export const signallingSettings = z.strictObject({
  /** Other origins (scheme, host, port) whose pages may connect; the server's own is always allowed */
  allowedOrigins: z.array(z.url()).max(100).default([]),
  /** WebSocket connections from one address (many people can sit behind one) */
  maxConnectionsPerAddress: z.int().min(1).max(100_000).default(500),
  maxConnections: z.int().min(1).max(1_000_000).default(20_000),
  /** Frames a second from one connection, averaged over ten seconds; a burst of ten seconds' worth is allowed */
  maxMessagesPerSecond: z.int().min(1).max(10_000).default(50),
  /** From the open socket to hello, and from a new session to join */
  helloTimeoutMs: z.int().min(1000).max(120_000).default(10_000),
  pingIntervalMs: z.int().min(1000).max(120_000).default(10_000),
  /** A participant whose connection is lost keeps the place and the media for this long */
  resumeGraceMs: z.int().min(0).max(600_000).default(30_000),
  /** News of who came, left, spoke or muted is gathered for this long, after the first */
  gatherMs: z.int().min(0).max(1000).default(100),
  /** Bytes waiting to be read by a client; beyond, the connection is dropped */
  maxBufferedBytes: z.int().min(65_536).max(1_073_741_824).default(2_097_152),
  /** Frames kept for a client that has not acknowledged them; beyond, the session ends */
  maxUnacknowledgedFrames: z.int().min(16).max(1_000_000).default(4096),
  /** Requests of one session waiting for their turn */
  maxQueuedRequests: z.int().min(4).max(100_000).default(256),
});
export type SignallingSettings = z.infer<typeof signallingSettings>;
