import { cleanup } from 'node-datachannel';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { machineNow } from '../../../bench/measure/machine-clock.ts';
import { until } from '../../support/until.ts';
import { BareRoom } from './bare-room.ts';

const test = suite('load engine');
// Its threads keep the process otherwise.
test.after(() => cleanup());

test('audio and simulcast video flow through a real router, and feedback raises the estimate', async () => {
  const room = await BareRoom.create();
  try {
    const startedAt = machineNow();
    const sender = await room.join('sender');
    const receiver = await room.join('receiver');
    const audio = await sender.publishMicrophone(() => true);
    const video = await sender.publishCamera({
      width: 1280,
      height: 720,
      framesPerSecond: 30,
    });
    await receiver.subscribe(audio.id);
    const consumer = await receiver.subscribe(video.id);
    const producer = room.producers.get(video.id);
    await until(
      'all three encodings are received',
      () => producer?.score.filter(({ score }) => score > 5).length === 3,
    );
    await until('a whole key frame has come', () => receiver.firstFrameAt);
    await until('the top layer is forwarded', () => consumer.currentLayers?.spatialLayer === 2);
    await until('the estimate carries it', async () => (await receiver.availableBitrate()) > 2_000_000);
    const { counters, latency } = receiver.meter;
    assert.is(counters.malformedPackets, 0);
    assert.is(counters.unexpectedPackets, 0);
    assert.ok(counters.expectedPackets - counters.receivedPackets < 5, JSON.stringify(counters));
    assert.ok(latency.audio.total > 10);
    assert.ok((latency.video.percentile(0.5) ?? 0) > 0);
    assert.ok((receiver.firstFrameAt ?? 0) > startedAt);
    assert.ok(sender.meter.counters.keyFramesSent >= 3);
  } finally {
    room.close();
  }
});

test.run();
