import type { LineMoment } from '../meeting.ts';
import type { LineSample } from './reception-report.ts';

/** Two minutes, one a second. */
const kept = 120;

/** What the looks at the line have shown lately: whoever asks after some trouble still finds it. */
export class LineHistory {
  #moments: readonly LineMoment[] = [];

  get moments(): readonly LineMoment[] {
    return this.#moments;
  }

  add(before: LineSample, now: LineSample): void {
    this.#moments = [...this.#moments.slice(1 - kept), momentBetween(before, now)];
  }
}

export function momentBetween(before: LineSample, now: LineSample): LineMoment {
  const seconds = Math.max(1, now.at - before.at) / 1000;
  const bitrate = (from = 0, to = 0) => Math.round((Math.max(0, to - from) * 8) / seconds);
  const [a, b] = [before.receive?.received, now.receive?.received];
  const arrived = (b?.packetsReceived ?? 0) - (a?.packetsReceived ?? 0);
  // A repaired packet takes a loss back.
  const lost = Math.max(0, (b?.packetsLost ?? 0) - (a?.packetsLost ?? 0));
  const sentLost = now.send?.sent?.fractionLost;
  const jitterMs = b?.jitterMs;
  const roundTripMs = now.receive?.roundTripMs ?? now.send?.roundTripMs;
  const availableOutgoingBitrate = now.send?.availableOutgoingBitrate;
  return {
    at: now.at,
    sentBitrate: bitrate(before.send?.bytesSent, now.send?.bytesSent),
    receivedBitrate: bitrate(before.receive?.bytesReceived, now.receive?.bytesReceived),
    ...(sentLost === undefined ? {} : { sentLost }),
    ...(arrived + lost > 0 ? { receivedLost: lost / (arrived + lost) } : {}),
    ...(jitterMs === undefined ? {} : { jitterMs }),
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(availableOutgoingBitrate === undefined ? {} : { availableOutgoingBitrate }),
  };
}
