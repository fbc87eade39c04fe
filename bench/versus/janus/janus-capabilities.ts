import type { RtpCapabilities, RtpHeaderExtensionCapability } from '../../../src/protocol/media.ts';

const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

function extension(
  kind: RtpHeaderExtensionCapability['kind'],
  preferredId: number,
  uri: string,
): RtpHeaderExtensionCapability {
  return { kind, uri, preferredId, preferredEncrypt: false, direction: 'sendrecv' };
}

/** What is offered to Janus' videoroom: Opus and VP8, and the header extensions of ours that it accepts (abs-send-time from publishers is not among them). */
export const janusCapabilities: RtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: 111,
      clockRate: 48_000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1 },
      rtcpFeedback: [{ type: 'transport-cc' }],
    },
    {
      kind: 'video',
      mimeType: 'video/VP8',
      preferredPayloadType: 96,
      clockRate: 90_000,
      parameters: {},
      rtcpFeedback: [
        { type: 'nack' },
        { type: 'nack', parameter: 'pli' },
        { type: 'ccm', parameter: 'fir' },
        { type: 'transport-cc' },
      ],
    },
    {
      kind: 'video',
      mimeType: 'video/rtx',
      preferredPayloadType: 97,
      clockRate: 90_000,
      parameters: { apt: 96 },
      rtcpFeedback: [],
    },
  ],
  headerExtensions: [
    extension('audio', 1, mid),
    extension('video', 1, mid),
    extension('video', 2, 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'),
    extension('video', 3, 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id'),
    extension('audio', 5, transportCc),
    extension('video', 5, transportCc),
    extension('audio', 10, 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'),
  ],
};
