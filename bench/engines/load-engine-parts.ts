import type { TransportState } from '../../src/client/index.ts';
import type { MediaKind } from '../../src/protocol/media.ts';
import type { MediaMeter } from '../measure/media-meter.ts';
import type { Schedule } from '../measure/schedule.ts';

/** What one load client's engine and transports share. */
export interface LoadEngineParts {
  /** Names the client in RTCP and in the library's log. */
  name: string;
  /** Media only through the server's TURN. */
  relayed?: boolean;
  meter: MediaMeter;
  schedule: Schedule;
  /** Of each consumer, ms on the machine clock. */
  onFirstPacket: (kind: MediaKind, now: number) => void;
  onFirstFrame: (now: number) => void;
  onTransportState: (direction: 'send' | 'receive', state: TransportState) => void;
}
