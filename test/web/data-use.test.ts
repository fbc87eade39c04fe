import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ceilingOf, dataChoices, nextLower } from '../../src/web/state/data-choice.ts';
import { DataUse } from '../../src/web/state/data-use.ts';
import { DeviceStorage } from '../../src/web/state/device-storage.ts';
import { SettingsStore } from '../../src/web/state/settings.ts';

const test = suite('data use');

const nothingStored = () =>
  new DeviceStorage(() => {
    throw new DOMException('no', 'SecurityError');
  });

test('what each choice asks the meeting for', () => {
  assert.equal(
    dataChoices.map((choice) => ceilingOf(choice)),
    [
      { bitrate: 0, audioOnly: false },
      { bitrate: 500_000, audioOnly: false },
      { bitrate: 250_000, audioOnly: false },
      { bitrate: 100_000, audioOnly: false },
      { bitrate: 0, audioOnly: true },
    ],
  );
  assert.equal(dataChoices.map(nextLower), ['250', '250', '100', 'audio-only', 'audio-only']);
});

test('a device that saves data begins low, until the person chooses', () => {
  const settings = new SettingsStore(nothingStored());
  let changed: () => void = () => undefined;
  const connection = {
    saveData: true,
    addEventListener: (_: 'change', listener: () => void) => (changed = listener),
  };
  const use = new DataUse(settings, connection);
  assert.is(use.choice.value, '250');
  assert.ok(use.byDevice);
  connection.saveData = false;
  changed();
  assert.is(use.choice.value, 'automatic');
  connection.saveData = true;
  changed();
  use.choose('automatic');
  assert.is(use.choice.value, 'automatic');
  assert.not.ok(use.byDevice);
  assert.is(settings.current.value.dataUse, 'automatic');
});

test('out of audio only back to what was before', () => {
  const use = new DataUse(new SettingsStore(nothingStored()), undefined);
  use.choose('500');
  use.choose('audio-only');
  assert.ok(use.audioOnly);
  use.leaveAudioOnly();
  assert.is(use.choice.value, '500');
});

test.run();
