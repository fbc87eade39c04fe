import type { Clock } from '../../base/clock.ts';
import { decodeServerFrame, encodeClientFrame } from '../../protocol/codec.ts';
import { type CloseReason, closeReasonOf, closeReasons, ProtocolError } from '../../protocol/errors.ts';
import type { ClientFrame, Hello, ServerFrame, Welcome } from '../../protocol/messages.ts';
import { Liveness } from './liveness.ts';

/** From the first packet to welcome. */
const openMs = 10_000;

/** How one connection ended. Without a reason: the network, or a dead server. */
export interface Ending {
  reason?: CloseReason;
  /** What exactly, as the server tells it. */
  detail: string;
  /** The server was reached and answered. */
  welcomed: boolean;
}

export interface ConnectionHandlers {
  /** hello is on its way; requests of a new session may follow at once. */
  opened(): void;
  welcomed(welcome: Welcome): void;
  /** Everything that is numbered. */
  frame(frame: Numbered): void;
  /** Called once; nothing else is called afterwards. */
  ended(ending: Ending): void;
}
export type Numbered = Extract<ServerFrame, { sequence: number }>;

/** One WebSocket from hello to its end: bytes to frames, signs of life, and why it ended. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #handlers: ConnectionHandlers;
  readonly #stopOpening: () => void;
  #liveness: Liveness | undefined;
  #heardAt: number;
  #farewell: CloseReason | undefined;
  #detail = '';
  #welcomed = false;
  #ended = false;

  constructor(socket: WebSocket, hello: Hello, clock: Clock, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#clock = clock;
    this.#handlers = handlers;
    this.#heardAt = clock.now();
    this.#stopOpening = clock.after(openMs, () => this.#end());
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.send({ type: 'hello', ...hello });
      handlers.opened();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
    // An error event says nothing and is always followed by close; ws would throw if nobody listened.
    socket.onerror = () => undefined;
    socket.onclose = ({ code }) => this.#end(closeReasonOf(code) ?? this.#farewell);
  }

  send(frame: ClientFrame): void {
    // A socket that is closing drops what it is given; the session keeps requests until they are answered.
    if (!this.#ended && this.#socket.readyState === this.#socket.OPEN)
      this.#socket.send(encodeClientFrame(frame));
  }

  /** When something last came from the server, in the clock's ms. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Ends it from this side. A server that waits for a resumption sees an ordinary close. */
  close(): void {
    this.#end();
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    try {
      if (!(data instanceof ArrayBuffer)) throw new ProtocolError('bad-frame', 'not a binary frame');
      this.#take(decodeServerFrame(new Uint8Array(data)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end(error.reason);
    }
  }

  #take(frame: ServerFrame): void {
    this.#heardAt = this.#clock.now();
    this.#liveness?.heard();
    switch (frame.type) {
      case 'welcome':
        this.#stopOpening();
        this.#welcomed = true;
        this.#liveness ??= new Liveness(this.#clock, frame.pingIntervalMs, () => this.#end('ping-timeout'));
        this.#handlers.welcomed(frame);
        return;
      case 'farewell':
        // Browsers report 1006 when the socket dies before the close frame: then this is all there is.
        if (frame.reason in closeReasons) this.#farewell = frame.reason as CloseReason;
        this.#detail = frame.detail;
        return;
      case 'heartbeat':
        return;
      default:
        if (!this.#welcomed) throw new ProtocolError('bad-frame', 'welcome expected');
        this.#handlers.frame(frame);
    }
  }

  #end(reason?: CloseReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopOpening();
    this.#liveness?.close();
    // Not waiting for the close event: on a vanished network it comes minutes later.
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#handlers.ended({ ...(reason ? { reason } : {}), detail: this.#detail, welcomed: this.#welcomed });
  }
}
