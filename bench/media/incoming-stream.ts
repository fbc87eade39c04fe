import type { MediaMeter } from '../measure/media-meter.ts';
import type { ReportBlock } from '../rtp/rtcp.ts';
import type { RtpHeader } from '../rtp/rtp-packet.ts';
import { SequenceUnwrapper } from '../rtp/sequence.ts';
import { readStamp } from '../rtp/stamp.ts';
import { readVp8Payload } from '../rtp/vp8.ts';

/** As libwebrtc's NackRequester: so many packets are waited for, so often each is asked for. */
const highestMissing = 1000;
const nackAttempts = 10;
const nackRepeatMs = 100;
/** Packets that merely overtook each other are not asked for. */
const reorderMs = 10;
/** A packet this late would not be played any more. */
const giveUpMs = 1000;
/** A decoder without a key frame asks for one this often. */
const keyFrameWaitMs = 200;
const nothing: readonly number[] = [];

interface Missing {
  since: number;
  askedAt: number;
  asked: number;
}
export interface IncomingStreamParts {
  ssrc: number;
  kind: 'audio' | 'video';
  clockRate: number;
  /** Negotiated feedback. */
  nack: boolean;
  pictureLoss: boolean;
  meter: MediaMeter;
  /** Once each. */
  onFirstPacket: (now: number) => void;
  onFirstFrame: (now: number) => void;
}

/** One consumer's stream: loss, retransmission, jitter and whether pictures can be decoded. */
export class IncomingStream {
  readonly ssrc: number;
  readonly kind: 'audio' | 'video';
  readonly #parts: IncomingStreamParts;
  readonly #unwrapper = new SequenceUnwrapper();
  readonly #missing = new Map<number, Missing>();
  #first: number | undefined;
  #highest = 0;
  #received = 0;
  #octets = 0;
  #recovered = 0;
  #jitter = 0;
  #lastTransit: number | undefined;
  #reported = { expected: 0, received: 0 };
  #receivedAtLastReport = 0;
  #senderReport = { middleNtp: 0, atMs: 0 };
  #decodable = false;
  #needsKeyFrameSince: number | undefined;
  #keyFrameAskedAt = Number.NEGATIVE_INFINITY;
  #keyFrameTimestamp: number | undefined;
  #hadFrame = false;
  #frames = 0;

  constructor(parts: IncomingStreamParts) {
    this.ssrc = parts.ssrc;
    this.kind = parts.kind;
    this.#parts = parts;
  }

