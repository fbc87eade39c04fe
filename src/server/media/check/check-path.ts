import type { types } from 'mediasoup';
import { Refusal } from '../../../protocol/errors.ts';
import type { DtlsParameters, MediaKind, RtpParameters } from '../../../protocol/media.ts';
import type { CheckPathCounts } from '../../../protocol/messages.ts';
import { transportInfo } from '../transport-info.ts';
import type { MediaWorker } from '../workers.ts';

/** One transport of a check: what comes in on it goes out on it again. */
export class CheckPath {
  readonly #transport: types.WebRtcTransport;
  readonly #router: types.Router;
  readonly #worker: MediaWorker;
  #echo: { producer: types.Producer; consumer: types.Consumer } | 'starting' | undefined;

  constructor(transport: types.WebRtcTransport, router: types.Router, worker: MediaWorker) {
    this.#transport = transport;
    this.#worker = worker;
    this.#router = router;
  }

  get info(): ReturnType<typeof transportInfo> {
    return transportInfo(this.#transport, this.#worker);
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    await this.#transport.connect({ dtlsParameters: dtlsParameters as types.DtlsParameters });
  }

  /** @returns what comes back */
  async echo(kind: MediaKind, rtpParameters: RtpParameters): Promise<RtpParameters> {
    if (this.#echo) throw new Refusal('wrong-state', 'echo');
    this.#echo = 'starting';
    try {
      const producer = await this.#transport.produce({
        kind,
        rtpParameters: rtpParameters as types.RtpParameters,
      });
      const consumer = await this.#transport.consume({
        producerId: producer.id,
        rtpCapabilities: this.#capabilities(),
        enableRtx: false,
        ignoreDtx: true,
      });
      this.#echo = { producer, consumer };
      return consumer.rtpParameters as RtpParameters;
    } catch (error) {
      this.#echo = undefined;
      throw error;
    }
  }

  async measure(): Promise<CheckPathCounts> {
    const protocol = this.#transport.iceSelectedTuple?.protocol ?? '';
    if (!this.#echo || this.#echo === 'starting')
      return { protocol, packetsReceived: 0, packetsSent: 0, octetsReceived: 0, octetsSent: 0 };
    const { producer, consumer } = this.#echo;
    const [received, sent] = await Promise.all([producer.getStats(), consumer.getStats()]);
    const out = sent.filter((stat) => stat.type === 'outbound-rtp');
    return {
      protocol,
      packetsReceived: sum(received.map(({ packetCount }) => packetCount)),
      packetsSent: sum(out.map(({ packetCount }) => packetCount)),
      octetsReceived: sum(received.map(({ byteCount }) => byteCount)),
      octetsSent: sum(out.map(({ byteCount }) => byteCount)),
    };
  }

  /** bit/s that come in now, everything included. */
  async incomingBitrate(): Promise<number> {
    const [stat] = await this.#transport.getStats();
    return stat?.recvBitrate ?? 0;
  }

  close(): void {
    this.#transport.close();
  }

  /** Without retransmission: what is lost is to be seen. */
  #capabilities(): types.RtpCapabilities {
    const { codecs = [], headerExtensions = [] } = this.#router.rtpCapabilities;
    return {
      headerExtensions,
      codecs: codecs
        .filter(({ mimeType }) => !mimeType.toLowerCase().endsWith('/rtx'))
        .map((codec) => ({
          ...codec,
          rtcpFeedback: (codec.rtcpFeedback ?? []).filter(
            ({ type, parameter }) => type !== 'nack' || parameter === 'pli',
          ),
        })),
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
