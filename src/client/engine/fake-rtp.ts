import type { DtlsParameters, MediaKind, RtpCapabilities, RtpParameters } from '../../protocol/media.ts';
import type { SenderSettings } from '../../protocol/messages.ts';

// What a real browser would offer, as far as a server checks it: valid RTP parameters with nothing behind them.

export function fakeDtlsParameters(): DtlsParameters {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const value = [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] };
}

/** One stream in the preferred codec that the router offers. @returns undefined: there is none of this kind */
export function fakeRtpParameters(
  kind: MediaKind,
  router: RtpCapabilities,
  settings: SenderSettings,
): RtpParameters | undefined {
  const offered = router.codecs.filter((codec) => codec.kind === kind && !codec.mimeType.endsWith('/rtx'));
  const rank = (mimeType: string) =>
    (settings.videoCodecs.indexOf(mimeType) + offered.length) % offered.length;
  const [codec] = kind === 'video' ? offered.sort((a, b) => rank(a.mimeType) - rank(b.mimeType)) : offered;
  if (!codec) return undefined;
  const { preferredPayloadType, kind: _, ...shared } = codec;
  return {
    codecs: [{ ...shared, payloadType: preferredPayloadType }],
    headerExtensions: [],
    encodings: [{ ssrc: crypto.getRandomValues(new Uint32Array(1))[0] ?? 1 }],
    rtcp: { cname: crypto.randomUUID(), reducedSize: true },
  };
}
