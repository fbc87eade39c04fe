import type {
  DtlsParameters,
  RtpCapabilities,
  RtpCodecCapability,
  RtpParameters,
} from '../../protocol/media.ts';
import type { TransportInfo } from '../../protocol/messages.ts';

const mid = '0';
/** What the worker needs to tell streams apart, and both ends to find out what the line carries. */
const wantedExtensions = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
];
/** kbit/s that Chromium begins with, instead of 300: what is measured is the line, not how it feels its way up. */
const startBitrate = 1000;

/** VP8: what every browser has. */
export function checkCodec({ codecs }: RtpCapabilities): RtpCodecCapability | undefined {
  return codecs.find(({ mimeType }) => mimeType.toLowerCase() === 'video/vp8');
}

/**
 * The server's offer of one video in both directions, as a browser understands it (RFC 8866, RFC 8829). The server offers,
 * because payload types are the router's in both directions then.
 * @param back the SSRC of what comes back, once it is known: Firefox drops the first second of one that it was not told
 */
export function offerSdp(
  info: TransportInfo,
  { headerExtensions }: RtpCapabilities,
  { preferredPayloadType: payloadType }: RtpCodecCapability,
  back?: number,
): string {
  const { iceParameters, iceCandidates, dtlsParameters } = info;
  const extensions = headerExtensions.filter(
    ({ kind, uri }) => kind === 'video' && wantedExtensions.includes(uri),
  );
  const lines = [
    'v=0',
    `o=- 1 ${back === undefined ? 1 : 2} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mid}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 127.0.0.1',
    `a=mid:${mid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=rtpmap:${payloadType} VP8/90000`,
    `a=fmtp:${payloadType} x-google-start-bitrate=${startBitrate}`,
    ...['nack pli', 'ccm fir', 'goog-remb', 'transport-cc'].map(
      (feedback) => `a=rtcp-fb:${payloadType} ${feedback}`,
    ),
    ...extensions.map(({ preferredId, uri }) => `a=extmap:${preferredId} ${uri}`),
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...dtlsParameters.fingerprints.map(({ algorithm, value }) => `a=fingerprint:${algorithm} ${value}`),
    'a=setup:actpass',
    ...iceCandidates.map(
      ({ foundation, protocol, priority, address, port, type, tcpType }) =>
        `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcpType ? ` tcptype ${tcpType}` : ''}`,
    ),
    'a=end-of-candidates',
    ...(back === undefined ? [] : ['a=msid:check check', `a=ssrc:${back} cname:check`]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** @throws Error when there is none */
export function dtlsParametersOf(sdp: string): DtlsParameters {
  const [, algorithm, value] = /^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)/m.exec(sdp) ?? [];
  if (!algorithm || !value) throw new Error('no fingerprint in the answer');
  const fingerprints = [
    {
      algorithm: algorithm.toLowerCase(),
      value: value.toUpperCase(),
    },
  ];
  return { role: 'client', fingerprints };
}

/** What the browser is going to send, by its answer. @throws Error when it would send nothing */
export function rtpParametersOf(sdp: string, codec: RtpCodecCapability): RtpParameters {
  const ssrc = /^a=ssrc:(\d+) cname:(\S+)/m.exec(sdp);
  if (!ssrc?.[1] || !ssrc[2]) throw new Error('no SSRC in the answer');
  return {
    mid,
    codecs: [
      {
        mimeType: codec.mimeType,
        payloadType: codec.preferredPayloadType,
        clockRate: codec.clockRate,
        parameters: {},
        rtcpFeedback: [
          { type: 'nack', parameter: 'pli' },
          { type: 'ccm', parameter: 'fir' },
          { type: 'goog-remb', parameter: '' },
          { type: 'transport-cc', parameter: '' },
        ],
      },
    ],
    headerExtensions: [...sdp.matchAll(/^a=extmap:(\d+)(?:\/\w+)? (\S+)/gm)].map(([, id, uri]) => ({
      id: Number(id),
      uri: uri ?? '',
      encrypt: false,
      parameters: {},
    })),
    encodings: [{ ssrc: Number(ssrc[1]) }],
    rtcp: { cname: ssrc[2], reducedSize: true },
  };
}
