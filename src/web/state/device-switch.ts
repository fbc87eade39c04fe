/** What to do when something is plugged in or out. Pure; labels and groups as enumerateDevices gives them. */
export type DeviceRole = 'camera' | 'microphone' | 'speaker';
export interface Device {
  id: string;
  label: string;
  /** The same for microphone and speaker of one headset. */
  groupId: string;
}
export type DeviceLists = Record<DeviceRole, readonly Device[]>;

export type DeviceSwitch =
  | { do: 'nothing' }
  /** The device in use is gone. to: '' means the system's default. */
  | { do: 'fall-back'; to: string; label: string }
  /** The device a person once chose is back. */
  | { do: 'return'; to: string; label: string }
  /** Something new on a device of the system's choice: take it, offering to undo. */
  | { do: 'take'; to: string; label: string }
  /** Something new, but this person has chosen another one: only offer it. */
  | { do: 'offer'; to: string; label: string };

export interface DeviceUse {
  /** in use now; empty: nothing, or the system's default */
  current: string;
  /** remembered choice; empty: the system's default */
  chosen: string;
}

/** Aliases Chromium adds for the system's choice; they are not devices of their own. */
const aliases = new Set(['default', 'communications', '']);
const real = (devices: readonly Device[]) => devices.filter((device) => !aliases.has(device.id));

export function decideDeviceSwitch(
  role: DeviceRole,
  before: DeviceLists,
  after: DeviceLists,
  use: DeviceUse,
): DeviceSwitch {
  const old = new Set(real(before[role]).map((device) => device.id));
  const now = real(after[role]);
  const added = now.filter((device) => !old.has(device.id));
  const chosenBack = added.find((device) => device.id === use.chosen);
  if (chosenBack) return { do: 'return', to: chosenBack.id, label: chosenBack.label };

  const lost = use.current !== '' && old.has(use.current) && !now.some((device) => device.id === use.current);
  if (lost) {
    const next = added[0] ?? now[0];
    return { do: 'fall-back', to: next?.id ?? '', label: next?.label ?? '' };
  }
  // Nobody was asked for permission yet: devices without ids or labels say nothing.
  const fresh = added.find((device) => device.label !== '');
  if (!fresh || old.size === 0) return { do: 'nothing' };
  // A second camera or a monitor with speakers is rarely meant; a headset (microphone and speaker in one) nearly always is.
  if (role === 'camera' || !isHeadset(fresh, after)) return { do: 'offer', to: fresh.id, label: fresh.label };
  return { do: use.chosen === '' ? 'take' : 'offer', to: fresh.id, label: fresh.label };
}

function isHeadset(device: Device, lists: DeviceLists): boolean {
  if (device.groupId === '') return false;
  const inGroup = (devices: readonly Device[]) =>
    real(devices).some((other) => other.groupId === device.groupId);
  return inGroup(lists.microphone) && inGroup(lists.speaker);
}
