import type { ReceptionReport } from '../../protocol/messages.ts';
import type { ReceivedAudioCounters, TransportStats } from '../engine/engine.ts';

/** Both transports' counters at one moment. */
export interface LineSample {
  /** ms */
  at: number;
  receive?: TransportStats;
  send?: TransportStats;
}

/** Opus in its silence (DTX) sends 2.5 packets a second, in speech 17 to 50: only the latter can sound bad. */
const speechPacketsPerSecond = 10;

/** What happened between two samples. */
export function receptionBetween(before: LineSample, now: LineSample): ReceptionReport {
  const intervalMs = Math.max(1, Math.round(now.at - before.at));
  const [a, b] = [before.receive?.received, now.receive?.received];
  const audio = audioBetween(a?.audio ?? [], b?.audio ?? [], intervalMs);
  const bytes = grown(before.receive?.bytesReceived, now.receive?.bytesReceived);
  return {
    intervalMs,
    receivedBitrate: Math.round((bytes * 8000) / intervalMs),
    packetsReceived: grown(a?.packetsReceived, b?.packetsReceived),
    packetsLost: grown(a?.packetsLost, b?.packetsLost),
    ...audio,
    freezes: grown(a?.freezes, b?.freezes),
    roundTripMs: Math.round(now.receive?.roundTripMs ?? 0),
    availableOutgoingBitrate: Math.round(now.send?.availableOutgoingBitrate ?? 0),
    uplinkLost: clampShare(now.send?.sent?.fractionLost ?? 0),
  };
}

/** Nothing that the server would act upon: it need not be told every second. */
export function isMuchTheSame(one: ReceptionReport, other: ReceptionReport): boolean {
  const trouble = (report: ReceptionReport) =>
    report.packetsLost > 0 || report.concealed > 0.005 || report.freezes > 0 || report.uplinkLost > 0.02;
  return (
    !trouble(one) &&
    !trouble(other) &&
    near(one.receivedBitrate, other.receivedBitrate, 20_000) &&
    near(one.availableOutgoingBitrate, other.availableOutgoingBitrate, 20_000) &&
    near(one.roundTripMs, other.roundTripMs, 20) &&
    near(one.jitterBufferMs, other.jitterBufferMs, 30)
  );
}

function audioBetween(
  before: readonly ReceivedAudioCounters[],
  now: readonly ReceivedAudioCounters[],
  intervalMs: number,
): Pick<ReceptionReport, 'concealed' | 'jitterBufferMs'> {
  const known = new Map(before.map((stream) => [stream.id, stream]));
  const streams = now.map((stream) => {
    const earlier = known.get(stream.id);
    return {
      packets: grown(earlier?.packets, stream.packets),
      samples: grown(earlier?.samples, stream.samples),
      concealed: grown(earlier?.concealedSamples, stream.concealedSamples),
      delayMs: grown(earlier?.jitterBufferDelayMs, stream.jitterBufferDelayMs),
      emitted: grown(earlier?.jitterBufferEmitted, stream.jitterBufferEmitted),
    };
  });
  const speech = streams.filter(({ packets }) => (packets * 1000) / intervalMs >= speechPacketsPerSecond);
  // A line that carries nothing at all: everything counts, or silence would look like health.
  const counted = speech.length > 0 ? speech : streams;
  const sum = (name: keyof (typeof streams)[number]) =>
    counted.reduce((total, stream) => total + stream[name], 0);
  return {
    concealed: clampShare(sum('concealed') / Math.max(1, sum('samples'))),
    jitterBufferMs: Math.round(sum('delayMs') / Math.max(1, sum('emitted'))),
  };
}

/** Counters begin anew with a new transport, and a repaired packet takes a loss back. */
function grown(before = 0, now = 0): number {
  return Math.max(0, now - before);
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function near(a: number, b: number, least: number): boolean {
  return Math.abs(a - b) <= Math.max(least, 0.1 * Math.max(a, b));
}
