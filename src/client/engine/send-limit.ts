import type { Encoding } from './encodings.ts';
import type { SendLimit } from './engine.ts';

/** What of an encoding a limit changes, besides what the browser or an earlier choice has put there. */
export type LimitedEncoding = Pick<Encoding, 'active' | 'maxBitrate'> &
  Partial<Pick<Encoding, 'scaleResolutionDownBy' | 'scalabilityMode'>>;

export const noLimit: SendLimit = {
  encodings: Number.POSITIVE_INFINITY,
  maxBitrate: Number.POSITIVE_INFINITY,
};

export const nothing: SendLimit = { encodings: 0, maxBitrate: 0 };

/** Less than this makes no picture: then none. */
const leastVideo = 30_000;
/** An encoding that gets less of its own rate than this looks worse than the next smaller one. */
const leastShare = 0.45;
/** Opus stays understandable down to here. */
const leastAudio = 12_000;

export function narrower(one: SendLimit, other: SendLimit): SendLimit {
  return {
    encodings: Math.min(one.encodings, other.encodings),
    maxBitrate: Math.min(one.maxBitrate, other.maxBitrate),
  };
}

export function sameLimit(one: SendLimit, other: SendLimit): boolean {
  return one.encodings === other.encodings && one.maxBitrate === other.maxBitrate;
}

/**
 * Encodings of a camera or screen, lowest first, as a limit leaves them: upper ones rest, and what is to be spent goes
 * to the lowest first, so that whoever receives the least keeps receiving.
 */
export function limitVideo(encodings: LimitedEncoding[], limit: SendLimit): LimitedEncoding[] {
  const [only] = encodings;
  if (encodings.length === 1 && only) return [limitSingle(only, limit)];
  let left = limit.maxBitrate;
  let full = true;
  return encodings.map((encoding, index) => {
    const share = Math.min(encoding.maxBitrate, left);
    const least = index === 0 ? Math.min(leastVideo, encoding.maxBitrate) : encoding.maxBitrate * leastShare;
    full &&= encoding.active && index < limit.encodings && share >= least;
    if (!full) return { ...encoding, active: false };
    left -= share;
    return { ...encoding, maxBitrate: Math.floor(share) };
  });
}

export function limitAudio(encoding: LimitedEncoding, { encodings, maxBitrate }: SendLimit): LimitedEncoding {
  // Longer frames would save headers, but adaptivePtime brings none in Chromium 150, and set from the start it makes the
  // encoder disregard maxBitrate.
  return {
    ...encoding,
    active: encoding.active && encodings > 0,
    maxBitrate: Math.max(leastAudio, Math.min(encoding.maxBitrate, maxBitrate)),
  };
}

/** One stream: fewer spatial layers of a scalable codec, or just fewer bits. */
export function limitSingle(encoding: LimitedEncoding, limit: SendLimit): LimitedEncoding {
  const share = Math.min(encoding.maxBitrate, limit.maxBitrate);
  if (!encoding.active || limit.encodings < 1 || share < leastVideo) return { ...encoding, active: false };
  const layers = spatialLayers(encoding.scalabilityMode);
  if (limit.encodings >= layers) return { ...encoding, maxBitrate: Math.floor(share) };
  // Each spatial layer has twice the width and height of the one below, and about a third of its rate is below it.
  const fewer = layers - limit.encodings;
  return {
    ...encoding,
    scalabilityMode: withSpatialLayers(encoding.scalabilityMode ?? '', limit.encodings),
    scaleResolutionDownBy: (encoding.scaleResolutionDownBy ?? 1) * 2 ** fewer,
    maxBitrate: Math.floor(Math.min(share, Math.max(leastVideo, encoding.maxBitrate / 3.3 ** fewer))),
  };
}

function spatialLayers(mode = ''): number {
  return Number(/^L(\d)/.exec(mode)?.[1] ?? 1);
}

/** Without a second spatial layer there is nothing whose dependencies `_KEY` could restrict. */
function withSpatialLayers(mode: string, layers: number): string {
  const fewer = mode.replace(/^L\d/, `L${layers}`);
  return layers === 1 ? fewer.replace('_KEY', '') : fewer;
}
