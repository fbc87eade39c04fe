import type {
  SendCallbacks,
  Sender,
  SendOptions,
  SendTransport,
  TransportState,
  TransportStats,
} from '../../src/client/index.ts';
import type { RtpCapabilities } from '../../src/protocol/media.ts';
import type { TransportId, TransportInfo } from '../../src/protocol/messages.ts';
import { SendingEnd } from '../media/sending-end.ts';
import { LoadConnection } from './load-connection.ts';
import type { LoadEngineParts } from './load-engine-parts.ts';
import { LoadSender } from './load-sender.ts';

/** The way to the server, with everything a load client publishes. */
export class LoadSendTransport implements SendTransport {
  readonly #connection: LoadConnection;
  readonly #callbacks: SendCallbacks;
  readonly #router: RtpCapabilities;
  readonly #parts: LoadEngineParts;
  readonly #end: SendingEnd;
  readonly #senders = new Set<LoadSender>();
  #nextMid = 0;

  constructor(
    info: TransportInfo,
    callbacks: SendCallbacks,
    router: RtpCapabilities,
    parts: LoadEngineParts,
  ) {
    this.#callbacks = callbacks;
    this.#router = router;
    this.#parts = parts;
    this.#end = new SendingEnd(parts.meter);
    this.#connection = new LoadConnection(
      info,
      callbacks,
      `${parts.name}-send`,
      (packet) => this.#end.packet(packet),
      parts.relayed,
    );
  }

  get id(): TransportId {
    return this.#connection.id;
  }

  get state(): TransportState {
    return this.#connection.state;
  }

  async produce(track: MediaStreamTrack, options: SendOptions): Promise<Sender> {
    const { meter, schedule, name } = this.#parts;
    const sender = new LoadSender(track, options.paused, {
      router: this.#router,
      mid: String(this.#nextMid++),
      cname: encodeURIComponent(name),
      link: this.#connection.link,
      end: this.#end,
      meter,
      schedule,
    });
    this.#senders.add(sender);
    try {
      const { rtpParameters } = sender;
      const { source, paused } = options;
      // In one go: the server keeps the order, and joining takes a round trip less.
      const [, id] = await Promise.all([
        this.#connection.start(),
        this.#callbacks.produce({
          kind: source === 'camera' || source === 'screen' ? 'video' : 'audio',
          source,
          rtpParameters,
          paused,
        }),
      ]);
      sender.published(id);
    } catch (error) {
      this.#senders.delete(sender);
      sender.close();
      throw error;
    }
    this.#connection.opened.then(
      () => this.#senders.has(sender) && sender.start(),
      () => undefined,
    );
    return sender;
  }

  restartIce(): Promise<void> {
    return this.#connection.restartIce();
  }

  stats(): Promise<TransportStats> {
    return Promise.resolve(this.#connection.stats(this.#end.roundTripMs));
  }

  close(): void {
    for (const sender of this.#senders) sender.close();
    this.#senders.clear();
    this.#connection.close();
  }
}
