import type { types } from 'mediasoup';
import type { Log } from '../../base/log.ts';

interface Pipe {
  ready: Promise<types.Producer>;
  users: number;
}

/**
 * Brings producers of one room to other routers of it, once per producer and router however many consume there, and
 * takes them away with the last consumer. Loopback between two processes of this machine, and still SRTP: every hop is encrypted.
 */
export class Pipes {
  readonly #pipes = new Map<string, Pipe>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get count(): number {
    return this.#pipes.size;
  }

  /**
   * Resolves when the producer can be consumed on the router `to`.
   * @returns gives the place back; call it once
   */
  async acquire(producerId: string, from: types.Router, to: types.Router): Promise<() => void> {
    const key = `${producerId} ${to.id}`;
    let pipe = this.#pipes.get(key);
    if (!pipe) {
      pipe = { ready: this.#open(key, producerId, from, to), users: 0 };
      this.#pipes.set(key, pipe);
    }
    const used = pipe;
    used.users += 1;
    try {
      await used.ready;
    } catch (error) {
      this.#forget(key, used);
      throw error;
    }
    return () => {
      used.users -= 1;
      if (used.users > 0) return;
      this.#forget(key, used);
      used.ready.then((producer) => producer.close()).catch(() => undefined);
    };
  }

  async #open(
    key: string,
    producerId: string,
    from: types.Router,
    to: types.Router,
  ): Promise<types.Producer> {
    const { pipeConsumer, pipeProducer } = await from.pipeToRouter({
      producerId,
      router: to,
      enableSrtp: true,
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    });
    if (!pipeConsumer || !pipeProducer) throw new Error('pipeToRouter gave no producer');
    followPausing(pipeConsumer, pipeProducer);
    const opened = this.#pipes.get(key);
    // Its source or one of the two workers can end it at any time.
    pipeProducer.observer.once('close', () => opened && this.#forget(key, opened));
    this.#log.debug({ producer: producerId, router: to.id }, 'producer piped to another worker');
    return pipeProducer;
  }

  #forget(key: string, pipe: Pipe): void {
    if (this.#pipes.get(key) === pipe) this.#pipes.delete(key);
  }
}

/**
 * In place of mediasoup's own listeners, which leave the promise to nobody: a worker that dies while one of its people
 * mutes would be an unhandled rejection and end the whole server.
 */
function followPausing(pipeConsumer: types.Consumer, pipeProducer: types.Producer): void {
  // The producer on the other worker is gone then, and so is everybody who listened to it.
  const ignore = () => undefined;
  pipeConsumer.observer.removeAllListeners('pause').on('pause', () => pipeProducer.pause().catch(ignore));
  pipeConsumer.observer.removeAllListeners('resume').on('resume', () => pipeProducer.resume().catch(ignore));
}
