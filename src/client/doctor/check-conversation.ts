import { type Clock, systemClock } from '../../base/clock.ts';
import type { DtlsParameters, MediaKind, RtpParameters } from '../../protocol/media.ts';
import type { CheckInfo, CheckPathCounts, TransportId, TransportInfo } from '../../protocol/messages.ts';
import { Retry } from '../signalling/retry.ts';
import { Session } from '../signalling/session.ts';

/** Timers that hold a Node process: it has nothing else to wait for. */
const clock: Clock = {
  ...systemClock,
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

export interface ConversationParts {
  /** wss://…/signal */
  url: string;
  client: string;
  webSocket?: (url: string) => WebSocket;
}

/** The requests of a check. All of them reject with a MeetingError when the server refuses or the connection is gone. */
export class CheckConversation {
  readonly #session: Session;

  constructor({ url, client, webSocket = (address) => new WebSocket(address) }: ConversationParts) {
    // A connection that breaks is a finding, nothing to be healed.
    const retry = new Retry(clock, {
      firstMs: 0,
      highestMs: 0,
      jitter: 0,
      giveUpAfterMs: 0,
      stableAfterMs: 0,
    });
    this.#session = new Session({ url, client, webSocket, clock, retry });
  }

  start(): Promise<CheckInfo> {
    return this.#session.request('startCheck', {});
  }

  open(worker: number): Promise<TransportInfo> {
    return this.#session.request('openCheckPath', { worker });
  }

  async connect(transportId: TransportId, dtlsParameters: DtlsParameters): Promise<void> {
    await this.#session.request('connectCheckPath', { transportId, dtlsParameters });
  }

  async echo(
    transportId: TransportId,
    kind: MediaKind,
    rtpParameters: RtpParameters,
  ): Promise<RtpParameters> {
    const answer = await this.#session.request('echoCheckPath', { transportId, kind, rtpParameters });
    return answer.rtpParameters;
  }

  measure(transportId: TransportId): Promise<CheckPathCounts> {
    return this.#session.request('measureCheckPath', { transportId });
  }

  /** The server closes it with the conversation at the latest. */
  closePath(transportId: TransportId): void {
    this.#session.request('closeCheckPath', { transportId }).catch(() => undefined);
  }

  close(): void {
    this.#session.close('closed');
  }
}
