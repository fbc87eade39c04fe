import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MeetingStats, ParticipantId, ProducerId } from '../../src/client/index.ts';
import { type StatisticsSample, statisticsBetween } from '../../src/web/state/statistics.ts';
import { supportText } from '../../src/web/state/support-text.ts';

const test = suite('statistics');

const ada = 'ada' as ParticipantId;
function sample(at: number, second: number): StatisticsSample {
  const stats: MeetingStats = {
    receive: {
      state: 'connected',
      bytesSent: 0,
      bytesReceived: second * 50_000,
      roundTripMs: 42,
      route: {
        protocol: 'udp',
        relayed: false,
        localType: 'srflx',
        remoteType: 'host',
        local: '192.0.2.7:1234',
        remote: '198.51.100.9:40000',
      },
    },
    publications: [
      {
        source: 'camera',
        paused: false,
        codec: 'video/VP8',
        layers: [
          {
            bytesSent: second * 12_500,
            packetsSent: second * 40,
            packetsLost: second,
            width: 320,
            height: 180,
            framesPerSecond: 15,
          },
          { bytesSent: 0, packetsSent: 0, active: false, limitedBy: 'bandwidth' },
        ],
      },
      {
        source: 'microphone',
        paused: false,
        codec: 'audio/opus',
        layers: [{ bytesSent: second * 4000, packetsSent: second * 50 }],
      },
    ],
    subscriptions: [
      {
        producerId: 'ada-camera' as ProducerId,
        participantId: ada,
        source: 'camera',
        codec: 'video/VP8',
        bytesReceived: second * 25_000,
        packetsReceived: second * 90,
        packetsLost: second * 10,
        jitterMs: 3,
        freezes: 2,
        frozenMs: 1500,
        width: 640,
        height: 360,
        framesPerSecond: 14.6,
      },
      {
        producerId: 'ada-mic' as ProducerId,
        participantId: ada,
        source: 'microphone',
        bytesReceived: second * 4000,
        packetsReceived: second * 50,
        packetsLost: 0,
        freezes: 0,
      },
    ],
  };
  return { at, stats };
}
const statistics = statisticsBetween(sample(1000, 1), sample(2000, 2));

test('rates and losses of the last second, by person, sound first', () => {
  const [microphone, camera] = statistics.sent;
  assert.is(microphone?.bitrate, 32_000);
  assert.is(camera?.bitrate, 100_000);
  assert.is(camera?.lost, 1 / 40);
  assert.is(camera?.width, 320);
  assert.equal(
    camera?.layers.map(({ active, limitedBy }) => [active, limitedBy]),
    [
      [true, undefined],
      [false, 'bandwidth'],
    ],
  );
  const [person] = statistics.received;
  assert.is(person?.id, ada);
  assert.equal(
    person?.streams.map(({ source, bitrate, lost, freezes }) => ({ source, bitrate, lost, freezes })),
    [
      { source: 'microphone', bitrate: 32_000, lost: 0, freezes: undefined },
      { source: 'camera', bitrate: 200_000, lost: 0.1, freezes: 2 },
    ],
  );
});

test('the first look has no rates yet', () => {
  const first = statisticsBetween(undefined, sample(1000, 1));
  assert.equal(
    first.sent.map(({ bitrate, lost }) => [bitrate, lost]),
    [
      [0, undefined],
      [0, undefined],
    ],
  );
  assert.is(first.roundTripMs, 42);
});

test('the text for support has every number, and no address', () => {
  const text = supportText({
    version: '1.2.3',
    protocol: 1,
    browser: 'Firefox/153',
    at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
    roomId: 'room-7',
    selfId: 'self-9' as ParticipantId,
    connection: 'connected',
    media: 'connected',
    dataUse: '250',
    quality: { level: 'poor', reason: 'downlink-rate' },
    route: { path: 'sfu', reason: 'data-ceiling' },
    heldBack: new Map([['ada-screen' as ProducerId, 'slow-connection' as const]]),
    statistics,
    line: Array.from({ length: 25 }, (_, second) => ({
      at: second * 1000,
      sentBitrate: 132_000,
      receivedBitrate: 400_000,
      receivedLost: 0.05,
      roundTripMs: 42,
    })),
  });
  for (const part of [
    'Plenum 1.2.3 (protocol 1)',
    'time: 2026-01-02T03:04:05.000Z',
    'room: room-7, participant: self-9',
    'quality: poor, downlink-rate',
    'route: sfu, data-ceiling',
    'path: udp, srflx → host',
    'round trip: 42 ms',
    '  camera: VP8, 100 kbit/s, 320x180 at 15/s, 2.5 % lost',
    '    layer 0: 100 kbit/s, 320x180 at 15/s',
    '    layer 1: idle',
    '    camera: VP8, 200 kbit/s, 640x360 at 15/s, 10.0 % lost, jitter 3 ms, 2 freezes (1500 ms)',
    '  ada-screen: slow-connection',
    '  20, 400 kbit/s, 132 kbit/s, 5.0 % / -, -, 42 ms',
    '  0, 400 kbit/s',
  ])
    assert.ok(text.includes(part), `${part}\n${text}`);
  assert.not.match(text, /192\.0\.2|198\.51|40000/);
});

test.run();
