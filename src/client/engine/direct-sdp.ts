import type { MediaSource } from '../../protocol/media.ts';

/** The media sections of a direct path, in their order: never negotiated again, only put to use and out of use. */
export const directSections: readonly MediaSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];

/** bit/s: more would be a burst, less a blurred start. */
const [leastStart, highestStart] = [100_000, 1_000_000];
/** Of what the line is known to carry: the way to the server is used too at that moment. */
const startShare = 0.4;

/**
 * The other side's description says how our encoders are to work for it: what is asked of the server's path is asked of
 * this one too. Speech repairs itself and rests in silence; what a screen plays is music, in stereo. Video starts with what the
 * line carries: from the rate it would start with a browser needs seconds to climb.
 * @param available bit/s of our uplink; undefined: not known
 */
export function tunedDescription(sdp: string, available: number | undefined): string {
  const start = Math.min(highestStart, Math.max(leastStart, (available ?? 0) * startShare));
  const [session = '', ...sections] = sdp.split(/^(?=m=)/m);
  return [session, ...sections.map((section, index) => tuned(section, directSections[index], start))].join(
    '',
  );
}

function tuned(section: string, source: MediaSource | undefined, start: number): string {
  if (source === 'microphone') return withParameters(section, /opus\/48000/i, ['useinbandfec=1', 'usedtx=1']);
  if (source === 'screen-audio')
    return withParameters(section, /opus\/48000/i, ['useinbandfec=1', 'stereo=1', 'usedtx=0']);
  return withParameters(section, /(?:vp8|vp9|h264|av1)\/90000/i, [
    `x-google-start-bitrate=${Math.round(start / 1000)}`,
  ]);
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
