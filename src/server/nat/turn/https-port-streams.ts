import type { TransportAddress } from './addresses.ts';
import type { Stream, StreamClients } from './stream-clients.ts';
import type { FromThread } from './thread-messages.ts';

type Accepted = NonNullable<ReturnType<StreamClients['accept']>>;

/** In the thread: connections to the HTTPS port, TLS taken off by the main thread where there was any. */
export class HttpsPortStreams {
  readonly #clients: StreamClients;
  readonly #tell: (message: FromThread, moved?: ArrayBuffer[]) => void;
  readonly #open = new Map<number, Accepted>();

  constructor(clients: StreamClients, tell: (message: FromThread, moved?: ArrayBuffer[]) => void) {
    this.#clients = clients;
    this.#tell = tell;
  }

  open(id: number, client: TransportAddress, transport: 'tcp' | 'tls'): void {
    const accepted = this.#clients.accept(transport, client, this.#streamOf(id));
    if (accepted) this.#open.set(id, accepted);
  }

  /** @param bytes the whole of their buffer: they were moved here */
  received(id: number, bytes: Uint8Array): void {
    this.#open.get(id)?.received(Buffer.from(bytes.buffer));
    this.#tell({ kind: 'taken', id, octets: bytes.length });
  }

  closed(id: number): void {
    const accepted = this.#open.get(id);
    this.#open.delete(id);
    accepted?.closed();
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
