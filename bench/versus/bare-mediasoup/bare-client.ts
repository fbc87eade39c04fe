import type { SendTransport } from '../../../src/client/index.ts';
import type { ProducerId, TransportInfo } from '../../../src/protocol/messages.ts';
import type { ClientPlan } from '../../client-plan.ts';
import { ClientProgress } from '../../client-progress.ts';
import { LoadEngine } from '../../engines/load-engine.ts';
import { LoadTrack } from '../../engines/load-track.ts';
import type { LoadClientParts } from '../../load-client.ts';
import { speech } from '../../media/speech.ts';
import { BareSignalling } from './bare-signalling.ts';
import type { BareProducer, BareSide, Joined } from './messages.ts';

/** One participant of a bare room: the engine is the same as with Plenum, only the words around it are others. */
export class BareClient {
  readonly #plan: ClientPlan;
  readonly #parts: LoadClientParts;
  readonly #progress: ClientProgress;
  readonly #engine: LoadEngine;
  #signalling: BareSignalling | undefined;
  #consume: ((producer: BareProducer) => Promise<void>) | undefined;
  /** Told before this client could receive. */
  #early: BareProducer[] = [];
  #shown = 0;

  constructor(plan: ClientPlan, parts: LoadClientParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#progress = new ClientProgress(plan, parts.report);
    this.#engine = new LoadEngine({
      name: plan.displayName,
      meter: parts.meter,
      schedule: parts.schedule,
      onFirstPacket: (_kind, now) => this.#progress.firstPacket(now),
      onFirstFrame: (now) => this.#progress.firstFrame(now),
      onTransportState: (direction, state) => {
        if (state === 'failed') this.#progress.fail(`the ${direction} transport failed`);
      },
    });
  }

  /** Never rejects: what fails is reported. */
  async join(): Promise<void> {
    this.#progress.begin();
    try {
      this.#signalling = await BareSignalling.open(this.#plan.url, this.#parts.meter, {
        producer: (producer) => this.#added(producer),
        closed: () => this.#progress.fail('the server closed the connection'),
      });
      const joined = await this.#signalling.ask('join', {});
      this.#progress.joined();
      await this.#flow(this.#signalling, joined);
      this.#progress.check();
    } catch (error) {
      this.#progress.fail(error);
    }
  }

  leave(): Promise<void> {
    if (this.#progress.leave()) {
      this.#signalling?.close();
      this.#engine.close();
      this.#progress.left();
    }
    return Promise.resolve();
  }

  async #flow(signalling: BareSignalling, joined: Joined): Promise<void> {
    const rtpCapabilities = await this.#engine.load(joined.routerRtpCapabilities);
    const connection = (side: BareSide) => ({
      connect: async (dtlsParameters: TransportInfo['dtlsParameters']) => {
        await signalling.ask('connect', { side, dtlsParameters });
      },
      stateChanged: () => undefined,
    });
    const receive = this.#engine.createReceiveTransport(joined.receive, connection('receive'));
    this.#consume = async ({ id: producerId }) => {
      const info = await signalling.ask('consume', { producerId, rtpCapabilities });
      await receive.consume(info);
      await signalling.ask('resume', { consumerId: info.id });
    };
    const known = new Set<ProducerId>();
    for (const producer of [...joined.producers, ...this.#early]) {
      if (!known.has(producer.id)) this.#added(producer);
      known.add(producer.id);
    }
    const send = this.#engine.createSendTransport(joined.send, {
      ...connection('send'),
      produce: async ({ kind, rtpParameters }) =>
        (await signalling.ask('produce', { kind, rtpParameters })).id,
    });
    await this.#publish(send);
  }

  async #publish(transport: SendTransport): Promise<void> {
    const { microphone, camera } = this.#plan;
    const options = { settings: { videoCodecs: [] }, paused: false };
    const publishing: Promise<unknown>[] = [];
    if (microphone) {
      const track = new LoadTrack({ kind: 'audio', speaks: speech(microphone) });
      publishing.push(transport.produce(track, { ...options, source: 'microphone' }));
    }
    if (camera) {
      const track = new LoadTrack({ kind: 'video', format: camera });
      publishing.push(transport.produce(track, { ...options, source: 'camera' }));
    }
    if (publishing.length === 0) return;
    await Promise.all(publishing);
    this.#progress.published();
  }

  /** Everybody is heard, the first cameras are shown, as by Plenum's load clients. */
  #added(producer: BareProducer): void {
    if (!this.#consume) {
      this.#early.push(producer);
      return;
    }
    if (producer.kind === 'video' && this.#shown++ >= this.#plan.tiles) return;
    this.#consume(producer).catch((error: unknown) => this.#progress.fail(error));
  }
}
