import { setTimeout as sleep } from 'node:timers/promises';
import { RtpHeader, RtpPacket } from 'werift';
import { type Exchanged, type OpenPath, PathProblem } from '../client/doctor/path-engine.ts';
import type { MediaKind, RtpCapabilities, RtpParameters } from '../protocol/media.ts';
import type { MediaPeer } from './media-peer.ts';

/** As large as the packets of video, with room for every header on the way. */
const payloadOctets = 1100;
/** RTP header, SRTP tag: what the worker counts is a little more than the payload. */
const packetOctets = payloadOctets + 12;
const tickMs = 5;
/** Packets that have not come back so long after the last one are lost: long, because a busy server is not a bad line. */
const quietMs = 1000;
const longestWaitMs = 5000;
/** More than this waiting in front of a TCP connection is a line that is full. */
const mostWaitingOctets = 128 * 1024;
const stampOctets = 16;

interface Echo {
  payloadType: number;
  ssrc: number;
  comesBackAs: number;
}

/** Synthetic audio packets, as large as those of video, that the worker sends back. */
export class MediaPath implements OpenPath {
  readonly connectMs: number;
  readonly #peer: MediaPeer;
  readonly #codecs: RtpCapabilities['codecs'];
  #echo: Echo | undefined;
  #sequence = 0;
  #received = new Map<number, number>();
  #lastReceivedAt = 0;

  constructor(peer: MediaPeer, connectMs: number, { codecs }: RtpCapabilities) {
    this.#peer = peer;
    this.connectMs = connectMs;
    this.#codecs = codecs;
    peer.onRtp = (packet) => this.#take(packet);
  }

  async startEcho(
    echo: (kind: MediaKind, rtpParameters: RtpParameters) => Promise<RtpParameters>,
  ): Promise<void> {
    const opus = this.#codecs.find(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus');
    if (!opus) throw new PathProblem('internal', 'the server has no Opus');
    const ssrc = 1 + Math.floor(Math.random() * 0x7fff_fffe);
    const { mimeType, clockRate, channels, preferredPayloadType: payloadType } = opus;
    const back = await echo('audio', {
      codecs: [
        {
          mimeType,
          clockRate,
          payloadType,
          ...(channels ? { channels } : {}),
          parameters: {},
          rtcpFeedback: [],
        },
      ],
      headerExtensions: [],
      encodings: [{ ssrc }],
      rtcp: { cname: 'doctor', reducedSize: true },
    });
    this.#echo = { payloadType, ssrc, comesBackAs: back.encodings[0]?.ssrc ?? 0 };
  }

  async send(bitrate: number, durationMs: number): Promise<Exchanged> {
    const echo = this.#echo;
    if (!echo) throw new PathProblem('internal', 'no echo');
    this.#received = new Map();
    const startedAt = performance.now();
    let sent = 0;
    let due = 0;
    for (;;) {
      const elapsed = performance.now() - startedAt;
      due = Math.floor((Math.min(elapsed, durationMs) * bitrate) / 8000 / packetOctets);
      for (; sent < due && this.#peer.waitingOctets < mostWaitingOctets; sent += 1) this.#sendOne(echo);
      if (elapsed >= durationMs) break;
      await sleep(tickMs);
    }
    await this.#stragglers(sent);
    const trips = [...this.#received.values()].sort((a, b) => a - b);
    return {
      packetsSent: sent,
      packetsReceived: trips.length,
      // Where the line is full, packets wait in front of a TCP connection and are not sent at all.
      limited: sent < due * 0.9,
      octetsSent: sent * packetOctets,
      octetsReceived: trips.length * packetOctets,
      durationMs: Math.max(durationMs, this.#lastReceivedAt - startedAt),
      roundTripMs: trips[Math.floor(trips.length / 2)],
    };
  }

  close(): void {
    this.#peer.close();
  }

  #sendOne({ payloadType, ssrc }: Echo): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const payload = Buffer.alloc(payloadOctets);
    payload.writeUInt32BE(this.#sequence, 0);
    payload.writeDoubleBE(performance.now(), 4);
    const header = new RtpHeader({
      payloadType,
      ssrc,
      sequenceNumber: this.#sequence,
      timestamp: (this.#sequence * 960) >>> 0,
    });
    this.#peer.send(header, payload);
  }

  #take(packet: Buffer): void {
    const { header, payload } = RtpPacket.deSerialize(packet);
    if (header.ssrc !== this.#echo?.comesBackAs || payload.length < stampOctets) return;
    const now = performance.now();
    const sequence = payload.readUInt32BE(0);
    if (!this.#received.has(sequence)) this.#received.set(sequence, now - payload.readDoubleBE(4));
    this.#lastReceivedAt = now;
  }

  async #stragglers(sent: number): Promise<void> {
    const begin = performance.now();
    while (this.#received.size < sent && performance.now() - begin < longestWaitMs) {
      const quiet = performance.now() - Math.max(this.#lastReceivedAt, begin) > quietMs;
      // As long as nothing has come at all it may still be on its way.
      if (quiet && this.#received.size > 0 && this.#peer.waitingOctets === 0) return;
      await sleep(20);
    }
  }
}
