import type { CameraFormat } from '../media/camera-layers.ts';
import type { Recording } from '../recording/recording.ts';

/** What a load client's track carries. Without a recording it has the sizes and the rhythm of media, but nothing to decode. */
export type TrackContent =
  | { kind: 'audio'; speaks: (now: number) => boolean; recording?: Recording | undefined }
  | { kind: 'video'; format: CameraFormat; recording?: Recording | undefined }
  /** Received: there is nothing to look at, the engine's counters tell. */
  | { kind: 'audio' | 'video'; received: true };

/** A MediaStreamTrack without media: the SDK hands it through, the load engine reads its content. */
export class LoadTrack extends EventTarget implements MediaStreamTrack {
  readonly content: TrackContent;
  readonly id = crypto.randomUUID();
  readonly kind: 'audio' | 'video';
  readonly label = 'load';
  readonly muted = false;
  enabled = true;
  contentHint = '';
  onended: ((event: Event) => void) | null = null;
  onmute: ((event: Event) => void) | null = null;
  onunmute: ((event: Event) => void) | null = null;
  #readyState: MediaStreamTrackState = 'live';

  constructor(content: TrackContent) {
    super();
    this.content = content;
    this.kind = content.kind;
  }

  get readyState(): MediaStreamTrackState {
    return this.#readyState;
  }

  applyConstraints(): Promise<void> {
    return Promise.resolve();
  }

  clone(): MediaStreamTrack {
    return new LoadTrack(this.content);
  }

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  getConstraints(): MediaTrackConstraints {
    return {};
  }

  getSettings(): MediaTrackSettings {
    if (!('format' in this.content)) return {};
    const { width, height, framesPerSecond } = this.content.format;
    return { width, height, frameRate: framesPerSecond };
  }

  stop(): void {
    this.#readyState = 'ended';
  }
}
