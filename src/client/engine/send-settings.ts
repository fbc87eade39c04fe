import type { types } from 'mediasoup-client';
import { MeetingError } from '../meeting-error.ts';
import { audioEncoding, type CapturedSize, videoEncodings } from './encodings.ts';
import type { SendOptions } from './engine.ts';

/**
 * What to ask mediasoup-client for: codec, encodings, Opus options.
 * @param capabilities what this browser can send
 * @throws MeetingError `publish-unsupported`
 */
export function produceOptions(
  track: MediaStreamTrack,
  { source, settings }: SendOptions,
  capabilities: types.RtpCapabilities,
  scalable: boolean,
): Pick<types.ProducerOptions, 'codec' | 'encodings' | 'codecOptions'> {
  if (track.kind === 'audio') {
    // What a screen plays is music and film: in stereo, and silence there is part of the sound.
    const microphone = source === 'microphone';
    return {
      encodings: [audioEncoding(source)],
      codecOptions: { opusFec: true, opusDtx: microphone, opusStereo: !microphone, opusNack: true },
    };
  }
  const codec = chooseCodec(settings.videoCodecs, capabilities, scalable);
  if (!codec) throw new MeetingError('publish-unsupported', settings.videoCodecs.join(', '));
  if (source === 'screen' && track.contentHint === '') track.contentHint = 'detail';
  return {
    codec,
    encodings: videoEncodings(source, capturedSize(track, source), codec.mimeType, scalable),
    // From the bit rate a camera starts with, the browser needs seconds to climb; most lines carry this at once.
    codecOptions: { videoGoogleStartBitrate: 1000 },
  };
}

export function capturedSize(track: MediaStreamTrack, source: SendOptions['source']): CapturedSize {
  // Not every browser tells before the first frame.
  const assumed = source === 'screen' ? { width: 1920, height: 1080 } : { width: 1280, height: 720 };
  const { width = assumed.width, height = assumed.height, frameRate = 30 } = track.getSettings();
  return { width, height, frameRate };
}

function chooseCodec(
  preferred: string[],
  { codecs = [] }: types.RtpCapabilities,
  scalable: boolean,
): types.RtpCodecCapability | undefined {
  const candidates = preferred.flatMap((mimeType) => {
    const codec = codecs.find((known) => known.mimeType.toLowerCase() === mimeType.toLowerCase());
    return codec ? [codec] : [];
  });
  // Without layers nobody with a weak line could be sent less: simulcast is better then than the preferred codec.
  const layered = candidates.find(({ mimeType }) => scalable || !/vp9|av1/i.test(mimeType));
  return layered ?? candidates[0];
}

/** Text first: on a weak line or processor a screen gets fewer pictures, not blurred ones. Browsers that do not know this choose by themselves. */
export async function keepResolution(sender: RTCRtpSender | undefined): Promise<void> {
  try {
    const parameters = sender?.getParameters();
    if (!sender || !parameters) return;
    await sender.setParameters(Object.assign(parameters, { degradationPreference: 'maintain-resolution' }));
  } catch {
    // Only a preference.
  }
}
