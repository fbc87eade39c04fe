import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createWorker } from 'mediasoup';
import type { PlainTransport, Router, SrtpCryptoSuite, Worker } from 'mediasoup/types';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RtpPacket, SrtcpSession, SrtpSession } from 'werift';
import { readWorkerRecord } from '../../src/native/worker-record.ts';
import { until } from '../support/until.ts';

// The worker's SRTP (ours when it was built by our recipe) against an implementation that shares no code with it.
const suites: { name: SrtpCryptoSuite; profile: 1 | 7; keyBytes: number; saltBytes: number }[] = [
  { name: 'AES_CM_128_HMAC_SHA1_80', profile: 1, keyBytes: 16, saltBytes: 14 },
  { name: 'AEAD_AES_128_GCM', profile: 7, keyBytes: 16, saltBytes: 12 },
];
const ssrc = 0x11223344;
const packets = 50;
const opus = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 };

type Suite = (typeof suites)[number];

/** A plain transport's other end: a socket, and keys for both directions. */
class Peer {
  readonly received: Buffer[] = [];
  readonly reports: Buffer[] = [];
  readonly refused: Buffer[] = [];
  readonly #socket: Socket;
  readonly #rtp: SrtpSession;
  readonly #port: number;

  private constructor(socket: Socket, port: number, rtp: SrtpSession, rtcp: SrtcpSession) {
    this.#socket = socket;
    this.#port = port;
    this.#rtp = rtp;
    socket.on('message', (message) => {
      // RFC 5761 section 4: RTCP's packet types.
      const isReport = message.readUInt8(1) >= 192 && message.readUInt8(1) <= 223;
      try {
        if (isReport) this.reports.push(rtcp.decrypt(message));
        else this.received.push(rtp.decrypt(message));
      } catch {
        this.refused.push(message);
      }
    });
  }

  static async connect(
    transport: PlainTransport,
    { name, profile, keyBytes, saltBytes }: Suite,
  ): Promise<Peer> {
    const own = randomBytes(keyBytes + saltBytes);
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    await transport.connect({
      ip: '127.0.0.1',
      port: socket.address().port,
      srtpParameters: { cryptoSuite: name, keyBase64: own.toString('base64') },
    });
    const theirs = Buffer.from(transport.srtpParameters?.keyBase64 ?? '', 'base64');
    const keys = {
      localMasterKey: own.subarray(0, keyBytes),
      localMasterSalt: own.subarray(keyBytes),
      remoteMasterKey: theirs.subarray(0, keyBytes),
      remoteMasterSalt: theirs.subarray(keyBytes),
    };
    const { localPort } = transport.tuple;
    return new Peer(
      socket,
      localPort,
      new SrtpSession({ keys, profile }),
      new SrtcpSession({ keys, profile }),
    );
  }

  /** @param damage changes the protected packet on its way */
  send(packet: Buffer, damage: (bytes: Buffer) => void = () => undefined): void {
    const { header, payload } = RtpPacket.deSerialize(packet);
    const bytes = Buffer.from(this.#rtp.encrypt(payload, header));
    damage(bytes);
    this.#socket.send(bytes, this.#port, '127.0.0.1');
  }

  close(): void {
    this.#socket.close();
  }
}

function packetOf(index: number): Buffer {
  const packet = Buffer.alloc(12 + 80, index);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(100, 1);
  packet.writeUInt16BE(index, 2);
  packet.writeUInt32BE(index * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

const test = suite<{ worker: Worker; router: Router }>('SRTP of the worker');
test.before(async (context) => {
  const { path } = await readWorkerRecord();
  context.worker = await createWorker({ workerBin: path, logLevel: 'none' });
  context.router = await context.worker.createRouter({
    mediaCodecs: [{ kind: 'audio', ...opus, preferredPayloadType: 100 }],
  });
});
test.after(async ({ worker }) => {
  worker.close();
  await until('the worker is gone', () => worker.subprocessClosed);
});

for (const cryptoSuite of suites) {
  test(`${cryptoSuite.name}: packets and reports in both directions, damaged ones refused`, async ({
    router,
  }) => {
    const options = {
      listenIp: '127.0.0.1',
      rtcpMux: true,
      enableSrtp: true,
      srtpCryptoSuite: cryptoSuite.name,
    };
    const inbound = await router.createPlainTransport(options);
    const outbound = await router.createPlainTransport(options);
    const sender = await Peer.connect(inbound, cryptoSuite);
    const receiver = await Peer.connect(outbound, cryptoSuite);
    try {
      const producer = await inbound.produce({
        kind: 'audio',
        rtpParameters: {
          codecs: [{ ...opus, payloadType: 100 }],
          encodings: [{ ssrc }],
          rtcp: { cname: 'test' },
        },
      });
      await outbound.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });

      for (let index = 1; index <= packets; index += 1) sender.send(packetOf(index));
      await until('all packets have arrived', () => receiver.received.length === packets);
      const payloads = receiver.received.map((packet) => packet.at(-1)).sort((a = 0, b = 0) => a - b);
      assert.equal(
        payloads,
        Array.from({ length: packets }, (_, index) => index + 1),
      );

      sender.send(packetOf(packets + 1), (bytes) => bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20));
      sender.send(packetOf(packets + 2));
      await until('the packet after the damaged one has arrived', () => receiver.received.length > packets);
      assert.is(receiver.received.length, packets + 1);
      assert.is(receiver.received.at(-1)?.at(-1), packets + 2);

      // The worker reports to both about once a second.
      await until('a receiver report', () => sender.reports.some((report) => report.readUInt8(1) === 201));
      await until('a sender report', () => receiver.reports.some((report) => report.readUInt8(1) === 200));
      assert.equal([...sender.refused, ...receiver.refused], []);
    } finally {
      sender.close();
      receiver.close();
      inbound.close();
      outbound.close();
    }
  });
}

test.run();
