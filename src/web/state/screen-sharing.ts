import { type ReadonlySignal, signal } from '@preact/signals';
import type { Meeting, Publication } from '../../client/index.ts';

/** Not in TypeScript's library yet: Screen Capture, 5.4, and its extensions. */
interface ScreenOptions extends DisplayMediaStreamOptions {
  selfBrowserSurface?: 'include' | 'exclude';
  surfaceSwitching?: 'include' | 'exclude';
  systemAudio?: 'include' | 'exclude';
}

export type SharingState = 'off' | 'starting' | 'on';

/** Our own screen for the others. */
export class ScreenSharing {
  readonly #meeting: Pick<Meeting, 'publish'>;
  readonly #devices: MediaDevices | undefined;
  readonly #state = signal<SharingState>('off');
  #tracks: MediaStreamTrack[] = [];
  #publications: Publication[] = [];

  constructor(meeting: Pick<Meeting, 'publish'>, devices: MediaDevices | undefined) {
    this.#meeting = meeting;
    this.#devices = devices;
  }

  get state(): ReadonlySignal<SharingState> {
    return this.#state;
  }

  /** Phones cannot. */
  get possible(): boolean {
    return typeof this.#devices?.getDisplayMedia === 'function';
  }

  /**
   * Must be called in a click. Resolves quietly when the person cancels the choice.
   * @throws MeetingError, or what the browser says
   */
  async start(): Promise<void> {
    if (this.#state.peek() !== 'off' || !this.#devices) return;
    this.#state.value = 'starting';
    try {
      const stream = await this.#devices.getDisplayMedia(screenOptions);
      this.#tracks = stream.getTracks();
      const [video, audio] = [stream.getVideoTracks()[0], stream.getAudioTracks()[0]];
      if (!video) throw new DOMException('no picture', 'NotFoundError');
      // Text must stay readable when the line is narrow: rather fewer pictures than blurred ones.
      video.contentHint = 'detail';
      video.addEventListener('ended', () => void this.stop());
      this.#publications = [await this.#meeting.publish('screen', video)];
      if (audio) this.#publications.push(await this.#meeting.publish('screen-audio', audio));
      this.#state.value = video.readyState === 'live' ? 'on' : 'off';
      if (video.readyState !== 'live') await this.stop();
    } catch (error) {
      await this.stop();
      // The person closed the browser's dialog.
      if (error instanceof DOMException && error.name === 'NotAllowedError') return;
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const track of this.#tracks.splice(0)) track.stop();
    const publications = this.#publications.splice(0);
    this.#state.value = 'off';
    await Promise.all(publications.map((publication) => publication.close().catch(() => undefined)));
  }
}

const screenOptions: ScreenOptions = {
  video: { frameRate: { ideal: 15, max: 30 } },
  // restrictOwnAudio: else the others would hear themselves through a shared system sound.
  audio: {
    restrictOwnAudio: true,
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  } as MediaTrackConstraints,
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'include',
};
