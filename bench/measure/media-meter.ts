import { Histogram, type HistogramState } from './histogram.ts';

/** Counters of one load process; they only grow, so that two readings give a window. */
export interface MediaCounters {
  /** RTP with media that left senders for the first time: the server's input */
  sentPackets: number;
  /** octets of RTP, without IP, UDP and SRTP overhead */
  sentOctets: number;
  resentPackets: number;
  /** RTP with media, each counted once: what the server forwarded and a receiver got */
  receivedPackets: number;
  receivedOctets: number;
  /** Came through retransmission; also in receivedPackets. */
  recoveredPackets: number;
  duplicatePackets: number;
  /** Bandwidth probes and padding. */
  probePackets: number;
  probeOctets: number;
  /** From the sequence numbers: the difference to receivedPackets is loss after retransmission. */
  expectedPackets: number;
  /** Of streams nobody asked for (any more). */
  unexpectedPackets: number;
  malformedPackets: number;
  nacksSent: number;
  nacksReceived: number;
  pictureLossesSent: number;
  keyFrameRequestsReceived: number;
  keyFramesSent: number;
  framesReceived: number;
  /** Not sent because this process was behind: the harness's limit. */
  skippedFrames: number;
  /** RTCP packets of both directions */
  controlSent: number;
  controlReceived: number;
  signallingMessagesSent: number;
  signallingMessagesReceived: number;
  signallingOctetsSent: number;
  signallingOctetsReceived: number;
}

const zero: MediaCounters = {
  sentPackets: 0,
  sentOctets: 0,
  resentPackets: 0,
  receivedPackets: 0,
  receivedOctets: 0,
  recoveredPackets: 0,
  duplicatePackets: 0,
  probePackets: 0,
  probeOctets: 0,
  expectedPackets: 0,
  unexpectedPackets: 0,
  malformedPackets: 0,
  nacksSent: 0,
  nacksReceived: 0,
  pictureLossesSent: 0,
  keyFrameRequestsReceived: 0,
  keyFramesSent: 0,
  framesReceived: 0,
  skippedFrames: 0,
  controlSent: 0,
  controlReceived: 0,
  signallingMessagesSent: 0,
  signallingMessagesReceived: 0,
  signallingOctetsSent: 0,
  signallingOctetsReceived: 0,
};

export type LatencyKind = 'audio' | 'video' | 'retransmitted';

/** What all load clients of one process measure. */
export class MediaMeter {
  readonly counters: MediaCounters = { ...zero };
  /** Sender's stamp to receiver, both in JavaScript: includes both ends' queues (see the floor). */
  readonly latency: Record<LatencyKind, Histogram> = {
    audio: new Histogram(),
    video: new Histogram(),
    retransmitted: new Histogram(),
  };

  /** Copies of the latencies since the last call. */
  takeLatency(): Record<LatencyKind, HistogramState> {
    const { audio, video, retransmitted } = this.latency;
    return { audio: audio.take(), video: video.take(), retransmitted: retransmitted.take() };
  }
}

const names = Object.keys(zero) as (keyof MediaCounters)[];

export function addCounters(parts: readonly MediaCounters[]): MediaCounters {
  const sum = { ...zero };
  for (const part of parts) for (const name of names) sum[name] += part[name];
  return sum;
}

export function subtractCounters(later: MediaCounters, earlier: MediaCounters): MediaCounters {
  const difference = { ...zero };
  for (const name of names) difference[name] = later[name] - earlier[name];
  return difference;
}