  get statistics(): { octets: number; received: number; lost: number; frames: number; jitterMs: number } {
    const lost = Math.max(0, this.#expected - this.#received);
    const jitterMs = (this.#jitter / this.#parts.clockRate) * 1000;
    return { octets: this.#octets, received: this.#received, lost, frames: this.#frames, jitterMs };
  }

  /** @param sequence of the original packet, also when it came by retransmission; likewise the payload's start */
  packet(
    packet: Buffer,
    header: RtpHeader,
    sequence: number,
    payloadStart: number,
    recovered: boolean,
    now: number,
  ): void {
    const { counters, latency } = this.#parts.meter;
    const size = header.payloadEnd - payloadStart;
    // Nothing but padding: a probe on the stream itself. It takes a sequence number, so it must be followed.
    const extended = this.#unwrapper.unwrap(sequence);
    if (!this.#follow(extended, now)) {
      counters.duplicatePackets += 1;
      return;
    }
    this.#received += 1;
    this.#octets += size;
    counters.receivedPackets += 1;
    counters.receivedOctets += header.payloadEnd;
    if (recovered) {
      this.#recovered += 1;
      counters.recoveredPackets += 1;
    } else {
      this.#measureJitter(header.timestamp, now);
    }
    const sentAt = readStamp(packet, payloadStart, header.payloadEnd);
    if (sentAt !== undefined) latency[recovered ? 'retransmitted' : this.kind].add(now - sentAt);
    if (this.kind === 'video' && size > 0) this.#assemble(packet, header, payloadStart, now);
  }

  senderReport(middleNtp: number, now: number): void {
    this.#senderReport = { middleNtp, atMs: now };
  }

  /** @returns the sequence numbers to ask for again */
  takeNacks(now: number): readonly number[] {
    if (this.#missing.size === 0) return nothing;
    const wanted: number[] = [];
    for (const [extended, missing] of this.#missing) {
      if (now - missing.since >= giveUpMs || missing.asked >= nackAttempts) {
        this.#missing.delete(extended);
        // Lost for good: what refers to it cannot be decoded.
        if (this.kind === 'video') this.#needsKeyFrameSince ??= now;
        continue;
      }
      if (now - missing.since < reorderMs || now - missing.askedAt < nackRepeatMs) continue;
      missing.askedAt = now;
      missing.asked += 1;
      wanted.push(extended & 0xffff);
    }
    return this.#parts.nack ? wanted : nothing;
  }

  /** @returns whether to ask for a key frame now */
  takePictureLoss(now: number): boolean {
    if (!this.#parts.pictureLoss || this.#needsKeyFrameSince === undefined) return false;
    if (now - this.#needsKeyFrameSince < keyFrameWaitMs && !this.#decodable) return false;
    if (now - this.#keyFrameAskedAt < keyFrameWaitMs) return false;
    this.#keyFrameAskedAt = now;
    return true;
  }

  /** @returns undefined when nothing has come since the last */
  takeReport(now: number): ReportBlock | undefined {
    if (this.#first === undefined || this.#received === this.#receivedAtLastReport) return undefined;
    this.#receivedAtLastReport = this.#received;
    const expected = this.#expected;
    const intervalExpected = expected - this.#reported.expected;
    // Retransmitted packets do not hide the loss of the line (RFC 4588 section 6.3 keeps the statistics apart).
    const original = this.#received - this.#recovered;
    const intervalLost = intervalExpected - (original - this.#reported.received);
    this.#reported = { expected, received: original };
    const fractionLost =
      intervalExpected > 0 && intervalLost > 0 ? Math.floor((intervalLost * 256) / intervalExpected) : 0;
    const { middleNtp, atMs } = this.#senderReport;
    return {
      ssrc: this.ssrc,
      fractionLost: Math.min(255, fractionLost),
      cumulativeLost: expected - original,
      highestSequence: this.#highest % 2 ** 32,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: middleNtp,
      delaySinceLast: middleNtp === 0 ? 0 : Math.round(((now - atMs) * 65536) / 1000),
    };
  }

  get #expected(): number {
    return this.#first === undefined ? 0 : this.#highest - this.#first + 1;
  }

  /** @returns false for a packet that has been received, or given up, before */
  #follow(extended: number, now: number): boolean {
    const { counters } = this.#parts.meter;
    if (this.#first === undefined) {
      this.#first = this.#highest = extended;
      counters.expectedPackets += 1;
      if (this.kind === 'video') this.#needsKeyFrameSince = now;
      this.#parts.onFirstPacket(now);
      return true;
    }
    if (extended <= this.#highest) return this.#missing.delete(extended);
    counters.expectedPackets += extended - this.#highest;
    const from = Math.max(this.#highest + 1, extended - highestMissing);
    for (let gap = from; gap < extended && this.#missing.size < highestMissing; gap++) {
      this.#missing.set(gap, { since: now, askedAt: Number.NEGATIVE_INFINITY, asked: 0 });
    }
    this.#highest = extended;
    return true;
  }

  /** Interarrival jitter (RFC 3550 section 6.4.1), in units of the RTP clock. */
  #measureJitter(timestamp: number, now: number): void {
    const transit = (now * this.#parts.clockRate) / 1000 - timestamp;
    if (this.#lastTransit !== undefined) {
      const difference = Math.abs(transit - this.#lastTransit);
      // A jump of the timestamps (layer switch, wrap-around) is no jitter.
      if (difference < this.#parts.clockRate) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#lastTransit = transit;
  }

  #assemble(packet: Buffer, header: RtpHeader, payloadStart: number, now: number): void {
    // Until the first is complete every key frame counts: a server may leave one half sent for a larger layer's.
    if (this.#needsKeyFrameSince !== undefined || !this.#hadFrame) {
      const payload = readVp8Payload(packet, payloadStart, header.payloadEnd);
      if (payload?.keyFrame) {
        this.#keyFrameTimestamp = header.timestamp;
        this.#needsKeyFrameSince = undefined;
        this.#decodable = true;
      }
    }
    if (!header.marker) return;
    this.#frames += 1;
    this.#parts.meter.counters.framesReceived += 1;
    if (this.#hadFrame || this.#keyFrameTimestamp !== header.timestamp || this.#missing.size > 0) return;
    this.#hadFrame = true;
    this.#parts.onFirstFrame(now);
  }
}
