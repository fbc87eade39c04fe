import { FakeTrack } from '../../src/client/engine/fake-track.ts';
import type { RtpCapabilities, RtpCodecCapability } from '../../src/protocol/media.ts';
import type { TransportInfo } from '../../src/protocol/messages.ts';

const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }];

function video(
  mimeType: string,
  payloadType: number,
  parameters: RtpCodecCapability['parameters'],
): RtpCodecCapability[] {
  const shared = { kind: 'video', clockRate: 90_000 } as const;
  return [
    { ...shared, mimeType, preferredPayloadType: payloadType, parameters, rtcpFeedback: feedback },
    {
      ...shared,
      mimeType: 'video/rtx',
      preferredPayloadType: payloadType + 1,
      parameters: { apt: payloadType },
      rtcpFeedback: [],
    },
  ];
}

/** As a router of this server describes itself. */
export const routerCapabilities: RtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: 100,
      clockRate: 48_000,
      channels: 2,
      parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
      rtcpFeedback: [{ type: 'nack' }, { type: 'transport-cc' }],
    },
    ...video('video/VP8', 101, {}),
    ...video('video/H264', 103, {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
    }),
    ...video('video/VP9', 105, { 'profile-id': 0 }),
  ],
  headerExtensions: (['audio', 'video'] as const).map((kind) => ({
    kind,
    uri: 'urn:ietf:params:rtp-hdrext:sdes:mid',
    preferredId: 1,
    preferredEncrypt: false,
    direction: 'sendrecv',
  })),
};

let transports = 0;

/** A transport that leads nowhere. */
export function transportInfo(): TransportInfo {
  transports += 1;
  return {
    transportId: `t${transports}` as TransportInfo['transportId'],
    iceParameters: { usernameFragment: `user${transports}`, password: 'x'.repeat(24), iceLite: true },
    iceCandidates: [
      { foundation: 'udp', priority: 1_000, address: '127.0.0.1', protocol: 'udp', port: 9, type: 'host' },
    ],
    dtlsParameters: {
      role: 'auto',
      fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
    },
  };
}

export const makeTrack = (kind: 'audio' | 'video') => new FakeTrack(kind);

export function endTrack(track: MediaStreamTrack): void {
  if (track instanceof FakeTrack) track.end();
  else track.stop();
}
