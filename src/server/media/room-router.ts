import type { types } from 'mediasoup';
import { Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { ProducerId } from '../../protocol/messages.ts';
import { routerCodecs } from './codecs.ts';
import type { MediaSettings } from './settings.ts';
import type { MediaWorker } from './workers.ts';

/** Who is connected on a router, as far as placement goes. */
export interface Connected {
  readonly consumerCount: number;
}

interface RoomRouterEvents {
  /** volumes in dBov of the microphones on this router, loudest first; empty: silence */
  levels: { producerId: ProducerId; volume: number }[];
  dominant: { producerId: ProducerId };
}

/** The part of a room on one worker: its router, who is connected there, and who speaks there. */
export class RoomRouter {
  readonly worker: MediaWorker;
  readonly router: types.Router;
  readonly connected: Set<Connected>;
  readonly events: Emitter<RoomRouterEvents>;
  readonly #levels: types.AudioLevelObserver;
  readonly #activeSpeaker: types.ActiveSpeakerObserver;

  /** @param expectedConsumers how many consumers an endpoint of this room will have at least */
  static async create(
    worker: MediaWorker,
    settings: MediaSettings,
    intervalMs: number,
    expectedConsumers: () => number,
    log: Log,
  ): Promise<RoomRouter> {
    const connected = new Set<Connected>();
    const load = () => {
      const expected = expectedConsumers();
      let sum = 0;
      for (const { consumerCount } of connected) sum += Math.max(consumerCount, expected);
      return sum;
    };
    const router = await worker.createRouter(routerCodecs(settings.videoCodecs), load);
    try {
      const [levels, activeSpeaker] = await Promise.all([
        // -60 dBov: quiet speech passes, a running fan does not (mediasoup's default of -80 lights up for breathing).
        router.createAudioLevelObserver({ maxEntries: 30, threshold: -60, interval: intervalMs }),
        router.createActiveSpeakerObserver({ interval: Math.max(300, intervalMs) }),
      ]);
      return new RoomRouter(worker, router, connected, levels, activeSpeaker, log);
    } catch (error) {
      router.close();
      throw error;
    }
  }

  private constructor(
    worker: MediaWorker,
    router: types.Router,
    connected: Set<Connected>,
    levels: types.AudioLevelObserver,
    activeSpeaker: types.ActiveSpeakerObserver,
    log: Log,
  ) {
    this.worker = worker;
    this.router = router;
    this.connected = connected;
    this.#levels = levels;
    this.#activeSpeaker = activeSpeaker;
    this.events = new Emitter((error) => log.error({ error }, 'listener failed'));
    levels.on('volumes', (volumes) =>
      this.events.emit(
        'levels',
        volumes.map(({ producer, volume }) => ({ producerId: producer.id as ProducerId, volume })),
      ),
    );
    levels.on('silence', () => this.events.emit('levels', []));
    activeSpeaker.on('dominantspeaker', ({ producer }) =>
      this.events.emit('dominant', { producerId: producer.id as ProducerId }),
    );
  }

  get isAlive(): boolean {
    return !this.router.closed;
  }

  /** Listens to a microphone that is published on this router, until it closes. */
  async observe(producerId: ProducerId): Promise<void> {
    await Promise.all([
      this.#levels.addProducer({ producerId }),
      this.#activeSpeaker.addProducer({ producerId }),
    ]);
  }

  close(): void {
    this.events.removeAll();
    this.router.close();
  }
}
