import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createWorker } from 'mediasoup';
import type { Consumer, PlainTransport, Producer, Worker } from 'mediasoup/types';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeReceiverReport } from '../../../bench/rtp/rtcp.ts';
import { readWorkerRecord } from '../../../src/native/worker-record.ts';
import { Traffic, type TrafficTotals } from '../../../src/server/media/traffic.ts';
import { until } from '../../support/until.ts';

/** A real worker between two plain sockets: what is lost is exactly what the test leaves out. */
const test = suite<{ worker: Worker; socket: Socket; producer: Producer; consumer: Consumer }>('traffic');

const opus = { mimeType: 'audio/opus' as const, clockRate: 48_000, channels: 2 };
const payloadType = 100;
const ssrc = 0x11223344;
const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
let ports: { in: number; out: number };

test.before(async (context) => {
  const { path } = await readWorkerRecord();
  context.worker = await createWorker({ workerBin: path });
  const router = await context.worker.createRouter({ mediaCodecs: [{ kind: 'audio', ...opus }] });
  context.socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(context.socket, 'listening');
  const way = async (): Promise<PlainTransport> => {
    const transport = await router.createPlainTransport({ listenInfo, rtcpMux: true });
    await transport.connect({ ip: '127.0.0.1', port: context.socket.address().port });
    return transport;
  };
  const [incoming, outgoing] = [await way(), await way()];
  ports = { in: incoming.tuple.localPort, out: outgoing.tuple.localPort };
  context.producer = await incoming.produce({
    kind: 'audio',
    rtpParameters: { codecs: [{ ...opus, payloadType }], encodings: [{ ssrc }] },
  });
  const { rtpCapabilities } = router;
  context.consumer = await outgoing.consume({ producerId: context.producer.id, rtpCapabilities });
});
test.after(({ worker, socket }) => {
  worker.close();
  socket.close();
});

test('losses are counted once, whatever late packets make of the count', async ({
  socket,
  producer,
  consumer,
}) => {
  const traffic = new Traffic();
  traffic.watchProducer(producer);
  traffic.watchConsumer(consumer);
  const totals = (what: string, good: (totals: TrafficTotals) => boolean) =>
    until(what, async () => good(await traffic.refresh(10)));

  // Every tenth is missing; the first and the last are there, or nobody would know.
  const sequences = Array.from({ length: 100 }, (_, index) => 1000 + index).filter((its) => its % 10 !== 5);
  for (const sequence of sequences) socket.send(rtp(sequence), ports.in, '127.0.0.1');
  await totals('ten losses on the way in', ({ packetsLostReceiving }) => packetsLostReceiving === 10);
  assert.is(traffic.totals.packetsReceived, 90);
  assert.is(traffic.totals.packetsLostSending, 0);

  const report = async (cumulativeLost: number) => {
    const encoding = consumer.rtpParameters.encodings?.[0];
    const block = {
      ssrc: encoding?.ssrc ?? 0,
      cumulativeLost,
      fractionLost: 0,
      highestSequence: 0,
      jitter: 0,
    };
    const bytes = writeReceiverReport(1, [{ ...block, lastSenderReport: 0, delaySinceLast: 0 }]);
    socket.send(bytes, ports.out, '127.0.0.1');
    await until('the report is there', async () => {
      const stats = await consumer.getStats();
      return stats.some((stat) => stat.type === 'outbound-rtp' && stat.packetsLost === cumulativeLost);
    });
    return (await traffic.refresh(10)).packetsLostSending;
  };
  assert.is(await report(7), 7);
  assert.is(await report(4), 7, 'three came late');
  assert.is(await report(7), 7, 'three others were lost: a few are missed rather than counted twice');
  assert.is(await report(9), 9);
  assert.is(await report(-3), 9, 'duplicates');
  assert.is(traffic.totals.packetsLostReceiving, 10);
  assert.is(traffic.totals.packetsSent, 90);
});

function rtp(sequence: number): Buffer {
  const packet = Buffer.alloc(32);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

test.run();
