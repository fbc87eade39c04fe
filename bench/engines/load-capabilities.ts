import { MeetingError } from '../../src/client/index.ts';
import type {
  MediaKind,
  RtcpFeedback,
  RtpCapabilities,
  RtpCodecCapability,
  RtpHeaderExtensionParameters,
} from '../../src/protocol/media.ts';
import { knownExtensionUris } from '../rtp/rtp-packet.ts';

/** What a load client can send or receive of one kind: the server's codec, reduced to what this harness really does. */
export interface LoadCodec {
  codec: RtpCodecCapability;
  rtx: RtpCodecCapability | undefined;
}

const mimeTypes: Record<MediaKind, string> = { audio: 'audio/opus', video: 'video/vp8' };
const answered = new Set(['nack ', 'nack pli', 'ccm fir', 'transport-cc ']);

function supported(feedback: readonly RtcpFeedback[]): RtcpFeedback[] {
  return feedback.filter(({ type, parameter = '' }) => answered.has(`${type} ${parameter}`));
}

/** @throws MeetingError `publish-unsupported` */
export function loadCodec(router: RtpCapabilities, kind: MediaKind): LoadCodec {
  const codec = router.codecs.find(({ mimeType }) => mimeType.toLowerCase() === mimeTypes[kind]);
  if (!codec) throw new MeetingError('publish-unsupported', `the server does not offer ${mimeTypes[kind]}`);
  const rtx = router.codecs.find(
    ({ mimeType, parameters }) =>
      mimeType.toLowerCase() === `${kind}/rtx` && parameters.apt === codec.preferredPayloadType,
  );
  return { codec: { ...codec, rtcpFeedback: supported(codec.rtcpFeedback) }, rtx };
}

/** Opus and VP8 with their retransmission, and the header extensions this harness writes and reads. */
export function receivingCapabilities(router: RtpCapabilities): RtpCapabilities {
  const kinds: MediaKind[] = ['audio', 'video'];
  return {
    codecs: kinds.flatMap((kind) => {
      const { codec, rtx } = loadCodec(router, kind);
      return rtx ? [codec, rtx] : [codec];
    }),
    headerExtensions: router.headerExtensions.filter(({ uri }) => knownExtensionUris.has(uri)),
  };
}

/** Extensions a sender of this kind puts into its packets. Directions are the server's. */
export function sendingExtensions(router: RtpCapabilities, kind: MediaKind): RtpHeaderExtensionParameters[] {
  return router.headerExtensions
    .filter((extension) => extension.kind === kind && knownExtensionUris.has(extension.uri))
    .filter(({ direction }) => direction === 'sendrecv' || direction === 'recvonly')
    .map(({ uri, preferredId }) => ({ uri, id: preferredId, encrypt: false, parameters: {} }));
}
