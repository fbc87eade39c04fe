import type { types } from 'mediasoup';
import type { VideoCodecName } from './settings.ts';

// Parameters that sender and receiver must agree on. 42e01f is constrained baseline 3.1, what every browser with H264 has.
const videoCodecs: Readonly<Record<VideoCodecName, types.RouterRtpCodecCapability>> = {
  VP8: { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  VP9: { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0 } },
  H264: {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
  AV1: { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000 },
};

/** MIME types for clients, in the same order. */
export function videoMimeTypes(names: readonly VideoCodecName[]): string[] {
  return names.map((name) => videoCodecs[name].mimeType);
}

/** What every router of a deployment offers, in the configured order. The same on all workers, so that pipes need no transcoding. */
export function routerCodecs(names: readonly VideoCodecName[]): types.RouterRtpCodecCapability[] {
  return [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      clockRate: 48_000,
      channels: 2,
      // NACK for audio: repairs single losses where the round trip allows; FEC (RFC 6716) covers the rest.
      rtcpFeedback: [{ type: 'nack' }, { type: 'transport-cc' }],
      parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
    },
    ...names.map((name) => videoCodecs[name]),
  ];
}
