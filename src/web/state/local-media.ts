import type { ReadonlySignal } from '@preact/signals';
import { type DeviceLists, type DeviceRole, decideDeviceSwitch } from './device-switch.ts';
import { Devices } from './devices.ts';
import { constraintsFor, LocalSource, type SourceKind } from './local-source.ts';
import type { SettingsStore } from './settings.ts';

export interface DeviceNews {
  /** microphone and speaker together: a headset */
  roles: readonly DeviceRole[];
  what: 'switched' | 'lost' | 'offered';
  label: string;
  /** Undo what was done, or do what is offered. */
  act?: () => void;
}

/** Camera, microphone and the choice of devices: from the lobby to the end of the meeting. */
export class LocalMedia {
  readonly camera: LocalSource;
  readonly microphone: LocalSource;
  readonly #media: MediaDevices | undefined;
  readonly #devices: Devices;
  readonly #settings: SettingsStore;
  readonly #onNews: (news: DeviceNews) => void;

  constructor(media: MediaDevices | undefined, settings: SettingsStore, onNews: (news: DeviceNews) => void) {
    this.#media = media;
    this.#settings = settings;
    this.#onNews = onNews;
    const lost = (source: LocalSource) => this.#trackLost(source);
    this.camera = new LocalSource('camera', media, lost);
    this.microphone = new LocalSource('microphone', media, lost);
    this.#devices = new Devices(media, (before, after) => this.#devicesChanged(before, after));
  }

  get lists(): ReadonlySignal<DeviceLists> {
    return this.#devices.lists;
  }

  source(kind: SourceKind): LocalSource {
    return kind === 'camera' ? this.camera : this.microphone;
  }

  /** Both with one permission prompt where possible; each for itself where one is missing or broken. */
  async start(wanted: { camera: boolean; microphone: boolean }): Promise<void> {
    if (wanted.camera && wanted.microphone && this.#media?.getUserMedia) await this.#startBoth(this.#media);
    else {
      const kinds = (['camera', 'microphone'] as const).filter((kind) => wanted[kind]);
      await Promise.all(kinds.map((kind) => this.turnOn(kind)));
    }
    await this.#devices.refresh();
  }

  async turnOn(kind: SourceKind): Promise<void> {
    await this.source(kind).start(this.#chosen(kind));
    await this.#devices.refresh();
  }

  /** A person chose a device: remember it, and use it at once where the source is on. */
  async choose(role: DeviceRole, deviceId: string): Promise<void> {
    this.#settings.change(
      role === 'camera'
        ? { cameraId: deviceId }
        : role === 'microphone'
          ? { microphoneId: deviceId }
          : { speakerId: deviceId },
    );
    if (role === 'speaker') return;
    const source = this.source(role);
    if (source.track || source.state.peek().name === 'failed') await source.start(deviceId);
  }

  /** Ends everything: lights out. */
  close(): void {
    this.#devices.close();
    this.camera.stop();
    this.microphone.stop();
  }

  async #startBoth(media: MediaDevices): Promise<void> {
    this.camera.markStarting();
    this.microphone.markStarting();
    try {
      const stream = await media.getUserMedia({
        video: constraintsFor('camera', this.#chosen('camera')),
        audio: constraintsFor('microphone', this.#chosen('microphone')),
      });
      const [video, audio] = [stream.getVideoTracks()[0], stream.getAudioTracks()[0]];
      // Turned off again while the prompt was open.
      for (const [source, track] of [
        [this.camera, video],
        [this.microphone, audio],
      ] as const) {
        if (track && source.state.peek().name === 'starting') source.adopt(track);
        else track?.stop();
      }
    } catch (error) {
      const denied = error instanceof Error && error.name === 'NotAllowedError';
      // Asking again right after a no would only show the prompt twice more; unless one of the two is known to be allowed.
      const retry = denied ? await this.#allowed() : (['camera', 'microphone'] as const);
      for (const kind of ['camera', 'microphone'] as const)
        if (!retry.includes(kind)) this.source(kind).fail(error);
      await Promise.all(retry.map((kind) => this.source(kind).start(this.#chosen(kind))));
    }
  }

  async #allowed(): Promise<readonly SourceKind[]> {
    const states = await Promise.all(
      (['camera', 'microphone'] as const).map(async (kind) => {
        // Firefox knows these names only from version 132 on and rejects before.
        const status = await navigator.permissions
          ?.query({ name: kind as PermissionName })
          .catch(() => undefined);
        return status?.state === 'granted' ? [kind] : [];
      }),
    );
    return states.flat();
  }

  #chosen(role: DeviceRole): string {
    const settings = this.#settings.current.peek();
    return role === 'camera'
      ? settings.cameraId
      : role === 'microphone'
        ? settings.microphoneId
        : settings.speakerId;
  }

  #trackLost(source: LocalSource): void {
    // The device list often changes a moment later; whoever is still there takes over now, so that nobody talks into nothing.
    void source.start('').then(async () => {
      await this.#devices.refresh();
      const label = source.track?.label ?? '';
      this.#onNews({ roles: [source.kind], what: source.track ? 'switched' : 'lost', label });
    });
  }

  #devicesChanged(before: DeviceLists, after: DeviceLists): void {
    const news: DeviceNews[] = [];
    for (const role of ['microphone', 'speaker', 'camera'] as const) {
      const chosen = this.#chosen(role);
      const current = role === 'speaker' ? chosen : this.source(role).deviceId;
      const decision = decideDeviceSwitch(role, before, after, { current, chosen });
      const isOn = role === 'speaker' || this.source(role).track !== undefined;
      if (decision.do === 'nothing' || !isOn) continue;
      const { to, label } = decision;
      if (decision.do === 'offer') {
        news.push({ roles: [role], what: 'offered', label, act: () => void this.choose(role, to) });
        continue;
      }
      this.#switch(role, to);
      const undo = decision.do === 'take' ? { act: () => this.#switch(role, current) } : {};
      news.push({ roles: [role], what: label === '' ? 'lost' : 'switched', label, ...undo });
    }
    for (const item of mergeHeadset(news)) this.#onNews(item);
  }

  /** Not a choice to remember: the headset of today is not the choice of tomorrow. */
  #switch(role: DeviceRole, deviceId: string): void {
    if (role === 'speaker') this.#settings.change({ speakerId: deviceId });
    else void this.source(role).start(deviceId);
  }
}

/** One headset is one piece of news. */
function mergeHeadset(news: readonly DeviceNews[]): DeviceNews[] {
  const [first, second, ...rest] = news;
  if (!first || !second || first.what !== second.what || first.label !== second.label) return [...news];
  const both = { roles: [...first.roles, ...second.roles], what: first.what, label: first.label };
  if (!first.act || !second.act) return [both, ...rest];
  const act = () => {
    first.act?.();
    second.act?.();
  };
  return [{ ...both, act }, ...rest];
}
