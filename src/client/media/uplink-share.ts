import type { MediaSource } from '../../protocol/media.ts';
import type { SendLimit } from '../engine/engine.ts';
import { noLimit } from '../engine/send-limit.ts';

/** IP, UDP, RTP with its extensions and SRTP's tag of 50 packets a second, in bit/s. */
const audioHeaders = 25_000;
/** The same for video, as a share: its packets are large. */
const videoHeaders = 0.07;
/** Below this a picture is not worth its bits. */
const leastVideo = 30_000;

/**
 * What each source may send so that everything together fits, headers included: speech first, then the screen, then
 * the camera.
 * @param budget bit/s on the wire; Infinity: no limit
 */
export function shareUplink(
  budget: number,
  sources: ReadonlySet<MediaSource>,
): ReadonlyMap<MediaSource, SendLimit> {
  if (!Number.isFinite(budget)) return new Map([...sources].map((source) => [source, noLimit]));
  const limits = new Map<MediaSource, SendLimit>();
  let left = budget;
  if (sources.has('microphone')) {
    const rate = speechRate(budget);
    limits.set('microphone', { ...noLimit, maxBitrate: rate });
    left -= rate + audioHeaders;
  }
  if (sources.has('screen-audio')) {
    const rate = Math.min(128_000, Math.max(16_000, Math.round(budget * 0.2)));
    limits.set('screen-audio', { ...noLimit, maxBitrate: rate });
    left -= rate + audioHeaders;
  }
  left *= 1 - videoHeaders;
  if (sources.has('screen')) {
    const camera = sources.has('camera') ? Math.min(150_000, left * 0.25) : 0;
    const screen = left - camera >= leastVideo ? left - camera : left;
    limits.set('screen', videoLimit(screen));
    left -= screen;
  }
  if (sources.has('camera')) limits.set('camera', videoLimit(left));
  return limits;
}

function speechRate(budget: number): number {
  if (budget >= 300_000) return 40_000;
  if (budget >= 120_000) return 24_000;
  return 16_000;
}

function videoLimit(maxBitrate: number): SendLimit {
  return maxBitrate < leastVideo
    ? { encodings: 0, maxBitrate: 0 }
    : { ...noLimit, maxBitrate: Math.floor(maxBitrate) };
}
