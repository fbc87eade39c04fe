import type { types } from 'mediasoup';
import type { RtpCapabilities, RtpParameters } from '../../../src/protocol/media.ts';
import type { ConsumerId, TransportId, TransportInfo } from '../../../src/protocol/messages.ts';
import type { BareMethods, BareProducer, BareRequest, BareSide, FromBareServer } from './messages.ts';

export interface BareParticipantParts {
  router: types.Router;
  webRtcServer: types.WebRtcServer;
  producers: () => BareProducer[];
  /** Resolves when others may ask for it. */
  produced: (producer: types.Producer) => Promise<void>;
  answer: (message: FromBareServer) => void;
}

/** More than any layer needs: nothing is held back while the estimate of a line is still growing. */
const startBitrate = 10_000_000;

type Handlers = {
  [M in keyof BareMethods]: (data: BareMethods[M][0]) => Promise<BareMethods[M][1]>;
};

/** One client's two transports, and what it may ask for. */
export class BareParticipant {
  readonly #parts: BareParticipantParts;
  readonly #transports = new Map<BareSide, types.WebRtcTransport>();
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #own = new Set<string>();
  readonly #handlers: Handlers = {
    join: () => this.#join(),
    connect: async ({ side, dtlsParameters }) => {
      await this.#transport(side).connect({ dtlsParameters: dtlsParameters as types.DtlsParameters });
      return null;
    },
    produce: async ({ kind, rtpParameters }) => {
      const producer = await this.#transport('send').produce({
        kind,
        rtpParameters: rtpParameters as types.RtpParameters,
      });
      this.#own.add(producer.id);
      await this.#parts.produced(producer);
      return { id: producer.id as BareProducer['id'] };
    },
    consume: (data) => this.#consume(data),
    resume: async ({ consumerId }) => {
      await this.#consumers.get(consumerId)?.resume();
      return null;
    },
  };

  constructor(parts: BareParticipantParts) {
    this.#parts = parts;
  }

  request(text: string): void {
    const { number, method, data } = JSON.parse(text) as BareRequest;
    const handler = this.#handlers[method] as (data: unknown) => Promise<unknown>;
    handler(data).then(
      (answer) => this.#parts.answer({ number, data: answer }),
      (error: unknown) => this.#parts.answer({ number, error: `${method}: ${String(error)}` }),
    );
  }

  close(): void {
    for (const transport of this.#transports.values()) transport.close();
  }

  async #join(): Promise<BareMethods['join'][1]> {
    const { router, producers } = this.#parts;
    const [send, receive] = await Promise.all([this.#open('send'), this.#open('receive')]);
    return {
      routerRtpCapabilities: router.rtpCapabilities as RtpCapabilities,
      send,
      receive,
      producers: producers().filter(({ id }) => !this.#own.has(id)),
    };
  }

  async #consume(data: BareMethods['consume'][0]): Promise<BareMethods['consume'][1]> {
    const { producerId } = data;
    const consumer = await this.#transport('receive').consume({
      producerId,
      rtpCapabilities: data.rtpCapabilities as types.RtpCapabilities,
      paused: true,
    });
    this.#consumers.set(consumer.id, consumer);
    return {
      id: consumer.id as ConsumerId,
      producerId,
      kind: consumer.kind,
      rtpParameters: consumer.rtpParameters as RtpParameters,
      type: consumer.type === 'pipe' ? 'simple' : consumer.type,
      producerPaused: consumer.producerPaused,
    };
  }

  async #open(side: BareSide): Promise<TransportInfo> {
    const { router, webRtcServer } = this.#parts;
    const transport = await router.createWebRtcTransport({
      webRtcServer,
      initialAvailableOutgoingBitrate: startBitrate,
    });
    this.#transports.set(side, transport);
    return {
      transportId: transport.id as TransportId,
      iceParameters: { ...transport.iceParameters, iceLite: true },
      iceCandidates: transport.iceCandidates as TransportInfo['iceCandidates'],
      dtlsParameters: { role: 'auto', ...transport.dtlsParameters },
    };
  }

  #transport(side: BareSide): types.WebRtcTransport {
    const transport = this.#transports.get(side);
    if (!transport) throw new Error('join first');
    return transport;
  }
}
