import type { MediaKind } from '../../protocol/media.ts';

/** A track without a device or a picture, where there is no WebRTC: tests, load clients, screens being designed. */
export class FakeTrack extends EventTarget implements MediaStreamTrack {
  readonly id: string;
  readonly kind: MediaKind;
  readonly label: string;
  readonly muted = false;
  contentHint = '';
  enabled = true;
  onended: MediaStreamTrack['onended'] = null;
  onmute: MediaStreamTrack['onmute'] = null;
  onunmute: MediaStreamTrack['onunmute'] = null;
  readonly #settings: MediaTrackSettings;
  #readyState: MediaStreamTrackState = 'live';

  /** @param settings what getSettings() tells; default for video: 1280x720 at 30 */
  constructor(kind: MediaKind, settings: MediaTrackSettings = kind === 'video' ? usualCamera : {}) {
    super();
    this.id = crypto.randomUUID();
    this.kind = kind;
    this.label = `fake ${kind}`;
    this.#settings = settings;
  }

  get readyState(): MediaStreamTrackState {
    return this.#readyState;
  }

  stop(): void {
    this.#readyState = 'ended';
  }

  /** As if the device was unplugged or the browser's "stop sharing" pressed. */
  end(): void {
    if (this.#readyState === 'ended') return;
    this.#readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  clone(): FakeTrack {
    return new FakeTrack(this.kind, this.#settings);
  }

  getSettings(): MediaTrackSettings {
    return { ...this.#settings };
  }

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  getConstraints(): MediaTrackConstraints {
    return {};
  }

  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    const { width, height } = constraints;
    if (typeof width === 'number') this.#settings.width = width;
    if (typeof height === 'number') this.#settings.height = height;
  }
}

const usualCamera = { width: 1280, height: 720, frameRate: 30 };
