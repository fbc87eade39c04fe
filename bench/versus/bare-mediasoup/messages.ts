import type {
  DtlsParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from '../../../src/protocol/media.ts';
import type { ConsumerInfo, ProducerId, TransportInfo } from '../../../src/protocol/messages.ts';

/** The bare server's signalling: requests with a number and answers with the same, as JSON; and news without one. */
export interface BareMethods {
  join: [Record<string, never>, Joined];
  connect: [{ side: BareSide; dtlsParameters: DtlsParameters }, null];
  produce: [{ kind: MediaKind; rtpParameters: RtpParameters }, { id: ProducerId }];
  /** Paused, until the client is ready for its packets. */
  consume: [{ producerId: ProducerId; rtpCapabilities: RtpCapabilities }, ConsumerInfo];
  resume: [{ consumerId: string }, null];
}
export type BareSide = 'send' | 'receive';

export interface Joined {
  routerRtpCapabilities: RtpCapabilities;
  send: TransportInfo;
  receive: TransportInfo;
  producers: BareProducer[];
}

export interface BareProducer {
  id: ProducerId;
  kind: MediaKind;
}

/** Told by its process to whoever started it. */
export interface BareReady {
  port: number;
  debuggerUrl: string | undefined;
}

export type BareRequest = {
  [M in keyof BareMethods]: { number: number; method: M; data: BareMethods[M][0] };
}[keyof BareMethods];

export type FromBareServer =
  | { number: number; data: unknown }
  | { number: number; error: string }
  | { producer: BareProducer };
