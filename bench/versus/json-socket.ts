import type { MediaMeter } from '../measure/media-meter.ts';
import { MeteredWebSockets } from '../metered-web-socket.ts';

export interface JsonSocketEvents {
  message: (message: unknown) => void;
  /** Not told after close(). */
  closed: () => void;
}

/** A WebSocket that carries JSON texts, counted as the product's signalling is. */
export class JsonSocket {
  readonly #socket: WebSocket;
  #closed = false;

  /** @throws Error when the server cannot be reached */
  static async open(
    url: string,
    protocol: string | undefined,
    meter: MediaMeter,
    events: JsonSocketEvents,
  ): Promise<JsonSocket> {
    const socket = new MeteredWebSockets(meter).open(url, protocol);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`${url} cannot be reached`)), { once: true });
    });
    return new JsonSocket(socket, events);
  }

  private constructor(socket: WebSocket, events: JsonSocketEvents) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      if (!this.#closed && typeof data === 'string') events.message(JSON.parse(data) as unknown);
    });
    socket.addEventListener('close', () => {
      if (!this.#closed) events.closed();
    });
  }

  send(message: unknown): void {
    if (!this.#closed) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }
}
