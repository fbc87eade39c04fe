import { z } from 'zod';
import { checkSettings } from './check/check-settings.ts';

export const videoCodecNames = ['VP8', 'VP9', 'H264', 'AV1'] as const;
export type VideoCodecName = (typeof videoCodecNames)[number];

/** SRTP protection profiles by their names in RFC 5764 and RFC 7714, strongest first. */
export const srtpSuiteNames = [
  'SRTP_AEAD_AES_256_GCM',
  'SRTP_AEAD_AES_128_GCM',
  'SRTP_AES128_CM_SHA1_80',
  'SRTP_AES128_CM_SHA1_32',
] as const;

/** The `media` slice of the configuration. */
export const mediaSettings = z.strictObject({
  /** mediasoup workers; 0: one per core */
  workers: z.int().min(0).max(256).default(0),
  /** UDP and TCP port of the first worker; each further worker takes the next. 0: any free ports */
  firstPort: z.int().min(0).max(65_000).default(44_400),
  /** Addresses to receive media on; empty: every address of this machine's network interfaces */
  listenAddresses: z.array(z.string().min(1)).max(16).default([]),
  /** Public addresses or names to tell clients, for a server behind a NAT or in a container; the inner ones are told too */
  announcedAddresses: z.array(z.string().min(1).max(253)).max(4).default([]),
  /** A room takes a further worker when its workers carry this many consumers */
  consumersPerWorker: z.int().min(1).max(100_000).default(400),
  /** Offered to senders in this order */
  videoCodecs: z
    .array(z.enum(videoCodecNames))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'each codec once')
    .default(['VP8', 'H264', 'VP9', 'AV1']),
  /** SRTP protection profiles that clients may use, most preferred first. A restriction needs the worker built here */
  srtpSuites: z
    .array(z.enum(srtpSuiteNames))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'each suite once')
    .default([...srtpSuiteNames]),
  /** bit/s a new receiver is assumed to have until measured */
  initialOutgoingBitrate: z.int().min(50_000).max(100_000_000).default(1_000_000),
  /** bit/s one participant may send, all sources together */
  maxIncomingBitrate: z.int().min(100_000).max(1_000_000_000).default(8_000_000),
  /** What is sent to whom, when there are many or the line is thin */
  adaptation: z
    .strictObject({
      /** Videos one receiver gets at a time: pinned ones and who spoke last before the others */
      shownVideos: z.int().min(1).max(100).default(16),
      /** With more microphones than this in a meeting, only some are received by the others, and the loudest are heard */
      voicesAbove: z.int().min(1).max(10_000).default(20),
      /** How many are received then: who spoke or unmuted last */
      voicePlaces: z.int().min(1).max(1000).default(12),
      /** How many voices then, at a time */
      voices: z.int().min(1).max(50).default(5),
    })
    .prefault({}),
  check: checkSettings.prefault({}),
  /** After this long without an answer to ICE consent checks a transport is disconnected (RFC 7675), in seconds */
  iceConsentTimeoutSeconds: z.int().min(5).max(120).default(15),
});
export type MediaSettings = z.infer<typeof mediaSettings>;
