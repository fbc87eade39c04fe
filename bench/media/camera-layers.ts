import { videoEncodings } from '../../src/client/engine/encodings.ts';

export interface CameraFormat {
  width: number;
  height: number;
  framesPerSecond: number;
}

/** One encoding as a browser would send it. */
export interface CameraLayer {
  /** What the server is told. */
  maxBitrate: number;
  scaleResolutionDownBy: number;
  scalabilityMode: string;
  width: number;
  height: number;
  /** bit/s of VP8 payload that are really sent */
  bitrate: number;
}

/** Encoders stay a little below their target. */
const fill = 0.95;

/** The encodings the web client asks its browser for, so that the load follows the product. */
export function cameraLayers(format: CameraFormat): CameraLayer[] {
  const size = { width: format.width, height: format.height, frameRate: format.framesPerSecond };
  return videoEncodings('camera', size, 'video/VP8', true).map((encoding) => {
    const { maxBitrate, scaleResolutionDownBy = 1, scalabilityMode = 'L1T3' } = encoding;
    return {
      maxBitrate,
      scaleResolutionDownBy,
      scalabilityMode,
      width: Math.round(format.width / scaleResolutionDownBy),
      height: Math.round(format.height / scaleResolutionDownBy),
      bitrate: maxBitrate * fill,
    };
  });
}
