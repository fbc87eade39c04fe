import type { MediaSource } from '../../protocol/media.ts';

/** The media sections of a direct path, in their order: never negotiated again, only put to use and out of use. */
export const directSections: readonly MediaSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];

/** kbit/s: from the rate it would start with a browser needs seconds to climb; most lines carry this at once. */
const startBitrate = 1000;

/**
 * The other side's description says how our encoders are to work for it: what is asked of the server's path is asked of
 * this one too. Speech repairs itself and rests in silence; what a screen plays is music, in stereo.
 */
export function tunedDescription(sdp: string): string {
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m);
  return [session, ...sections.map((section, index) => tuned(section, directSections[index]))].join('');
}

function tuned(section: string, source: MediaSource | undefined): string {
  if (source === 'microphone') return withParameters(section, /opus\/48000/i, ['useinbandfec=1', 'usedtx=1']);
  if (source === 'screen-audio')
    return withParameters(section, /opus\/48000/i, ['useinbandfec=1', 'stereo=1', 'usedtx=0']);
  return withParameters(section, /(?:vp8|vp9|h264|av1)\/90000/i, [`x-google-start-bitrate=${startBitrate}`]);
}

function withParameters(section: string, codec: RegExp, parameters: readonly string[]): string {
  const map = new RegExp(`^a=rtpmap:(\\d+) ${codec.source}.*\\r\\n`, 'gim');
  const types = [...section.matchAll(map)].flatMap(([, type]) => type ?? []);
  return types.reduce((text, type) => withFormat(text, type, parameters), section);
}

function withFormat(section: string, type: string, parameters: readonly string[]): string {
  const line = new RegExp(`^a=fmtp:${type} (.*)\\r\\n`, 'm');
  const names = parameters.map((parameter) => parameter.replace(/=.*/, ''));
  const kept = (line.exec(section)?.[1] ?? '')
    .split(';')
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter !== '' && !names.includes(parameter.replace(/=.*/, '')));
  const written = `a=fmtp:${type} ${[...kept, ...parameters].join(';')}\r\n`;
  if (line.test(section)) return section.replace(line, () => written);
  return section.replace(new RegExp(`^a=rtpmap:${type} .*\\r\\n`, 'm'), (mapping) => mapping + written);
}
