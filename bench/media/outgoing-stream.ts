import { randomBytes, randomInt } from 'node:crypto';
import { machineNow } from '../measure/machine-clock.ts';
import type { MediaMeter } from '../measure/media-meter.ts';
import { writeCanonicalName, writeSenderReport } from '../rtp/rtcp.ts';
import type { ExtensionIds } from '../rtp/rtp-packet.ts';
import { RtpTemplate } from '../rtp/rtp-template.ts';
import { stampSize, writeStamp } from '../rtp/stamp.ts';
import type { PacketLink } from './packet-link.ts';

export interface OutgoingStreamParts {
  link: PacketLink;
  meter: MediaMeter;
  payloadType: number;
  clockRate: number;
  extensions: ExtensionIds;
  mid: string;
  cname: string;
  rid?: string;
  /** Answers NACKs; without it they are answered on the same SSRC. */
  rtxPayloadType?: number;
  /** Octets of the largest RTP packet. */
  packetSize: number;
  /** Packets kept for retransmission. */
  history: number;
}

export interface PacketContent {
  marker: boolean;
  timestamp: number;
  /** Octets of payload, stamp included. */
  size: number;
  /** For a decoder: nothing but what `fill` writes, no stamp either, which would be taken for media. */
  decodable?: boolean;
  audioLevel?: number;
  /** Writes what comes before the filling. */
  fill?(packet: Buffer, at: number): void;
}

interface Kept {
  sequence: number;
  payloadStart: number;
  length: number;
  timestamp: number;
  marker: boolean;
  packet: Buffer;
}

/** Compressed media looks like noise; one block of it for all packets, because making it would cost more than sending it. */
const noise = randomBytes(2048);

/** One SSRC with its retransmission stream: numbering, history, sender reports. */
export class OutgoingStream {
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly rtxSsrc = randomInt(1, 2 ** 32);
  readonly #parts: OutgoingStreamParts;
  readonly #history: Kept[];
  readonly #rtxPacket: Buffer;
  #template: RtpTemplate;
  #rtxTemplate: RtpTemplate;
  #announced = false;
  #sequence = randomInt(0, 2 ** 15);
  #rtxSequence = randomInt(0, 2 ** 15);
  #packets = 0;
  #octets = 0;
  #rtxPackets = 0;
  #rtxOctets = 0;
  #last = { timestamp: 0, atMs: 0 };

  constructor(parts: OutgoingStreamParts) {
    this.#parts = parts;
    this.#history = Array.from({ length: parts.history }, () => ({
      sequence: -1,
      payloadStart: 0,
      length: 0,
      timestamp: 0,
      marker: false,
      packet: Buffer.allocUnsafe(0),
    }));
    this.#rtxPacket = Buffer.alloc(parts.packetSize + 32);
    this.#template = this.#makeTemplate(false, true);
    this.#rtxTemplate = this.#makeTemplate(true, true);
  }

  get octetsSent(): number {
    return this.#octets;
  }

  get packetsSent(): number {
    return this.#packets;
  }

  /** The largest payload that fits one packet. */
  get payloadRoom(): number {
    return this.#parts.packetSize - this.#template.size;
  }

  /** @returns false when the link is closed */
  send(content: PacketContent): boolean {
    const { link, meter } = this.#parts;
    const now = machineNow();
    const kept = this.#history[this.#sequence % this.#history.length] as Kept;
    // Buffers of the full size are made when first used: quiet streams cost no memory.
    if (kept.packet.length === 0) kept.packet = Buffer.allocUnsafe(this.#parts.packetSize);
    const start = this.#template.write(kept.packet, {
      marker: content.marker,
      sequence: this.#sequence,
      timestamp: content.timestamp,
      sendTimeMs: now,
      transportSequence: link.nextTransportSequence(),
      ...(content.audioLevel === undefined ? {} : { audioLevel: content.audioLevel }),
    });
    const end = start + (content.decodable ? content.size : Math.max(stampSize + 1, content.size));
    if (!content.decodable) kept.packet.set(noise.subarray(0, end - start), start);
    content.fill?.(kept.packet, start);
    if (!content.decodable) writeStamp(kept.packet, end, now);
    kept.sequence = this.#sequence;
    kept.payloadStart = start;
    kept.length = end;
    kept.timestamp = content.timestamp;
    kept.marker = content.marker;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += end - start;
    this.#last = { timestamp: content.timestamp, atMs: now };
    meter.counters.sentPackets += 1;
    meter.counters.sentOctets += end;
    return link.send(kept.packet.subarray(0, end));
  }

  /** Answers a NACK from the history; what is too old is not answered. */
  resend(sequences: readonly number[]): void {
    const { link, meter } = this.#parts;
    for (const sequence of sequences) {
      const kept = this.#history[sequence % this.#history.length] as Kept;
      if (kept.sequence !== sequence) continue;
      meter.counters.resentPackets += 1;
      if (this.#parts.rtxPayloadType === undefined) {
        link.send(kept.packet.subarray(0, kept.length));
        continue;
      }
      const start = this.#rtxTemplate.write(this.#rtxPacket, {
        marker: kept.marker,
        sequence: this.#rtxSequence,
        timestamp: kept.timestamp,
        sendTimeMs: machineNow(),
        transportSequence: link.nextTransportSequence(),
      });
      this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
      this.#rtxPacket.writeUInt16BE(sequence, start);
      const end = start + 2 + kept.packet.copy(this.#rtxPacket, start + 2, kept.payloadStart, kept.length);
      this.#rtxPackets += 1;
      this.#rtxOctets += end - start;
      link.send(this.#rtxPacket.subarray(0, end));
    }
  }

  /** The receiver has named this SSRC: mid and rid need not be repeated any more, as in browsers. */
  acknowledge(): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#template = this.#makeTemplate(false, false);
    // RTX may still be unknown to the receiver (nothing was lost so far): it keeps saying whose packets it repeats.
  }

  /** SR and canonical name. The server needs them of all simulcast layers before it can switch between them. */
  report(): void {
    const { link, meter, cname, clockRate } = this.#parts;
    if (this.#packets === 0) return;
    const now = machineNow();
    const rtpTimestamp =
      (this.#last.timestamp + Math.round(((now - this.#last.atMs) * clockRate) / 1000)) >>> 0;
    const wallClockMs = performance.timeOrigin + performance.now();
    const parts = [
      writeSenderReport({
        ssrc: this.ssrc,
        wallClockMs,
        rtpTimestamp,
        packets: this.#packets,
        octets: this.#octets,
      }),
      writeCanonicalName(this.ssrc, cname),
    ];
    if (this.#rtxPackets > 0) {
      const rtx = {
        ssrc: this.rtxSsrc,
        wallClockMs,
        rtpTimestamp,
        packets: this.#rtxPackets,
        octets: this.#rtxOctets,
      };
      parts.push(writeSenderReport(rtx));
    }
    meter.counters.controlSent += 1;
    link.send(Buffer.concat(parts));
  }

  #makeTemplate(rtx: boolean, announce: boolean): RtpTemplate {
    const { payloadType, rtxPayloadType, extensions, mid, rid } = this.#parts;
    return new RtpTemplate({
      payloadType: rtx ? (rtxPayloadType ?? payloadType) : payloadType,
      ssrc: rtx ? this.rtxSsrc : this.ssrc,
      extensions: rtx ? { ...extensions, audioLevel: 0 } : extensions,
      ...(announce ? { mid } : {}),
      ...(announce && rid && !rtx ? { rid } : {}),
      ...(announce && rid && rtx ? { repairedRid: rid } : {}),
    });
  }
}
