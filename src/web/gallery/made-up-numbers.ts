import type { LineMoment, MeetingStats, RemoteParticipant } from '../../client/index.ts';

const kept = 120;

/** Waves instead of chance, so that every picture of the gallery is the same. */
function wave(at: number, length: number, low: number, high: number): number {
  return low + ((high - low) * (2 + Math.sin(at / length) + Math.sin(at / (length * 2.7)))) / 4;
}

/** Two minutes of a line that was bad for half a minute. */
export function madeUpLine(seconds: number): LineMoment[] {
  return Array.from({ length: kept }, (_, index) => {
    const at = seconds - kept + 1 + index;
    const bad = at > -75 && at < -42;
    return {
      at: at * 1000,
      receivedBitrate: wave(at, 5, 900_000, 1_700_000) * (bad ? 0.28 : 1),
      sentBitrate: wave(at, 7, 380_000, 620_000) * (bad ? 0.5 : 1),
      receivedLost: bad ? wave(at, 2, 0.03, 0.12) : wave(at, 4, 0, 0.004),
      sentLost: bad ? wave(at, 3, 0.01, 0.05) : 0,
      roundTripMs: wave(at, 6, 24, 38) + (bad ? 180 : 0),
      jitterMs: wave(at, 3, 2, 9) + (bad ? 34 : 0),
      availableOutgoingBitrate: 1_900_000,
    };
  });
}

/** Counters as they stand after so many seconds. */
export function madeUpStats(people: Iterable<RemoteParticipant>, seconds: number): MeetingStats {
  const transport = {
    state: 'connected' as const,
    bytesSent: 0,
    bytesReceived: 0,
    roundTripMs: 29,
    availableOutgoingBitrate: 1_900_000,
    route: {
      protocol: 'udp' as const,
      relayed: false,
      localType: 'srflx',
      remoteType: 'host',
      local: '',
      remote: '',
    },
  };
  const layer = (kilobits: number, width?: number, height?: number) => ({
    active: kilobits > 0,
    bytesSent: kilobits * 125 * seconds,
    packetsSent: Math.round(kilobits * 0.15 * seconds),
    packetsLost: 0,
    ...(width && height && { width, height, framesPerSecond: 24 }),
    limitedBy: kilobits > 0 ? 'none' : 'bandwidth',
  });
  return {
    send: transport,
    receive: transport,
    publications: [
      { source: 'microphone', paused: false, codec: 'audio/opus', layers: [layer(34)] },
      {
        source: 'camera',
        paused: false,
        codec: 'video/VP8',
        layers: [layer(130, 320, 180), layer(290, 640, 360), layer(0, 1280, 720)],
      },
    ],
    subscriptions: [...people].flatMap(({ id, producers }, index) =>
      [...producers.values()].map(({ id: producerId, source, kind }) => ({
        producerId,
        participantId: id,
        source,
        codec: kind === 'audio' ? 'audio/opus' : 'video/VP8',
        bytesReceived: (kind === 'audio' ? 4200 : 36_000 + index * 900) * seconds,
        packetsReceived: 60 * seconds,
        packetsLost: Math.round(0.3 * seconds),
        jitterMs: 4 + index,
        ...(kind === 'video' && {
          freezes: index % 3,
          frozenMs: (index % 3) * 700,
          width: 640,
          height: 360,
          framesPerSecond: 24,
        }),
      })),
    ),
  };
}
