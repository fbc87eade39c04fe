import type { types } from 'mediasoup';

/** What the layers of a camera cost where nothing has been measured: the sender's own limits, or these in bit/s. */
const usualBitrates = [150_000, 500_000, 1_700_000];
/** Shares of a layer's rate up to each temporal layer, as Chromium and Firefox divide it. */
const temporalShares: Readonly<Record<number, readonly number[]>> = { 1: [1], 2: [0.6, 1], 3: [0.4, 0.6, 1] };
/** So much of a change is taken over with each reading: a key frame is no new price, and a picture at rest moves again. */
const rise = 0.5;
const fall = 0.15;
/** RTP counts what lies above UDP; SRTP, UDP and IP add about this on the wire. */
const wireShare = 1.05;

/** What each layer of one video costs on the wire, measured while it is sent and remembered while it is not. */
export class ProducerRates {
  readonly #producer: types.Producer;
  /** Kept: mediasoup copies all parameters each time they are asked for. */
  readonly #encodings: types.RtpEncodingParameters[];
  readonly #bitrates = new Map<string, number>();

  constructor(producer: types.Producer) {
    this.#producer = producer;
    this.#encodings = producer.rtpParameters.encodings ?? [];
  }

  /** Asks the worker; call it about once a second. */
  async read(): Promise<void> {
    const streams = await this.#producer.getStats();
    for (const stream of streams) {
      const spatial = this.#spatialLayerOf(stream);
      for (const [layer, bitrate] of Object.entries(stream.bitrateByLayer)) {
        const [first = 0, temporal = 0] = layer.split('.').map(Number);
        this.#take(spatial ?? first, temporal, bitrate);
      }
    }
  }

  /** bit/s up to this temporal layer of this spatial layer. */
  bitrate(spatialLayer: number, temporalLayer: number, temporalLayers: number): number {
    const measured = this.#bitrates.get(`${spatialLayer}.${temporalLayer}`);
    if (measured) return measured * wireShare;
    const encodings = this.#encodings;
    const usual = usualBitrates[Math.min(spatialLayer, 2)] ?? 0;
    const full = (encodings.length > 1 ? encodings[spatialLayer]?.maxBitrate : undefined) ?? usual;
    return full * (temporalShares[temporalLayers]?.[temporalLayer] ?? 1) * wireShare;
  }

  /** Of a simulcast stream; undefined: all spatial layers are in one stream. */
  #spatialLayerOf({ rid, ssrc }: { rid?: string; ssrc: number }): number | undefined {
    const encodings = this.#encodings;
    if (encodings.length <= 1) return undefined;
    const found = encodings.findIndex((encoding) =>
      rid === undefined || rid === '' ? encoding.ssrc === ssrc : encoding.rid === rid,
    );
    return found < 0 ? undefined : found;
  }

  #take(spatialLayer: number, temporalLayer: number, bitrate: number): void {
    // Not sent at the moment: what it was is the best guess of what it will be.
    if (bitrate <= 0) return;
    const key = `${spatialLayer}.${temporalLayer}`;
    const before = this.#bitrates.get(key) ?? bitrate;
    this.#bitrates.set(key, before + (bitrate - before) * (bitrate > before ? rise : fall));
  }
}
