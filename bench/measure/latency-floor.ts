import { Audio, PeerConnection, type Track } from 'node-datachannel';
import { emptyRtpHeader, readRtpHeader } from '../rtp/rtp-packet.ts';
import { RtpTemplate } from '../rtp/rtp-template.ts';
import { readStamp, writeStamp } from '../rtp/stamp.ts';
import { Histogram } from './histogram.ts';
import { machineNow } from './machine-clock.ts';
import type { Schedule } from './schedule.ts';

const payloadType = 111;
const ssrc = 7;
const intervalMs = 20;
const size = 100;

/**
 * Two connections of this process that send packets straight to each other through the same code as the load clients:
 * what the harness itself adds to every latency. Subtracting is not exact, but without it the number cannot be judged.
 */
export class LatencyFloor {
  readonly histogram = new Histogram();
  readonly #sender: PeerConnection;
  readonly #receiver: PeerConnection;
  readonly #track: Track;
  readonly #stop: () => void;
  readonly #template = new RtpTemplate({
    payloadType,
    ssrc,
    extensions: { mid: 0, rid: 0, repairedRid: 0, absSendTime: 0, transportCc: 0, audioLevel: 0 },
  });
  readonly #packet = Buffer.alloc(size);
  #sequence = 0;
  #tracks: Track[] = [];

  constructor(schedule: Schedule) {
    this.#sender = new PeerConnection('floor-sender', { iceServers: [], disableAutoNegotiation: true });
    // Answers by itself: between its two descriptions it would refuse the offer's candidates.
    this.#receiver = new PeerConnection('floor-receiver', { iceServers: [] });
    const media = new Audio('0', 'SendRecv');
    media.addOpusCodec(payloadType);
    this.#track = this.#sender.addTrack(media);
    const header = emptyRtpHeader();
    this.#receiver.onTrack((track) => {
      // Kept: the callbacks of a collected track would stop.
      this.#tracks.push(track);
      track.onMessage((packet) => {
        if (!readRtpHeader(packet, header)) return;
        const sentAt = readStamp(packet, header.payloadStart, header.payloadEnd);
        if (sentAt !== undefined) this.histogram.add(machineNow() - sentAt);
      });
    });
    // Whole descriptions with all candidates: a candidate that overtakes its description would be refused.
    const gathered = (from: PeerConnection, then: (sdp: string) => void) =>
      from.onGatheringStateChange((state) => {
        const sdp = state === 'complete' ? from.localDescription()?.sdp : undefined;
        if (sdp === undefined) return;
        try {
          then(sdp);
        } catch {
          // No floor then: a run must not end for want of it. (An error in a native callback would abort the process.)
        }
      });
    gathered(this.#sender, (sdp) => this.#receiver.setRemoteDescription(sdp, 'offer'));
    gathered(this.#receiver, (sdp) => this.#sender.setRemoteDescription(sdp, 'answer'));
    this.#sender.setLocalDescription('offer');
    this.#stop = schedule.add(machineNow() + intervalMs, (now) => this.#send(now));
  }

  close(): void {
    this.#stop();
    this.#tracks = [];
    this.#sender.close();
    this.#receiver.close();
  }

  #send(now: number): number {
    if (this.#track.isOpen()) {
      const sentAt = machineNow();
      this.#template.write(this.#packet, {
        marker: false,
        sequence: this.#sequence,
        timestamp: this.#sequence * 960,
        sendTimeMs: sentAt,
        transportSequence: 0,
      });
      this.#sequence = (this.#sequence + 1) & 0xffff;
      writeStamp(this.#packet, size, sentAt);
      this.#track.sendMessageBinary(this.#packet);
    }
    return now + intervalMs;
  }
}
