import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { machineNow } from '../../../bench/measure/machine-clock.ts';
import { MediaMeter } from '../../../bench/measure/media-meter.ts';
import { Schedule } from '../../../bench/measure/schedule.ts';
import { cameraLayers } from '../../../bench/media/camera-layers.ts';
import { EmptyFootage } from '../../../bench/media/footage.ts';
import { IncomingStream } from '../../../bench/media/incoming-stream.ts';
import { OutgoingStream } from '../../../bench/media/outgoing-stream.ts';
import type { PacketLink } from '../../../bench/media/packet-link.ts';
import { ReceivingEnd } from '../../../bench/media/receiving-end.ts';
import { SendingEnd } from '../../../bench/media/sending-end.ts';
import { VideoSource } from '../../../bench/media/video-source.ts';
import { isRtcp } from '../../../bench/rtp/rtp-packet.ts';
import { until } from '../../support/until.ts';

const test = suite('sender and receiver over a lossy line');
const extensions = { mid: 1, rid: 2, repairedRid: 3, absSendTime: 4, transportCc: 5, audioLevel: 0 };

/** Carries packets on the next turn of the event loop, as a socket would. */
function line(lose: (count: number) => boolean, deliver: (packet: Buffer) => void): PacketLink {
  let count = 0;
  let transportSequence = 0;
  return {
    send(packet) {
      count += 1;
      const copy = Buffer.from(packet);
      if (isRtcp(packet) || !lose(count)) setImmediate(() => deliver(copy));
      return true;
    },
    nextTransportSequence: () => (transportSequence = (transportSequence + 1) & 0xffff),
  };
}

test('lost packets are asked for, sent again and counted once; a key frame makes it decodable', async () => {
  const schedule = new Schedule();
  const sent = new MediaMeter();
  const received = new MediaMeter();
  const sendingEnd = new SendingEnd(sent);
  let firstFrameAt: number | undefined;
  const forward = line(
    (count) => count % 10 === 0,
    (packet) => receivingEnd.packet(packet),
  );
  const back = line(
    () => false,
    (packet) => sendingEnd.packet(packet),
  );
  const receivingEnd = new ReceivingEnd({ link: back, meter: received, schedule, cname: 'receiver' });
  const stream = new OutgoingStream({
    link: forward,
    meter: sent,
    payloadType: 96,
    rtxPayloadType: 97,
    clockRate: 90_000,
    extensions,
    mid: '0',
    cname: 'sender',
    packetSize: 1184,
    history: 256,
  });
  const incoming = new IncomingStream({
    ssrc: stream.ssrc,
    kind: 'video',
    clockRate: 90_000,
    nack: true,
    pictureLoss: true,
    meter: received,
    onFirstPacket: () => undefined,
    onFirstFrame: (now) => {
      firstFrameAt = now;
    },
  });
  receivingEnd.add(incoming, stream.rtxSsrc, extensions.transportCc);
  const [format] = cameraLayers({ width: 640, height: 360, framesPerSecond: 30 }).slice(-1);
  assert.ok(format);
  const footage = new EmptyFootage([format], 30);
  const source = new VideoSource(
    { layers: [{ format, stream }], framesPerSecond: 30, footage, schedule, meter: sent, paused: false },
    machineNow(),
  );
  sendingEnd.add(stream, () => source.requestKeyFrame());
  try {
    await until('a picture has come', () => firstFrameAt);
    await until('many were repaired', () => received.counters.recoveredPackets > 15);
    source.paused = true;
    await until('all are there', () => received.counters.receivedPackets === sent.counters.sentPackets);
    assert.is(received.counters.expectedPackets, sent.counters.sentPackets);
    assert.ok(sent.counters.resentPackets >= received.counters.recoveredPackets);
    assert.ok(sendingEnd.lossOf(stream) > 0, 'the receiver reports what the line loses');
    assert.ok((sendingEnd.roundTripMs ?? -1) >= 0);
    assert.is(incoming.statistics.lost, 0);
    assert.ok(received.latency.video.total > 0 && received.latency.retransmitted.total > 15);
    assert.is(received.counters.malformedPackets + received.counters.unexpectedPackets, 0);
  } finally {
    source.close();
    receivingEnd.close();
    schedule.stop();
  }
});

test('a camera sends the layers, the rate and the key frames of its format', async () => {
  const schedule = new Schedule();
  const meter = new MediaMeter();
  const octets: number[] = [];
  const format = { width: 1280, height: 720, framesPerSecond: 30 };
  const layers = cameraLayers(format).map((layer, index) => {
    const link = line(
      () => true,
      () => undefined,
    );
    const counting: PacketLink = {
      ...link,
      send: (packet) => {
        if (!isRtcp(packet)) octets[index] = (octets[index] ?? 0) + packet.length;
        return true;
      },
    };
    const stream = new OutgoingStream({
      link: counting,
      meter,
      payloadType: 96,
      clockRate: 90_000,
      extensions,
      mid: '0',
      cname: 'sender',
      packetSize: 1184,
      history: 8,
    });
    return { format: layer, stream };
  });
  assert.is(layers.length, 3);
  const startedAt = machineNow();
  const footage = new EmptyFootage(cameraLayers(format), 30);
  const source = new VideoSource(
    { layers, framesPerSecond: 30, footage, schedule, meter, paused: false },
    startedAt,
  );
  await until('two seconds have passed', () => machineNow() - startedAt > 2000);
  source.close();
  schedule.stop();
  const seconds = (machineNow() - startedAt) / 1000;
  layers.forEach(({ format: layer }, index) => {
    const rate = ((octets[index] ?? 0) * 8) / seconds;
    assert.ok(
      rate > layer.bitrate * 0.6 && rate < layer.bitrate * 1.7,
      `layer ${index}: ${rate} of ${layer.bitrate}`,
    );
  });
  assert.is(meter.counters.keyFramesSent, 3, 'one for each layer at the start, none unasked');
});

test.run();
