import type { Rung } from './layers.ts';

/** What the receiver shows, in device pixels, and what the sender sends. */
export interface Sight {
  height: number;
  width: number;
  source: 'camera' | 'screen';
}

/**
 * Highest spatial layer that a view of this size gains from. Cameras are sent in 180, 360 and 720 lines, or what the
 * camera has divided by two and four; a third more than a layer has can be stretched without anybody noticing.
 * @param spatialLayers how many there are
 */
export function highestLayer({ height, width, source }: Sight, spatialLayers: number): number {
  const top = spatialLayers - 1;
  if (source === 'screen') return top;
  // A portrait view of a landscape picture is cropped: its height counts. A wide one: its width, at 16:9.
  const lines = Math.max(height, (width * 9) / 16);
  if (lines <= 240) return 0;
  return Math.min(top, lines <= 480 ? 1 : 2);
}

/**
 * The steps of one video: the lowest spatial layer with few, half and all of its frames, then the layers above it with all frames.
 * @param bitrate of a layer, bit/s; what is not sent now is priced by what it was or will be
 */
export function rungsOf(
  layers: { spatial: number; temporal: number },
  highest: number,
  bitrate: (spatialLayer: number, temporalLayer: number) => number,
): { rungs: Rung[]; smoothRung: number } {
  const rungs: Rung[] = [];
  for (let temporalLayer = 0; temporalLayer < layers.temporal; temporalLayer += 1) {
    rungs.push({ spatialLayer: 0, temporalLayer, bitrate: bitrate(0, temporalLayer) });
  }
  const smoothRung = rungs.length - 1;
  for (let spatialLayer = 1; spatialLayer <= highest; spatialLayer += 1) {
    const temporalLayer = layers.temporal - 1;
    rungs.push({ spatialLayer, temporalLayer, bitrate: bitrate(spatialLayer, temporalLayer) });
  }
  // A still picture can need less in a higher layer than it once did in a lower one.
  let least = 0;
  for (const rung of rungs) {
    rung.bitrate = Math.max(rung.bitrate, least);
    least = rung.bitrate;
  }
  return { rungs, smoothRung };
}
