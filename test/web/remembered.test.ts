import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceStorage } from '../../src/web/state/device-storage.ts';
import { type RecentMeeting, RecentMeetings, withMeeting } from '../../src/web/state/recent-meetings.ts';
import { readSettings, SettingsStore } from '../../src/web/state/settings.ts';

const test = suite('remembered');

/** Node has a localStorage only with a file; a map does the same. */
function memory(): Storage {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    clear: () => map.clear(),
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}
const meeting = (part: Partial<RecentMeeting> = {}): RecentMeeting => ({
  roomId: 'r',
  name: 'Room',
  path: '/m/r#token',
  moderator: false,
  visitedAt: 1,
  ...part,
});

test('settings survive, and only what has the right type is taken over', () => {
  const storage = memory();
  new SettingsStore(new DeviceStorage(() => storage)).change({
    displayName: 'Ada',
    theme: 'dark',
    cameraOn: false,
  });
  const again = new SettingsStore(new DeviceStorage(() => storage)).current.value;
  assert.is(again.displayName, 'Ada');
  assert.is(again.theme, 'dark');
  assert.is(again.cameraOn, false);
  const odd = readSettings({
    displayName: 3,
    theme: 'pink',
    language: '__proto__',
    singleKeys: 'yes',
    cameraId: 'x'.repeat(999),
    dataUse: '9000',
  });
  assert.is(odd.displayName, '');
  assert.is(odd.theme, 'system');
  assert.is(odd.language, undefined);
  assert.is(odd.singleKeys, true);
  assert.is(odd.dataUse, undefined);
  assert.is(odd.cameraId.length, 256);
  for (const nothing of [undefined, null, 7, []]) assert.is(readSettings(nothing).microphoneOn, true);
});

test('forbidden storage breaks nothing', () => {
  const forbidden = new DeviceStorage(() => {
    throw new DOMException('no', 'SecurityError');
  });
  const settings = new SettingsStore(forbidden);
  settings.change({ displayName: 'Ada' });
  assert.is(settings.current.value.displayName, 'Ada');
  new RecentMeetings(forbidden).add(meeting());
});

test('recent meetings: the latest first, each once, a few, removable', () => {
  const storage = memory();
  const recent = new RecentMeetings(new DeviceStorage(() => storage));
  for (let index = 0; index < 12; index++) recent.add(meeting({ roomId: `r${index}` }));
  recent.add(meeting({ roomId: 'r5', name: 'Again' }));
  assert.is(recent.list.value.length, 8);
  assert.is(recent.list.value[0]?.name, 'Again');
  recent.forget('r5');
  assert.not.ok(
    new RecentMeetings(new DeviceStorage(() => storage)).list.value.some(({ roomId }) => roomId === 'r5'),
  );
  recent.clear();
  assert.is(storage.length, 0);
});

test('a moderator link is not lost by visiting the same meeting as a participant', () => {
  const [kept] = withMeeting(
    [meeting({ moderator: true, path: '/m/r#mod' })],
    meeting({ path: '/m/r#part', visitedAt: 2 }),
  );
  assert.equal(kept, meeting({ moderator: true, path: '/m/r#mod', visitedAt: 2 }));
});

test('stored links that are not ours are dropped', () => {
  const storage = memory();
  storage.setItem(
    'plenum.recent',
    JSON.stringify([meeting({ path: 'javascript:alert(1)' }), { roomId: 1 }, null, meeting()]),
  );
  assert.is(new RecentMeetings(new DeviceStorage(() => storage)).list.value.length, 1);
});

test.run();
