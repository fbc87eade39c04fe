import type { MediaMeter } from '../../measure/media-meter.ts';
import { JsonSocket } from '../json-socket.ts';
import type { BareMethods, BareProducer, FromBareServer } from './messages.ts';

export interface BareSignallingEvents {
  producer: (producer: BareProducer) => void;
  closed: () => void;
}

/** The client's end of the bare server's signalling. */
export class BareSignalling {
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #events: BareSignallingEvents;
  #socket!: JsonSocket;
  #number = 0;

  static async open(url: string, meter: MediaMeter, events: BareSignallingEvents): Promise<BareSignalling> {
    const signalling = new BareSignalling(events);
    signalling.#socket = await JsonSocket.open(url, undefined, meter, {
      message: (message) => signalling.#receive(message as FromBareServer),
      closed: () => events.closed(),
    });
    return signalling;
  }

  private constructor(events: BareSignallingEvents) {
    this.#events = events;
  }

  /** @throws Error with what the server said */
  ask<M extends keyof BareMethods>(method: M, data: BareMethods[M][0]): Promise<BareMethods[M][1]> {
    const number = ++this.#number;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(number, answer);
    this.#socket.send({ number, method, data });
    return answer.promise as Promise<BareMethods[M][1]>;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: FromBareServer): void {
    if ('producer' in message) {
      this.#events.producer(message.producer);
      return;
    }
    const waiting = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.data);
  }
}
