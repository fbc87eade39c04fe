import { type ReadonlySignal, signal } from '@preact/signals';
import { InsecureContextError, type MediaProblem, mediaProblem } from './media-problem.ts';

export type SourceKind = 'camera' | 'microphone';
export type SourceState =
  | { name: 'off' }
  | { name: 'starting' }
  | { name: 'on'; track: MediaStreamTrack }
  | { name: 'failed'; problem: MediaProblem };

/** Constraints for a device; an empty id means the system's default. */
export function constraintsFor(kind: SourceKind, deviceId: string): MediaTrackConstraints {
  const device = deviceId === '' ? {} : { deviceId: { exact: deviceId } };
  if (kind === 'microphone')
    return { ...device, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return { ...device, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
}

/**
 * Our camera or our microphone. Off means off: the track is stopped and the light goes out. Whatever comes back too
 * late (the permission prompt may be open for minutes) is stopped at once.
 */
export class LocalSource {
  readonly kind: SourceKind;
  readonly #devices: MediaDevices | undefined;
  readonly #state = signal<SourceState>({ name: 'off' });
  readonly #onLost: (source: LocalSource) => void;
  #attempt = 0;

  /**
   * @param devices undefined where the browser hides them (insecure origin)
   * @param onLost the track ended by itself: unplugged, or taken away by the system
   */
  constructor(kind: SourceKind, devices: MediaDevices | undefined, onLost: (source: LocalSource) => void) {
    this.kind = kind;
    this.#devices = devices;
    this.#onLost = onLost;
  }

  get state(): ReadonlySignal<SourceState> {
    return this.#state;
  }

  get track(): MediaStreamTrack | undefined {
    const state = this.#state.peek();
    return state.name === 'on' ? state.track : undefined;
  }

  /** The device that delivers now; empty while off. */
  get deviceId(): string {
    return this.track?.getSettings().deviceId ?? '';
  }

  /**
   * Turns it on, or over to another device. Never throws: how it went is the state.
   * The old track is stopped only when the new one is there, so that a failed change loses nothing.
   */
  async start(deviceId: string): Promise<void> {
    const attempt = ++this.#attempt;
    const before = this.track;
    if (!before) this.#state.value = { name: 'starting' };
    try {
      const track = await this.#acquire(deviceId);
      if (attempt !== this.#attempt) track.stop();
      else this.adopt(track);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (before?.readyState === 'live') return;
      this.#state.value = { name: 'failed', problem: mediaProblem(error) };
    }
  }

  /** Takes a track that was acquired together with another one (a single permission prompt). */
  adopt(track: MediaStreamTrack): void {
    this.#attempt++;
    const before = this.track;
    track.addEventListener('ended', () => {
      if (this.track !== track) return;
      this.#state.value = { name: 'off' };
      this.#onLost(this);
    });
    if (this.kind === 'camera' && 'contentHint' in track) track.contentHint = 'motion';
    this.#state.value = { name: 'on', track };
    before?.stop();
  }

  markStarting(): void {
    this.#attempt++;
    if (!this.track) this.#state.value = { name: 'starting' };
  }

  fail(error: unknown): void {
    this.#attempt++;
    this.#state.value = { name: 'failed', problem: mediaProblem(error) };
  }

  stop(): void {
    this.#attempt++;
    const track = this.track;
    this.#state.value = { name: 'off' };
    track?.stop();
  }

  async #acquire(deviceId: string): Promise<MediaStreamTrack> {
    if (!this.#devices?.getUserMedia) throw new InsecureContextError();
    const ask = (id: string) =>
      this.#devices?.getUserMedia({
        [this.kind === 'camera' ? 'video' : 'audio']: constraintsFor(this.kind, id),
      });
    let stream: MediaStream | undefined;
    try {
      stream = await ask(deviceId);
    } catch (error) {
      // The remembered device is not plugged in today: any other is better than none.
      const gone =
        error instanceof Error && (error.name === 'OverconstrainedError' || error.name === 'NotFoundError');
      if (!gone || deviceId === '') throw error;
      stream = await ask('');
    }
    const track = stream?.getTracks()[0];
    if (!track) throw new DOMException('no track', 'NotFoundError');
    return track;
  }
}
