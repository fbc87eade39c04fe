import type { Recording } from '../recording/recording.ts';
import type { CameraLayer } from './camera-layers.ts';

export interface FrameContent {
  keyFrame: boolean;
  temporalLayer: number;
  /** May be decoded after any frame of a lower layer. */
  layerSync: boolean;
  /** octets */
  size: number;
  /** What a decoder wants; undefined: noise of that size. */
  data?: Uint8Array;
}

/** What a camera sees, frame by frame. */
export interface Footage {
  /** @returns the next frame in every layer, lowest first */
  next(keyFrame: boolean): FrameContent[];
}

/** Key frames are larger than the mean frame by about this in talking-head video. */
const keyFrameFactor = 4;
/** L1T3: which temporal layer each of four frames is in, and its share of the mean frame size. */
const pattern = [
  { temporalLayer: 0, weight: 1.6, layerSync: false },
  { temporalLayer: 2, weight: 0.8, layerSync: true },
  { temporalLayer: 1, weight: 0.8, layerSync: true },
  { temporalLayer: 2, weight: 0.8, layerSync: false },
] as const;

/** Frames of the right sizes that nobody can decode: for load alone, they cost nothing to make. */
export class EmptyFootage implements Footage {
  readonly #layers: readonly CameraLayer[];
  readonly #framesPerSecond: number;
  #frame = 0;

  constructor(layers: readonly CameraLayer[], framesPerSecond: number) {
    this.#layers = layers;
    this.#framesPerSecond = framesPerSecond;
  }

  next(keyFrame: boolean): FrameContent[] {
    this.#frame += 1;
    const { temporalLayer, layerSync, weight } = keyFrame
      ? { ...pattern[0], weight: keyFrameFactor }
      : (pattern[this.#frame % pattern.length] ?? pattern[0]);
    return this.#layers.map(({ bitrate }) => {
      const mean = bitrate / 8 / this.#framesPerSecond;
      const size = Math.max(64, Math.round(mean * weight * (0.8 + Math.random() * 0.4)));
      return { keyFrame, temporalLayer, layerSync, size };
    });
  }
}

/** A recording in a loop: real pictures. A wanted key frame is the loop's first frame, in all layers. */
export class RecordedFootage implements Footage {
  readonly #recording: Recording;
  #at = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  next(keyFrame: boolean): FrameContent[] {
    const length = this.#recording.layers[0]?.frames.length ?? 1;
    const at = keyFrame ? 0 : this.#at % length;
    this.#at = at + 1;
    // Chromium's encoder builds the same pattern: the second and third of four frames need the first only.
    const layerSync = pattern[at % pattern.length]?.layerSync ?? false;
    return this.#recording.layers.flatMap(({ frames }) => {
      const frame = frames[at];
      if (!frame) return [];
      const { temporalLayer, data } = frame;
      return [{ keyFrame: at === 0, temporalLayer, layerSync, size: data.length, data }];
    });
  }
}
