import { type Clock, systemClock } from '../base/clock.ts';
import type { PeerConnectionFactory } from './engine/direct-engine.ts';
import type { MediaEngine } from './engine/engine.ts';
import type { JoinOptions } from './join-options.ts';
import { LiveMeeting } from './live-meeting.ts';
import type { Meeting } from './meeting.ts';
import { toMeetingError } from './meeting-error.ts';
import { defaultRetry } from './signalling/retry.ts';

/** Unlike the system clock's, these delays keep a Node process alive: one that waits to reconnect has nothing else that does. */
const clock: Clock = {
  ...systemClock,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Connects and joins. Resolves when the room is known; media connects meanwhile.
 * @throws MeetingError
 */
export async function joinMeeting(options: JoinOptions): Promise<Meeting> {
  const { signal, iceTransportPolicy, ...rest } = options;
  const parts = {
    client: 'plenum-sdk',
    autoSubscribe: 'audio' as const,
    engine: () => browserEngine(iceTransportPolicy),
    webSocket: (url: string) => new WebSocket(url),
    onConnection: () => undefined,
    retry: defaultRetry,
    hideAddress: false,
    // Whoever brings an engine decides what media runs on; a relay of the deployment leads to no other participant.
    peerConnection: options.engine || iceTransportPolicy === 'relay' ? undefined : browserPeerConnection(),
    ...rest,
    clock,
  };
  return await LiveMeeting.join(parts, signal);
}

/** Loaded apart: whoever brings an engine does without it. */
async function browserEngine(iceTransportPolicy: JoinOptions['iceTransportPolicy']): Promise<MediaEngine> {
  const loading = import('./engine/sfu-engine.ts');
  const { SfuEngine } = await loading.catch((error: unknown) => {
    throw toMeetingError(error, 'not-loaded');
  });
  return await SfuEngine.create(undefined, iceTransportPolicy);
}

function browserPeerConnection(): PeerConnectionFactory | undefined {
  if (typeof RTCPeerConnection === 'undefined') return undefined;
  return (configuration) => new RTCPeerConnection(configuration);
}
