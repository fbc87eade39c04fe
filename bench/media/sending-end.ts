import type { MediaMeter } from '../measure/media-meter.ts';
import { ntpParts, type ReportBlock, readRtcp } from '../rtp/rtcp.ts';
import { isRtcp } from '../rtp/rtp-packet.ts';
import type { OutgoingStream } from './outgoing-stream.ts';

interface Entry {
  stream: OutgoingStream;
  requestKeyFrame: (() => void) | undefined;
  fractionLost: number;
}

/** What a sending transport does with the server's feedback: retransmits, refreshes, learns that SSRCs are known. */
export class SendingEnd {
  readonly #meter: MediaMeter;
  readonly #entries = new Map<number, Entry>();
  #roundTripMs: number | undefined;

  constructor(meter: MediaMeter) {
    this.#meter = meter;
  }

  /** From the latest reception report; undefined before the first. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** @returns part of the packets lost on the way to the server, 0 to 1 */
  lossOf(stream: OutgoingStream): number {
    return (this.#entries.get(stream.ssrc)?.fractionLost ?? 0) / 256;
  }

  add(stream: OutgoingStream, requestKeyFrame?: () => void): void {
    this.#entries.set(stream.ssrc, { stream, requestKeyFrame, fractionLost: 0 });
  }

  remove(stream: OutgoingStream): void {
    this.#entries.delete(stream.ssrc);
  }

  packet(packet: Buffer): void {
    if (!isRtcp(packet)) return;
    const { counters } = this.#meter;
    counters.controlReceived += 1;
    for (const event of readRtcp(packet)) {
      switch (event.type) {
        case 'nack':
          counters.nacksReceived += event.sequences.length;
          this.#entries.get(event.mediaSsrc)?.stream.resend(event.sequences);
          break;
        case 'picture-loss':
        case 'full-intra-request': {
          counters.keyFrameRequestsReceived += 1;
          const entry = this.#entries.get(event.mediaSsrc);
          entry?.stream.acknowledge();
          entry?.requestKeyFrame?.();
          break;
        }
        case 'receiver-report':
        case 'sender-report':
          for (const block of event.blocks) this.#reception(block);
          break;
        case 'transport-feedback':
        case 'bandwidth':
        case 'goodbye':
          // Load senders keep their rate: what the server does under a given load is measured, not what senders make of it.
          break;
      }
    }
  }

  #reception(block: ReportBlock): void {
    const entry = this.#entries.get(block.ssrc);
    if (!entry) return;
    entry.stream.acknowledge();
    entry.fractionLost = block.fractionLost;
    if (block.lastSenderReport === 0) return;
    const { seconds, fraction } = ntpParts(performance.timeOrigin + performance.now());
    const middle = ((seconds & 0xffff) * 65536 + (fraction >>> 16)) >>> 0;
    const units = (middle - block.lastSenderReport - block.delaySinceLast) | 0;
    if (units >= 0) this.#roundTripMs = (units * 1000) / 65536;
  }
}
