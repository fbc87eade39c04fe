import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { decodeClientFrame, encodeServerFrame, farewell } from '../../protocol/codec.ts';
import { type CloseReason, closeReasons, ProtocolError } from '../../protocol/errors.ts';
import type { ClientFrame } from '../../protocol/messages.ts';
import type { Context } from './context.ts';
import type { SignallingSettings } from './settings.ts';

export interface ConnectionParts {
  socket: WebSocket;
  /** for who came by this connection */
  iceServers: Context['iceServers'];
  settings: SignallingSettings;
  clock: Clock;
  /** Called for every frame that could be decoded, in order. What it throws closes the connection. */
  received: (frame: ClientFrame) => void;
  /** Called once. reason: why we closed it; undefined: the client or the network did. */
  closed: (reason: CloseReason | undefined) => void;
  failed: (error: unknown) => void;
}

/** One WebSocket: bytes, sizes, rates, signs of life. Knows nothing of sessions and rooms. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #stopPings: () => void;
  #tokens: number;
  #tokensAt: number;
  #heardAt: number;
  #sentAt: number;
  #reason: CloseReason | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { socket, settings, clock } = parts;
    this.#tokens = settings.maxMessagesPerSecond * 10;
    this.#tokensAt = this.#heardAt = this.#sentAt = clock.now();
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    socket.on('pong', () => {
      this.#heardAt = clock.now();
    });
    // Without a listener a message over the size limit would end the process; ws closes such a socket with 1009 itself.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#stopPings();
      parts.closed(this.#reason);
    });
    this.#stopPings = clock.every(settings.pingIntervalMs, () => this.#tick());
  }

  get iceServers(): Context['iceServers'] {
    return this.#parts.iceServers;
  }

  get isOpen(): boolean {
    return this.#reason === undefined && this.#parts.socket.readyState === this.#parts.socket.OPEN;
  }

  /** A client that does not read is dropped before it costs memory. */
  send(bytes: Uint8Array): void {
    const { socket, settings, clock } = this.#parts;
    if (!this.isOpen) return;
    if (socket.bufferedAmount + bytes.length > settings.maxBufferedBytes) {
      this.#reason = 'too-slow';
      // No farewell: it would only wait behind everything that is not being read.
      socket.terminate();
      return;
    }
    this.#sentAt = clock.now();
    socket.send(bytes);
  }

  /** @param detail safe to show */
  close(reason: CloseReason, detail = ''): void {
    const { socket, clock } = this.#parts;
    if (!this.isOpen) return;
    this.#reason = reason;
    socket.send(encodeServerFrame(farewell(reason, detail)));
    socket.close(closeReasons[reason].code, reason);
    // A peer that never answers the closing handshake must not keep the socket.
    clock.after(2000, () => socket.terminate());
  }

  #message(data: RawData, isBinary: boolean): void {
    if (!this.isOpen) return;
    this.#heardAt = this.#parts.clock.now();
    try {
      if (!this.#takeToken()) throw new ProtocolError('too-fast');
      if (!isBinary || !(data instanceof Uint8Array))
        throw new ProtocolError('bad-frame', 'binary frames only');
      this.#parts.received(decodeClientFrame(data));
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.close(error.reason, error.message);
      } else {
        this.#parts.failed(error);
        this.close('internal');
      }
    }
  }

  /** Token bucket: ten seconds' worth at once, refilled evenly. */
  #takeToken(): boolean {
    const { settings, clock } = this.#parts;
    const now = clock.now();
    const refill = ((now - this.#tokensAt) / 1000) * settings.maxMessagesPerSecond;
    this.#tokens = Math.min(settings.maxMessagesPerSecond * 10, this.#tokens + refill);
    this.#tokensAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #tick(): void {
    const { socket, settings, clock } = this.#parts;
    if (!this.isOpen) return;
    const now = clock.now();
    if (now - this.#heardAt > settings.pingIntervalMs * 2.5) {
      this.#reason = 'ping-timeout';
      socket.terminate();
      return;
    }
    socket.ping();
    if (now - this.#sentAt >= settings.pingIntervalMs * 0.9)
      this.send(encodeServerFrame({ type: 'heartbeat' }));
  }
}
