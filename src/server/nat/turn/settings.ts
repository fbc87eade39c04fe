import { isIP } from 'node:net';
import { z } from 'zod';

const url = z.string().regex(/^(stun|stuns|turn|turns):[\w.:[\]-]+(\?transport=(udp|tcp))?$/, {
  error: 'must be like turn:turn.example.org:3478?transport=udp, turns:… or stun:…',
});

/** coturn or another server that clients are to use too. */
const externalServer = z
  .strictObject({
    urls: z.array(url).min(1).max(10),
    /** coturn's static-auth-secret (use-auth-secret): every participant gets credentials of their own */
    secret: z.string().min(1).nullable().default(null),
    /** or one user for everybody */
    username: z.string().min(1).max(500).nullable().default(null),
    credential: z.string().min(1).max(500).nullable().default(null),
  })
  .refine((server) => (server.username === null) === (server.credential === null), {
    error: 'username and credential belong together: give both or none',
  })
  .refine((server) => server.secret === null || server.username === null, {
    error: 'give secret or username and credential, not both',
  })
  .refine(
    (server) =>
      server.secret !== null ||
      server.username !== null ||
      server.urls.every((each) => each.startsWith('stun')),
    { error: 'turn: and turns: need a secret, or username and credential' },
  );

const count = z.int().min(1).max(1_000_000);

/** The `turn` slice of the configuration. */
export const turnSettings = z
  .strictObject({
    /** The embedded TURN server */
    enabled: z.boolean().default(true),
    /** UDP and TCP; TLS comes through the HTTPS port. 0: any free port */
    port: z.int().min(0).max(65_535).default(3478),
    /** Empty: where media is received */
    listenAddresses: z
      .array(z.string().refine((value) => isIP(value) !== 0, { error: 'must be an IP address' }))
      .max(16)
      .default([]),
    /** Name or address that clients are told; null: the one by which each reached the server */
    publicName: z.string().min(1).max(253).nullable().default(null),
    /** Signs the credentials; null: made on the first start, kept in the data directory */
    secret: z.string().nullable().default(null),
    secretFile: z.string().min(1).nullable().default(null),
    /** How long new allocations can be made with credentials; those that are there live on */
    credentialLifetimeMinutes: z
      .int()
      .min(5)
      .max(7 * 24 * 60)
      .default(240),
    /** Clients refresh; one that is gone without a word keeps its allocation for this long at most */
    allocationLifetimeSeconds: z.int().min(1).max(3600).default(600),
    limits: z
      .strictObject({
        allocations: count.default(6000),
        /** A browser makes one for each transport, protocol and network interface, and all anew on an ICE restart */
        allocationsPerParticipant: count.default(48),
        /** A whole school can sit behind one address */
        allocationsPerAddress: count.default(3000),
        bytesPerSecondPerParticipant: z.int().min(10_000).max(1_000_000_000).default(4_000_000),
        packetsPerSecondPerParticipant: z.int().min(100).max(10_000_000).default(6000),
        bytesPerSecondPerAddress: z.int().min(10_000).max(10_000_000_000).default(100_000_000),
        packetsPerSecondPerAddress: z.int().min(100).max(100_000_000).default(100_000),
        /** Peers of one allocation */
        permissions: z.int().min(1).max(1000).default(32),
        channels: z.int().min(1).max(1000).default(32),
        /** TCP and TLS */
        connections: count.default(6000),
        connectionsPerAddress: count.default(3000),
        /** A connection without an allocation is closed after this long */
        idleTimeoutMs: z.int().min(1000).max(600_000).default(30_000),
        /** Answers to one address that has not shown credentials */
        strangerAnswersPerSecond: z.int().min(1).max(100_000).default(500),
        /** Waiting to be sent to one TCP or TLS client; more is dropped, as on a full line */
        bufferedBytes: z.int().min(16_384).max(16_777_216).default(262_144),
      })
      .prefault({}),
    /** STUN and TURN servers beside the embedded one, or instead of it */
    externalServers: z.array(externalServer).max(8).default([]),
  })
  .refine((settings) => settings.secret === null || settings.secretFile === null, {
    error: 'give secret or secretFile, not both',
  });
export type TurnSettings = z.output<typeof turnSettings>;
export type TurnLimits = TurnSettings['limits'];
