import type { types } from 'mediasoup';
import * as mediasoup from 'mediasoup';
import { LoadEngine } from '../../../bench/engines/load-engine.ts';
import { LoadTrack } from '../../../bench/engines/load-track.ts';
import { MediaMeter } from '../../../bench/measure/media-meter.ts';
import { Schedule } from '../../../bench/measure/schedule.ts';
import type { CameraFormat } from '../../../bench/media/camera-layers.ts';
import type { ReceiveTransport, Sender, SendTransport } from '../../../src/client/index.ts';
import { readWorkerRecord } from '../../../src/native/worker-record.ts';
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../../../src/protocol/media.ts';
import type { ConsumerId, ProducerId, TransportId, TransportInfo } from '../../../src/protocol/messages.ts';

/** A real worker and router without the rest of the server: the load engine against plain mediasoup. */
export class BareRoom {
  readonly schedule = new Schedule();
  readonly producers = new Map<ProducerId, types.Producer>();
  readonly #worker: types.Worker;
  readonly #router: types.Router;
  readonly #clients: BareClient[] = [];

  static async create(): Promise<BareRoom> {
    const { path } = await readWorkerRecord();
    const worker = await mediasoup.createWorker({ workerBin: path, logLevel: 'warn' });
    const router = await worker.createRouter({
      mediaCodecs: [
        { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
        { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
      ],
    });
    return new BareRoom(worker, router);
  }

  private constructor(worker: types.Worker, router: types.Router) {
    this.#worker = worker;
    this.#router = router;
  }

  get router(): types.Router {
    return this.#router;
  }

  async join(name: string): Promise<BareClient> {
    const client = await BareClient.create(this, name);
    this.#clients.push(client);
    return client;
  }

  close(): void {
    for (const client of this.#clients) client.close();
    this.schedule.stop();
    this.#worker.close();
  }
}

export class BareClient {
  readonly meter = new MediaMeter();
  firstPacketAt: number | undefined;
  firstFrameAt: number | undefined;
  readonly #room: BareRoom;
  readonly #engine: LoadEngine;
  #capabilities!: RtpCapabilities;
  #sendSide!: types.WebRtcTransport;
  #receiveSide!: types.WebRtcTransport;
  #send!: SendTransport;
  #receive!: ReceiveTransport;

  static async create(room: BareRoom, name: string): Promise<BareClient> {
    const client = new BareClient(room, name);
    await client.#open();
    return client;
  }

  private constructor(room: BareRoom, name: string) {
    this.#room = room;
    this.#engine = new LoadEngine({
      name,
      meter: this.meter,
      schedule: room.schedule,
      onFirstPacket: (_kind, now) => {
        this.firstPacketAt ??= now;
      },
      onFirstFrame: (now) => {
        this.firstFrameAt ??= now;
      },
      onTransportState: () => undefined,
    });
  }

  publishMicrophone(speaks: (now: number) => boolean): Promise<Sender> {
    return this.#publish(new LoadTrack({ kind: 'audio', speaks }), 'microphone');
  }

  publishCamera(format: CameraFormat): Promise<Sender> {
    return this.#publish(new LoadTrack({ kind: 'video', format }), 'camera');
  }

  async subscribe(producerId: ProducerId): Promise<types.Consumer> {
    const consumer = await this.#receiveSide.consume({
      producerId,
      rtpCapabilities: this.#capabilities as types.RtpCapabilities,
      paused: true,
    });
    await this.#receive.consume({
      id: consumer.id as ConsumerId,
      producerId,
      kind: consumer.kind,
      rtpParameters: consumer.rtpParameters as RtpParameters,
      type: 'simulcast',
      producerPaused: false,
    });
    await consumer.resume();
    return consumer;
  }

  async availableBitrate(): Promise<number> {
    const [stats] = await this.#receiveSide.getStats();
    return stats?.availableOutgoingBitrate ?? 0;
  }

  close(): void {
    this.#engine.close();
  }

  async #open(): Promise<void> {
    const { router } = this.#room;
    this.#capabilities = await this.#engine.load(router.rtpCapabilities as RtpCapabilities);
    const options = { listenInfos: [{ protocol: 'udp' as const, ip: '127.0.0.1' }] };
    this.#sendSide = await router.createWebRtcTransport(options);
    this.#receiveSide = await router.createWebRtcTransport(options);
    const connect = (side: types.WebRtcTransport) => (dtlsParameters: DtlsParameters) =>
      side.connect({ dtlsParameters: dtlsParameters as types.DtlsParameters });
    this.#send = this.#engine.createSendTransport(info(this.#sendSide), {
      connect: connect(this.#sendSide),
      stateChanged: () => undefined,
      produce: async ({ kind, rtpParameters, paused }) => {
        const producer = await this.#sendSide.produce({
          kind,
          rtpParameters: rtpParameters as types.RtpParameters,
          paused,
        });
        const id = producer.id as ProducerId;
        this.#room.producers.set(id, producer);
        return id;
      },
    });
    this.#receive = this.#engine.createReceiveTransport(info(this.#receiveSide), {
      connect: connect(this.#receiveSide),
      stateChanged: () => undefined,
    });
  }

  #publish(track: LoadTrack, source: 'microphone' | 'camera'): Promise<Sender> {
    return this.#send.produce(track, { source, settings: { videoCodecs: [] }, paused: false });
  }
}

function info(transport: types.WebRtcTransport): TransportInfo {
  return {
    transportId: transport.id as TransportId,
    iceParameters: { ...transport.iceParameters, iceLite: true },
    iceCandidates: transport.iceCandidates as TransportInfo['iceCandidates'],
    dtlsParameters: { role: 'auto', ...transport.dtlsParameters },
  };
}
