import type { QualityLevel, QualityReason, ReceptionReport } from '../../../protocol/messages.ts';

/** How well somebody is connected, in three levels with the reason. Pure. */
export interface QualitySigns {
  /** undefined: nothing told for some seconds */
  report: Omit<ReceptionReport, 'intervalMs'> | undefined;
  /** share of the packets from this participant that did not arrive at the server, 0 to 1 */
  uplinkLoss: number;
  /** videos are held back or small because the line does not carry them: share of what is wanted that is sent, 0 to 1 */
  downlinkShare: number;
  /** bit/s; below this the own camera does not get through in a good quality; 0: sends no video */
  uplinkWanted: number;
}

export interface Quality {
  level: QualityLevel;
  reason: QualityReason | '';
}

const rows: readonly {
  reason: QualityReason;
  value: (signs: QualitySigns) => number;
  fair: number;
  poor: number;
}[] = [
  { reason: 'uplink-loss', value: ({ uplinkLoss }) => uplinkLoss, fair: 0.03, poor: 0.1 },
  {
    reason: 'downlink-loss',
    value: ({ report }) =>
      report ? report.packetsLost / Math.max(50, report.packetsLost + report.packetsReceived) : 0,
    fair: 0.03,
    poor: 0.1,
  },
  { reason: 'downlink-loss', value: ({ report }) => report?.concealed ?? 0, fair: 0.02, poor: 0.08 },
  { reason: 'downlink-rate', value: ({ downlinkShare }) => 1 - downlinkShare, fair: 0.3, poor: 0.75 },
  {
    reason: 'uplink-rate',
    value: ({ report, uplinkWanted }) => {
      const available = report?.availableOutgoingBitrate ?? 0;
      return available > 0 && uplinkWanted > 0 ? 1 - Math.min(1, available / uplinkWanted) : 0;
    },
    fair: 0.3,
    poor: 0.75,
  },
  { reason: 'delay', value: ({ report }) => report?.roundTripMs ?? 0, fair: 300, poor: 700 },
  {
    reason: 'jitter',
    // A slow computer fills the buffer too: then nothing is lost, and nothing takes long on the way.
    value: ({ report }) =>
      report && (report.packetsLost > 0 || report.roundTripMs > 150) ? report.jitterBufferMs : 0,
    fair: 250,
    poor: 600,
  },
];

/** The worst sign counts; of equally bad ones the first in the table: own loss is what somebody can do something about. */
export function qualityOf(signs: QualitySigns): Quality {
  for (const level of ['poor', 'fair'] as const) {
    const found = rows.find((row) => row.value(signs) >= row[level]);
    if (found) return { level, reason: found.reason };
  }
  return { level: 'good', reason: '' };
}
