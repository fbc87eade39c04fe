import { parseScalabilityMode, type types } from 'mediasoup';
import type { MediaSource } from '../../protocol/media.ts';
import type { ConsumerId, ConsumerInfo, HeldBackReason, ProducerId } from '../../protocol/messages.ts';
import type { Rung } from './policy/layers.ts';

/**
 * A consumer and what it is to send. The client starts it once; from then on whether it flows and in which layers is
 * decided here, and only differences reach the worker.
 */
export class Received {
  readonly consumer: types.Consumer;
  readonly source: MediaSource;
  readonly producerId: ProducerId;
  readonly isVideo: boolean;
  /** Numbers of spatial and temporal layers. */
  readonly layers: { spatial: number; temporal: number };
  #started = false;
  #rung: Rung | undefined;
  /** What may be sent in a moment, if the line proves good: its publisher is asked for it already. */
  hopedFor: Rung | undefined;
  /** Why nothing flows although it is started, and since when (ms). */
  heldBack: { reason: HeldBackReason; since: number } | undefined;

  constructor(consumer: types.Consumer, source: MediaSource, onClosed: () => void) {
    this.consumer = consumer;
    this.source = source;
    this.producerId = consumer.producerId as ProducerId;
    this.isVideo = consumer.kind === 'video';
    this.layers = layersOf(consumer);
    consumer.observer.once('close', onClosed);
  }

  get id(): ConsumerId {
    return this.consumer.id as ConsumerId;
  }

  /** The receiver is ready for it. */
  get started(): boolean {
    return this.#started;
  }

  /** What is sent now; undefined: nothing. */
  get rung(): Rung | undefined {
    return this.#rung;
  }

  start(): void {
    this.#started = true;
  }

  info(): ConsumerInfo {
    const { kind, rtpParameters, type, producerPaused } = this.consumer;
    return {
      id: this.id,
      producerId: this.producerId,
      kind,
      rtpParameters: rtpParameters as ConsumerInfo['rtpParameters'],
      type: type as ConsumerInfo['type'],
      producerPaused,
    };
  }

  /** @param rung undefined: nothing is to flow */
  async sendVideo(rung: Rung | undefined): Promise<void> {
    if (this.consumer.closed || !this.#started) return;
    const before = this.#rung;
    this.#rung = rung;
    if (!rung) {
      if (!this.consumer.paused) await this.consumer.pause();
      return;
    }
    const { spatialLayer, temporalLayer } = rung;
    const moved = before?.spatialLayer !== spatialLayer || before.temporalLayer !== temporalLayer;
    if (moved && this.consumer.type !== 'simple') {
      await this.consumer.setPreferredLayers({ spatialLayer, temporalLayer });
    }
    if (this.consumer.paused) await this.consumer.resume();
  }

  async sendAudio(flows: boolean): Promise<void> {
    if (this.consumer.closed || !this.#started || this.consumer.paused !== flows) return;
    await (flows ? this.consumer.resume() : this.consumer.pause());
  }

  /** Throws away the packets that are kept for repair: a consumer that pauses forgets them, and asks for a key frame when it resumes. */
  async flush(): Promise<void> {
    if (this.consumer.closed || this.consumer.paused) return;
    await this.consumer.pause();
  }
}

/** To be asked once: mediasoup copies all parameters each time. */
function layersOf({ type, rtpParameters }: types.Consumer): { spatial: number; temporal: number } {
  if (type === 'simple') return { spatial: 1, temporal: 1 };
  const mode = parseScalabilityMode(rtpParameters.encodings?.[0]?.scalabilityMode);
  return { spatial: mode.spatialLayers, temporal: mode.temporalLayers };
}
