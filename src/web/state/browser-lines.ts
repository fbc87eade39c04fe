import type { Line } from '../../client/doctor/line.ts';

type DeviceKind = 'camera' | 'microphone';
const inputs = { camera: 'videoinput', microphone: 'audioinput' } as const;

/** What this browser can do, without asking anybody for anything. */
export function browserLines(window: Window & typeof globalThis): Line[] {
  const codecs = codecNames(window);
  const canShare = typeof window.navigator.mediaDevices?.getDisplayMedia === 'function';
  return [
    typeof window.RTCPeerConnection === 'function' ? passed('browser') : failed('browser', 'missing'),
    window.isSecureContext ? passed('secure-context') : failed('secure-context', 'missing'),
    codecs.length > 0
      ? { id: 'codecs', state: 'passed', facts: { detail: codecs.join(', ') } }
      : failed('codecs', 'missing'),
    canShare ? passed('screen-capture') : failed('screen-capture', 'missing'),
  ];
}

/** Whether there are devices; what they are called is told only after consent. */
export async function deviceLines(devices: MediaDevices | undefined): Promise<Line[]> {
  const found = (await devices?.enumerateDevices().catch(() => undefined)) ?? [];
  return (['camera', 'microphone'] as const).map((id) =>
    found.some(({ kind }) => kind === inputs[id])
      ? { id, state: 'untested', reason: 'not-asked', facts: {} }
      : failed(id, 'missing'),
  );
}

/** Asks for the device, looks whether it delivers, and gives it back. */
export async function tryDevice(devices: MediaDevices | undefined, id: DeviceKind): Promise<Line> {
  if (typeof devices?.getUserMedia !== 'function') return failed(id, 'missing');
  try {
    const stream = await devices.getUserMedia(id === 'camera' ? { video: true } : { audio: true });
    const [track] = stream.getTracks();
    const detail = track?.label ?? '';
    for (const each of stream.getTracks()) each.stop();
    return { id, state: 'passed', facts: detail ? { detail } : {} };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'NotAllowedError' || name === 'SecurityError') return failed(id, 'denied');
    if (name === 'NotFoundError') return failed(id, 'missing');
    return { id, state: 'failed', reason: 'internal', facts: { detail: name } };
  }
}

/** VP8, H264, Opus …: without what only repairs or mixes. */
function codecNames(window: Window & typeof globalThis): string[] {
  const receiver = window.RTCRtpReceiver as typeof RTCRtpReceiver | undefined;
  const found = (['audio', 'video'] as const).flatMap(
    (kind) => receiver?.getCapabilities?.(kind)?.codecs ?? [],
  );
  const names = found.map(({ mimeType }) => mimeType.split('/')[1] ?? '');
  const wanted = ['opus', 'VP8', 'H264', 'VP9', 'AV1'];
  return wanted.filter((name) => names.some((each) => each.toLowerCase() === name.toLowerCase()));
}

function passed(id: Line['id']): Line {
  return { id, state: 'passed', facts: {} };
}
function failed(id: Line['id'], reason: 'missing' | 'denied'): Line {
  return { id, state: 'failed', reason, facts: {} };
}
