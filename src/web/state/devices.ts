import { type ReadonlySignal, signal } from '@preact/signals';
import type { Device, DeviceLists } from './device-switch.ts';

const nothing: DeviceLists = { camera: [], microphone: [], speaker: [] };

/** The cameras, microphones and speakers of this machine, kept current. Labels appear once a permission was given. */
export class Devices {
  readonly #media: MediaDevices | undefined;
  readonly #lists = signal<DeviceLists>(nothing);
  readonly #onChange: (before: DeviceLists, after: DeviceLists) => void;
  readonly #changed = () => void this.refresh();

  /** @param onChange only for changes that the machine told of, not for the first look or for labels that appear */
  constructor(media: MediaDevices | undefined, onChange: (before: DeviceLists, after: DeviceLists) => void) {
    this.#media = media;
    this.#onChange = onChange;
    media?.addEventListener?.('devicechange', this.#changed);
  }

  get lists(): ReadonlySignal<DeviceLists> {
    return this.#lists;
  }

  /** Look again; also after a permission was given. */
  async refresh(): Promise<void> {
    const found = await this.#media?.enumerateDevices().catch(() => []);
    if (!found) return;
    const before = this.#lists.peek();
    const of = (kind: MediaDeviceKind): Device[] =>
      found
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .map((device) => ({ id: device.deviceId, label: device.label, groupId: device.groupId }));
    const after: DeviceLists = {
      camera: of('videoinput'),
      microphone: of('audioinput'),
      speaker: of('audiooutput'),
    };
    this.#lists.value = after;
    // Without permission all ids are hidden; the jump from nothing to everything is no change of devices.
    if (before.camera.length + before.microphone.length > 0) this.#onChange(before, after);
  }

  close(): void {
    this.#media?.removeEventListener?.('devicechange', this.#changed);
  }
}
