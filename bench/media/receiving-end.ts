import { randomInt } from 'node:crypto';
import { machineNow } from '../measure/machine-clock.ts';
import type { MediaMeter } from '../measure/media-meter.ts';
import type { Schedule } from '../measure/schedule.ts';
import {
  readRtcp,
  writeCanonicalName,
  writeNack,
  writePictureLoss,
  writeReceiverReport,
} from '../rtp/rtcp.ts';
import { emptyRtpHeader, findExtension, isRtcp, readRtpHeader } from '../rtp/rtp-packet.ts';
import { TransportFeedback } from '../rtp/transport-feedback.ts';
import type { IncomingStream } from './incoming-stream.ts';
import type { PacketLink } from './packet-link.ts';

/** libwebrtc sends transport feedback every 50 ms once a line carries more than some 200 kbit/s. */
const feedbackMs = 50;
const nackScanMs = 20;
const reportMs = 1000;
const blocksPerReport = 31;
/** mediasoup's bandwidth probes come on this SSRC. */
const probationSsrc = 1234;

/** Everything a receiving transport does with packets: demultiplexing, and the feedback an honest receiver owes. */
export class ReceivingEnd {
  readonly #link: PacketLink;
  readonly #meter: MediaMeter;
  readonly #cname: string;
  readonly #ssrc = randomInt(1, 2 ** 32);
  readonly #header = emptyRtpHeader();
  readonly #feedback = new TransportFeedback();
  readonly #streams = new Map<number, IncomingStream>();
  readonly #rtx = new Map<number, IncomingStream>();
  readonly #stop: () => void;
  #transportCcId = 0;
  #lastMediaSsrc = 0;
  #nextFeedbackAt = 0;
  #nextReportAt = 0;

  constructor(parts: { link: PacketLink; meter: MediaMeter; schedule: Schedule; cname: string }) {
    this.#link = parts.link;
    this.#meter = parts.meter;
    this.#cname = parts.cname;
    const now = machineNow();
    this.#nextReportAt = now + Math.random() * reportMs;
    this.#stop = parts.schedule.add(now + Math.random() * nackScanMs, (dueNow) => this.#run(dueNow));
  }

  /** @param transportCcId id of the transport-wide sequence number's header extension, 0 without */
  add(stream: IncomingStream, rtxSsrc: number | undefined, transportCcId: number): void {
    this.#streams.set(stream.ssrc, stream);
    if (rtxSsrc !== undefined) this.#rtx.set(rtxSsrc, stream);
    if (transportCcId !== 0) this.#transportCcId = transportCcId;
  }

  remove(stream: IncomingStream): void {
    this.#streams.delete(stream.ssrc);
    for (const [ssrc, other] of this.#rtx) if (other === stream) this.#rtx.delete(ssrc);
  }

  close(): void {
    this.#stop();
    this.#streams.clear();
    this.#rtx.clear();
  }

  packet(packet: Buffer): void {
    const now = machineNow();
    if (isRtcp(packet)) this.#control(packet, now);
    else this.#media(packet, now);
  }

  #media(packet: Buffer, now: number): void {
    const header = this.#header;
    const { counters } = this.#meter;
    if (!readRtpHeader(packet, header)) {
      counters.malformedPackets += 1;
      return;
    }
    if (this.#transportCcId !== 0) {
      const at = findExtension(packet, header, this.#transportCcId);
      if (at !== 0) {
        this.#feedback.add(packet.readUInt16BE(at), now);
        this.#lastMediaSsrc = header.ssrc;
      }
    }
    const stream = this.#streams.get(header.ssrc);
    if (stream) {
      stream.packet(packet, header, header.sequence, header.payloadStart, false, now);
      return;
    }
    const repaired = this.#rtx.get(header.ssrc);
    if (repaired && header.payloadEnd - header.payloadStart > 2) {
      // The original sequence number precedes the original payload (RFC 4588 section 4).
      const original = packet.readUInt16BE(header.payloadStart);
      repaired.packet(packet, header, original, header.payloadStart + 2, true, now);
      return;
    }
    if (repaired || header.ssrc === probationSsrc) {
      counters.probePackets += 1;
      counters.probeOctets += packet.length;
    } else {
      counters.unexpectedPackets += 1;
    }
  }

  #control(packet: Buffer, now: number): void {
    this.#meter.counters.controlReceived += 1;
    for (const event of readRtcp(packet)) {
      if (event.type === 'sender-report') this.#streams.get(event.ssrc)?.senderReport(event.middleNtp, now);
    }
  }

  #run(now: number): number {
    const { counters } = this.#meter;
    for (const stream of this.#streams.values()) {
      const sequences = stream.takeNacks(now);
      if (sequences.length > 0) {
        counters.nacksSent += sequences.length;
        this.#sendControl(writeNack(this.#ssrc, stream.ssrc, sequences.slice(0, 250)));
      }
      if (stream.takePictureLoss(now)) {
        counters.pictureLossesSent += 1;
        this.#sendControl(writePictureLoss(this.#ssrc, stream.ssrc));
      }
    }
    if (now >= this.#nextFeedbackAt && this.#feedback.pending > 0) {
      for (const message of this.#feedback.flush(this.#ssrc, this.#lastMediaSsrc)) this.#sendControl(message);
      this.#nextFeedbackAt = now + feedbackMs - nackScanMs / 2;
    }
    if (now >= this.#nextReportAt) {
      this.#report(now);
      this.#nextReportAt = now + reportMs;
    }
    return now + nackScanMs;
  }

  #report(now: number): void {
    const blocks = [...this.#streams.values()].flatMap((stream) => stream.takeReport(now) ?? []);
    for (let from = 0; from < blocks.length; from += blocksPerReport) {
      const report = writeReceiverReport(this.#ssrc, blocks.slice(from, from + blocksPerReport));
      this.#sendControl(Buffer.concat([report, writeCanonicalName(this.#ssrc, this.#cname)]));
    }
  }

  #sendControl(packet: Buffer): void {
    this.#meter.counters.controlSent += 1;
    this.#link.send(packet);
  }
}
