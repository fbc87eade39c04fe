import { setTimeout as sleep } from 'node:timers/promises';
import { createWorker } from 'mediasoup';
import type { Router, WebRtcServer, WebRtcTransport, Worker } from 'mediasoup/types';
import { TrialClient, type TrialStream } from './trial-client.ts';

/** Measured by {@link tryWorker}. */
export interface TrialResult {
  /** From the client's offer to an open DTLS-SRTP session, for each of the two clients. */
  readonly handshakeMs: readonly [publisher: number, subscriber: number];
  readonly sent: number;
  readonly received: number;
  /** Whether enough arrived: UDP promises nothing on a busy machine, but over loopback hardly a packet is lost. */
  readonly passed: boolean;
}

const packets = 400;
const leastShare = 0.95;
const payloadBytes = 120;
const startTimeoutMs = 10_000;
const connectTimeoutMs = 8_000;
const drainTimeoutMs = 3_000;
const opusPayloadType = 111;
const publishedSsrc = 0x504c454e;

/**
 * Shows that a worker binary does its work on this machine: it starts, makes two real ICE and DTLS-SRTP connections
 * over loopback, and forwards RTP from one to the other, decrypted and encrypted again.
 *
 * A binary that merely starts proves little: one built against an OpenSSL with kernel TLS starts, and dies at the first
 * DTLS ClientHello.
 *
 * @throws Error saying what failed; the worker is gone by then
 */
export async function tryWorker(binary: string): Promise<TrialResult> {
  const worker = await Promise.race([
    createWorker({ workerBin: binary, logLevel: 'error' }).catch((error: unknown) => {
      throw new Error(`it does not start: ${error instanceof Error ? error.message : String(error)}`);
    }),
    sleep(startTimeoutMs, undefined, { ref: false }).then(() => {
      throw new Error(`it did not report to be running within ${startTimeoutMs} ms`);
    }),
  ]);
  const died = new Promise<never>((_, reject) => {
    worker.on('died', (error) => reject(new Error(`the worker died during the trial (${error.message})`)));
  });
  // Without a handler of its own a death after the race is decided would count as an unhandled rejection.
  died.catch(() => undefined);
  try {
    return await Promise.race([forward(worker), died]);
  } finally {
    worker.close();
  }
}

async function forward(worker: Worker): Promise<TrialResult> {
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
  });
  const router = await worker.createRouter({
    mediaCodecs: [
      { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, preferredPayloadType: 100 },
    ],
  });
  const clients: TrialClient[] = [];
  try {
    const published: TrialStream = { mid: '0', ssrc: publishedSsrc, payloadType: opusPayloadType };
    const inbound = await transportOf(router, webRtcServer);
    const [publisher, publisherMs] = await timed(
      TrialClient.connect(inbound, published, 'SendOnly', connectTimeoutMs),
    );
    clients.push(publisher);
    const producer = await inbound.produce({
      kind: 'audio',
      rtpParameters: {
        mid: published.mid,
        codecs: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: opusPayloadType }],
        encodings: [{ ssrc: published.ssrc }],
        rtcp: { cname: 'trial' },
      },
    });

    const outbound = await transportOf(router, webRtcServer);
    const consumer = await outbound.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities,
    });
    const subscribed = streamOf(consumer.rtpParameters);
    const [subscriber, subscriberMs] = await timed(
      TrialClient.connect(outbound, subscribed, 'RecvOnly', connectTimeoutMs),
    );
    clients.push(subscriber);

    const received = await exchange(publisher, subscriber, published, subscribed);
    return {
      handshakeMs: [publisherMs, subscriberMs],
      sent: packets,
      received,
      passed: received >= packets * leastShare,
    };
  } finally {
    for (const client of clients) client.close();
  }
}

function transportOf(router: Router, webRtcServer: WebRtcServer): Promise<WebRtcTransport> {
  return router.createWebRtcTransport({ webRtcServer, enableUdp: true, enableTcp: false });
}

function streamOf(parameters: {
  codecs: { payloadType: number }[];
  encodings?: { ssrc?: number }[];
  mid?: string;
}): TrialStream {
  const payloadType = parameters.codecs[0]?.payloadType;
  const ssrc = parameters.encodings?.[0]?.ssrc;
  if (payloadType === undefined || ssrc === undefined)
    throw new Error('the worker gave the subscriber no stream');
  return { mid: parameters.mid ?? '0', ssrc, payloadType };
}

/** @returns how many different packets arrived with their payload intact */
async function exchange(
  from: TrialClient,
  to: TrialClient,
  source: TrialStream,
  target: TrialStream,
): Promise<number> {
  const arrived = new Set<number>();
  to.onPacket((packet) => {
    const index = indexOf(packet, target);
    if (index !== undefined) arrived.add(index);
  });
  for (let index = 0; index < packets; index += 1) {
    if (!from.send(packetOf(index, source))) throw new Error(`the client could not send packet ${index}`);
    // In small bursts, so that the socket buffers of a small machine are not what is measured.
    if (index % 8 === 7) await sleep(2);
  }
  const end = Date.now() + drainTimeoutMs;
  while (arrived.size < packets && Date.now() < end) await sleep(5);
  return arrived.size;
}

/** RFC 3550 section 5.1: a plain header, then the index over and over as payload. */
function packetOf(index: number, { ssrc, payloadType }: TrialStream): Buffer {
  const packet = Buffer.alloc(12 + payloadBytes);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(index + 1, 2);
  packet.writeUInt32BE(index * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  for (let offset = 12; offset < packet.length; offset += 4) packet.writeUInt32BE(index, offset);
  return packet;
}

/** @returns the index in a forwarded packet; undefined for RTCP, another stream or a damaged payload */
function indexOf(packet: Buffer, { ssrc, payloadType }: TrialStream): number | undefined {
  if (packet.length < 12 + payloadBytes || (packet.readUInt8(1) & 0x7f) !== payloadType) return undefined;
  if (packet.readUInt32BE(8) !== ssrc) return undefined;
  // The worker may have added header extensions: the payload is what stands at the end.
  const start = packet.length - payloadBytes;
  const index = packet.readUInt32BE(start);
  for (let offset = start; offset < packet.length; offset += 4)
    if (packet.readUInt32BE(offset) !== index) return undefined;
  return index;
}

async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work;
  return [result, performance.now() - start];
}
