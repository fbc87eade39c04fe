import { Volume2 } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { canChooseSpeaker, playTestSound } from '../state/audio-output.ts';
import type { Device, DeviceRole } from '../state/device-switch.ts';
import type { LocalMedia } from '../state/local-media.ts';
import { useApp, useTranslation } from './app-context.ts';
import { LevelMeter } from './level-meter.tsx';
import { Select } from './select.tsx';

/** Camera, microphone and speaker: in the lobby and in the settings. */
export function DeviceFields({ media }: { media: LocalMedia }) {
  const { settings } = useApp();
  const { text } = useTranslation();
  const { cameraId, microphoneId, speakerId } = settings.current.value;
  const lists = media.lists.value;
  const microphone = media.microphone.state.value;
  const camera = media.camera.state.value;
  const [testing, setTesting] = useState(false);

  const field = (role: DeviceRole, chosen: string, inUse: string) => {
    const devices = lists[role].filter(isDevice);
    // The choice if it is plugged in, else what is in use.
    const value = [chosen, inUse].find((id) => devices.some((device) => device.id === id)) ?? '';
    const options = [
      { value: '', label: text.lobby.systemDefault },
      ...devices.map((device) => ({ value: device.id, label: device.label })),
    ];
    return (
      <Select
        label={text.lobby[role]}
        value={value}
        options={options}
        disabled={devices.length === 0}
        onChange={(id) => void media.choose(role, id)}
      />
    );
  };
  const test = async () => {
    setTesting(true);
    await playTestSound(speakerId).catch(() => undefined);
    setTesting(false);
  };
  return (
    <div class="device-fields">
      <div class="device-field">
        {field('microphone', microphoneId, microphone.name === 'on' ? media.microphone.deviceId : '')}
        <LevelMeter track={microphone.name === 'on' ? microphone.track : undefined} />
      </div>
      {field('camera', cameraId, camera.name === 'on' ? media.camera.deviceId : '')}
      <div class="device-field">
        {canChooseSpeaker() && field('speaker', speakerId, '')}
        <button
          type="button"
          class="button"
          data-look="outline"
          disabled={testing}
          onClick={() => void test()}
        >
          <Volume2 size={18} aria-hidden="true" />
          {text.lobby.testSpeaker}
        </button>
      </div>
    </div>
  );
}

/** Chromium lists the system's choice as devices of its own; without permission nothing has a name. */
function isDevice(device: Device): boolean {
  return device.label !== '' && device.id !== 'default' && device.id !== 'communications';
}
