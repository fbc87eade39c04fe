import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Device, type DeviceLists, decideDeviceSwitch } from '../../src/web/state/device-switch.ts';

const test = suite('device switch');

const device = (id: string, groupId = id): Device => ({ id, label: `The ${id}`, groupId });
const built: DeviceLists = {
  camera: [device('cam')],
  microphone: [device('default', 'built'), device('mic', 'built')],
  speaker: [device('default', 'built'), device('loud', 'built')],
};
const headset: DeviceLists = {
  ...built,
  microphone: [...built.microphone, device('head-mic', 'head')],
  speaker: [...built.speaker, device('head-ear', 'head')],
};
const onDefault = { current: 'mic', chosen: '' };

test('a headset is taken when the system chose the device so far', () => {
  assert.equal(decideDeviceSwitch('microphone', built, headset, onDefault), {
    do: 'take',
    to: 'head-mic',
    label: 'The head-mic',
  });
  assert.is(decideDeviceSwitch('speaker', built, headset, { current: '', chosen: '' }).do, 'take');
  assert.is(decideDeviceSwitch('camera', built, headset, { current: 'cam', chosen: '' }).do, 'nothing');
});

test('who has chosen a device is only offered the new one', () => {
  assert.is(decideDeviceSwitch('microphone', built, headset, { current: 'mic', chosen: 'mic' }).do, 'offer');
});

test('a monitor with speakers and a second camera are only offered', () => {
  const monitor: DeviceLists = { ...built, speaker: [...built.speaker, device('monitor')] };
  assert.is(decideDeviceSwitch('speaker', built, monitor, { current: '', chosen: '' }).do, 'offer');
  const second: DeviceLists = { ...built, camera: [...built.camera, device('cam2')] };
  assert.is(decideDeviceSwitch('camera', built, second, { current: 'cam', chosen: '' }).do, 'offer');
});

test('pulled out: the next best takes over', () => {
  const use = { current: 'head-mic', chosen: 'head-mic' };
  assert.equal(decideDeviceSwitch('microphone', headset, built, use), {
    do: 'fall-back',
    to: 'mic',
    label: 'The mic',
  });
  const none: DeviceLists = { ...built, microphone: [] };
  assert.equal(decideDeviceSwitch('microphone', built, none, onDefault), {
    do: 'fall-back',
    to: '',
    label: '',
  });
});

test('the chosen device is taken again when it is back', () => {
  const use = { current: 'mic', chosen: 'head-mic' };
  assert.is(decideDeviceSwitch('microphone', built, headset, use).do, 'return');
});

test('no news without a change, and none when a permission reveals the names', () => {
  assert.is(decideDeviceSwitch('microphone', built, built, onDefault).do, 'nothing');
  const unnamed: DeviceLists = { camera: [], microphone: [], speaker: [] };
  assert.is(decideDeviceSwitch('microphone', unnamed, headset, { current: '', chosen: '' }).do, 'nothing');
});

test.run();
