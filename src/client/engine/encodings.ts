import type { MediaSource } from '../../protocol/media.ts';

/** What a track delivers, in pixels and frames a second, as track.getSettings() tells it. */
export interface CapturedSize {
  width: number;
  height: number;
  frameRate: number;
}
/** The part of RTCRtpEncodingParameters that is ours to choose. Bit rates in bit/s. */
export interface Encoding {
  active: boolean;
  maxBitrate: number;
  scaleResolutionDownBy?: number;
  scalabilityMode?: string;
  maxFramerate?: number;
  priority?: 'low' | 'medium' | 'high';
  networkPriority?: 'low' | 'medium' | 'high';
  dtx?: boolean;
}

/** Scalable codecs need less for the same picture, and all their layers are one stream. */
const scalableSaving = 0.75;

/**
 * How a camera or screen is to be encoded, lowest layer first. Cameras in VP8 and H264 are sent as simulcast, in VP9 as
 * one stream with three spatial layers, in AV1 with temporal layers only (with spatial ones nothing is decoded).
 * @param mimeType of the codec in use
 * @param scalable whether this browser encodes VP9 and AV1 in layers
 */
export function videoEncodings(
  source: MediaSource,
  size: CapturedSize,
  mimeType: string,
  scalable: boolean,
): Encoding[] {
  const codec = mimeType.toLowerCase();
  const isScalable = codec === 'video/vp9' || codec === 'video/av1';
  if (source === 'screen') return [screenEncoding(size, scalable)];
  if (isScalable) {
    const scalabilityMode = codec === 'video/vp9' ? `L${layerCount(size)}T3_KEY` : 'L1T3';
    const mode = scalable ? { scalabilityMode: scalabilityMode.replace('L1T3_KEY', 'L1T3') } : {};
    const rates = simulcast(size).reduce((sum, { maxBitrate }) => sum + maxBitrate, 0);
    return [{ active: true, maxBitrate: round(rates * scalableSaving), ...mode }];
  }
  return simulcast(size);
}

/**
 * Another track on a sender whose number of encodings is fixed: where the new size has fewer layers, the upper
 * encodings rest and the full size moves down to the highest one that is sent.
 */
export function refitEncodings(
  count: number,
  size: CapturedSize,
): Pick<Encoding, 'active' | 'maxBitrate' | 'scaleResolutionDownBy'>[] {
  const layers = simulcast(size).slice(-count);
  const top = layers.at(-1) ?? { active: true, maxBitrate: bitrate(size, 1), scaleResolutionDownBy: 1 };
  return Array.from({ length: count }, (_, index) => {
    const { maxBitrate, scaleResolutionDownBy = 1 } = layers[index] ?? top;
    return { active: index < layers.length, maxBitrate, scaleResolutionDownBy };
  });
}

/** Audio before everything: on the wire (DSCP, where the system allows) and in the browser's own sharing of bandwidth. */
export function audioEncoding(source: MediaSource): Encoding {
  const maxBitrate = source === 'microphone' ? 40_000 : 128_000;
  return { active: true, maxBitrate, priority: 'high', networkPriority: 'high' };
}

function simulcast(size: CapturedSize): Encoding[] {
  const count = layerCount(size);
  return Array.from({ length: count }, (_, index) => {
    const scaleResolutionDownBy = 2 ** (count - 1 - index);
    return {
      active: true,
      maxBitrate: bitrate(size, scaleResolutionDownBy),
      scaleResolutionDownBy,
      scalabilityMode: 'L1T3',
    };
  });
}

/** Text must stay sharp: full size always, and temporal layers only, so that a weak receiver gets fewer pictures instead of smaller ones. */
function screenEncoding(size: CapturedSize, scalable: boolean): Encoding {
  return {
    active: true,
    maxBitrate: Math.min(2_500_000, Math.max(800_000, bitrate(size, 1))),
    maxFramerate: 15,
    priority: 'medium',
    networkPriority: 'medium',
    ...(scalable ? { scalabilityMode: 'L1T3' } : {}),
  };
}

/**
 * Chromium sends fewer encodings than asked for when the picture is small, and drops the *top* one: below 960x540 it
 * sends two, below 480x270 one (kSimulcastFormats in WebRTC's simulcast.cc, by number of pixels, so portrait counts too).
 */
function layerCount({ width, height }: CapturedSize): number {
  const pixels = width * height;
  if (pixels >= 960 * 540) return 3;
  return pixels >= 480 * 270 ? 2 : 1;
}

/** 150, 500 and 1700 kbit/s for 180, 360 and 720 lines, and what lies between and beyond on the same curve. */
function bitrate({ width, height, frameRate }: CapturedSize, scaleDownBy: number): number {
  const pixels = (width * height) / scaleDownBy ** 2;
  const fast = frameRate > 45 ? 1.4 : 1;
  return round(Math.min(4_000_000, Math.max(60_000, 1_700_000 * (pixels / (1280 * 720)) ** 0.88 * fast)));
}

function round(bitsPerSecond: number): number {
  return Math.round(bitsPerSecond / 10_000) * 10_000;
}
