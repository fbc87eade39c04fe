import type { Stream, StreamClients } from './stream-clients.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

type Accepted = NonNullable<ReturnType<StreamClients['accept']>>;

/** In the thread: connections that the main thread has taken TLS off. */
export class TlsStreams {
  readonly #clients: StreamClients;
  readonly #tell: (message: FromThread, moved?: ArrayBuffer[]) => void;
  readonly #open = new Map<number, Accepted>();

  constructor(clients: StreamClients, tell: (message: FromThread, moved?: ArrayBuffer[]) => void) {
    this.#clients = clients;
    this.#tell = tell;
  }

  received(message: Extract<ToThread, { id: number }>): void {
    const { id } = message;
    switch (message.kind) {
      case 'open': {
        const accepted = this.#clients.accept('tls', message.client, this.#streamOf(id));
        if (accepted) this.#open.set(id, accepted);
        break;
      }
      case 'data':
        this.#open.get(id)?.received(Buffer.from(message.bytes.buffer));
        this.#tell({ kind: 'taken', id, octets: message.bytes.length });
        break;
      case 'close': {
        const accepted = this.#open.get(id);
        this.#open.delete(id);
        accepted?.closed();
      }
    }
  }

  #streamOf(id: number): Stream {
    let waiting: Buffer[] = [];
    return {
      write: (bytes) => {
        // What arrives in one turn of the event loop travels as one message.
        if (waiting.push(bytes) > 1) return;
        setImmediate(() => {
          const octets = waiting.reduce((sum, { length }) => sum + length, 0);
          const whole = new Uint8Array(octets);
          let offset = 0;
          for (const part of waiting) {
            whole.set(part, offset);
            offset += part.length;
          }
          waiting = [];
          this.#tell({ kind: 'write', id, bytes: whole }, [whole.buffer]);
        });
      },
      close: () => {
        this.#open.delete(id);
        this.#tell({ kind: 'close', id });
      },
    };
  }
}
