import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { closeReasons } from '../../protocol/errors.ts';
import type {
  Answer,
  AnyNotification,
  AnyRequest,
  Ask,
  Hello,
  RequestName,
  Welcome,
} from '../../protocol/messages.ts';
import { protocolVersions } from '../../protocol/version.ts';
import { MeetingError, type MeetingErrorCode } from '../meeting-error.ts';
import { Acknowledger } from './acknowledger.ts';
import { Connection, type Ending, type Numbered } from './connection.ts';
import { watchNetwork } from './network-changes.ts';
import type { Retry } from './retry.ts';

/** A server that leaves a request unanswered for so long while connected has lost it: nothing about the session is certain any more. */
const answerMs = 30_000;
/** How long a connection may stay silent that is doubted. Replacing one that was only slow costs little: nothing is lost. */
const doubtMs = 800;
/** A session whose first connection fails is begun anew for so long, before anybody is told. */
const beginningMs = 3000;

export interface SessionParts {
  url: string;
  /** Name and version of the program. */
  client: string;
  webSocket: (url: string) => WebSocket;
  clock: Clock;
  retry: Retry;
}

export interface SessionEvents {
  /** After every welcome. `resumed`: nothing was lost. `moved`: on another network than before. */
  connected: { resumed: boolean; moved: boolean };
  /** The socket is gone; the session tries to resume. */
  interrupted: { code: MeetingErrorCode };
  notification: AnyNotification;
  /** The last event. `rejoin`: a new session should take its place. */
  ended: { error: MeetingError; then: 'rejoin' | 'stop' };
}

interface Pending {
  request: AnyRequest;
  /** When it was sent on the current connection; undefined: not yet. */
  sentAt: number | undefined;
  take: (answer: never) => void;
  resolve: (answer: never) => void;
  reject: (error: MeetingError) => void;
}

/**
 * One session with the server across any number of connections: requests are executed once and answered in order, and
 * notifications arrive once and in order, whatever happens to the socket.
 */
export class Session {
  readonly #parts: SessionParts;
  readonly #events = new Emitter<SessionEvents>();
  readonly #pending = new Map<number, Pending>();
  readonly #acknowledger: Acknowledger;
  readonly #stops: (() => void)[];
  readonly #begunAt: number;
  #lastRequestId = 0;
  #resumeToken = '';
  #connection: Connection | undefined;
  /** Requests may be sent: from hello on in a new session, from welcome on in a resumed one. */
  #sending = false;
  #welcomed = false;
  /** Since the last welcome this machine has come to another network. */
  #moved = false;
  /** The connection is being given up for that. */
  #moving = false;
  #stopWaiting: (() => void) | undefined;
  #stopDoubting: (() => void) | undefined;
  #ended: MeetingError | undefined;

  /** Connects at once. Requests may be made right away; they follow hello without waiting. */
  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#begunAt = parts.clock.now();
    this.#acknowledger = new Acknowledger(parts.clock, (sequence) => {
      if (this.#sending) this.#connection?.send({ type: 'acknowledge', sequence });
    });
    this.#stops = [
      watchNetwork(() => this.#networkChanged()),
      parts.clock.every(answerMs / 6, () => this.#lookForLostRequests()),
    ];
    this.#connect();
  }

  /** @returns a function that removes the listener again */
  on<N extends keyof SessionEvents>(event: N, listener: (event: SessionEvents[N]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** True while requests reach the server without waiting for a new connection. */
  get connected(): boolean {
    return this.#sending && this.#welcomed;
  }

  /**
   * Asks the server. While the connection is interrupted the request waits.
   * @param take is given the answer at its place in the order of frames, before any later notification; the promise
   * resolves after that
   * @throws MeetingError with the server's refusal, or with the reason why the session ended
   */
  request<N extends RequestName>(
    name: N,
    ask: Ask<N>,
    take: (answer: Answer<N>) => void = () => undefined,
  ): Promise<Answer<N>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<Answer<N>>();
    const id = ++this.#lastRequestId;
    const pending: Pending = {
      request: { name, ask } as AnyRequest,
      sentAt: undefined,
      take,
      resolve,
      reject,
    };
    this.#pending.set(id, pending);
    if (this.#sending) this.#send(id, pending);
    return promise;
  }

  /**
   * Media does not arrive: perhaps the network is another one. A socket does not notice that for a long time. If what
   * has been asked stays without any sign of the server, the connection is replaced, as after the news of another network.
   */
  doubt(): void {
    const connection = this.#connection;
    if (!connection || !this.connected || this.#stopDoubting) return;
    const since = this.#parts.clock.now();
    this.#stopDoubting = this.#parts.clock.after(doubtMs, () => {
      this.#stopDoubting = undefined;
      const isSilent = this.#pending.size > 0 && connection.heardAt <= since;
      if (isSilent && connection === this.#connection) this.#networkChanged();
    });
  }

  /** Ends it from this side, without another word to the server. Idempotent. */
  close(code: MeetingErrorCode): void {
    this.#end(code, 'stop');
  }

  #connect(): void {
    const hello: Hello = {
      lowestVersion: protocolVersions.lowest,
      highestVersion: protocolVersions.highest,
      client: this.#parts.client,
      ...(this.#resumeToken
        ? { resume: { token: this.#resumeToken, lastSequence: this.#acknowledger.sequence } }
        : {}),
    };
    let socket: WebSocket;
    try {
      socket = this.#parts.webSocket(this.#parts.url);
    } catch {
      // An address that is none. Asynchronously, so that whoever built this session can listen first.
      queueMicrotask(() => this.#end('network', 'stop'));
      return;
    }
    this.#connection = new Connection(socket, hello, this.#parts.clock, {
      opened: () => {
        if (!this.#resumeToken) this.#startSending(0);
      },
      welcomed: (welcome) => this.#welcome(welcome),
      frame: (frame) => this.#take(frame),
      ended: (ending) => this.#connectionEnded(ending),
    });
  }

  #welcome(welcome: Welcome): void {
    const wasKnown = this.#resumeToken !== '';
    if (wasKnown && !welcome.resumed) {
      // The server has started a session that we did not ask for: what we know belongs to the old one.
      this.#end('session-unknown', 'rejoin');
      return;
    }
    this.#resumeToken = welcome.resumeToken;
    this.#welcomed = true;
    this.#parts.retry.connected();
    if (wasKnown) {
      this.#acknowledger.resumed();
      this.#startSending(welcome.lastRequestId);
    }
    const moved = this.#moved;
    this.#moved = false;
    this.#events.emit('connected', { resumed: wasKnown, moved });
  }

  /** Sends what the server has not taken yet; the answers to all others come by themselves. */
  #startSending(lastTakenId: number): void {
    this.#sending = true;
    for (const [id, pending] of this.#pending) {
      if (id > lastTakenId) this.#send(id, pending);
      else pending.sentAt = this.#parts.clock.now();
    }
  }

  #send(id: number, pending: Pending): void {
    pending.sentAt = this.#parts.clock.now();
    this.#connection?.send({ type: 'request', id, ...pending.request });
  }

  #take(frame: Numbered): void {
    const expected = this.#acknowledger.sequence + 1;
    // Replayed although it was handled: a resumption that crossed with an acknowledgement.
    if (frame.sequence < expected) return;
    if (frame.sequence > expected) {
      // A hole cannot happen on one socket. Resuming asks for everything after the last frame again.
      this.#connection?.close();
      return;
    }
    this.#handle(frame);
    this.#acknowledger.handled(frame.sequence);
  }

  #handle(frame: Numbered): void {
    if (frame.type === 'notifications') {
      for (const notification of frame.all) this.#events.emit('notification', notification);
      return;
    }
    const pending = this.#pending.get(frame.requestId);
    if (!pending) return;
    this.#pending.delete(frame.requestId);
    if (frame.type === 'refusal') {
      const { code, detail, message } = frame.refusal;
      pending.reject(new MeetingError(code, detail, { message }));
      return;
    }
    pending.take(frame.answer as never);
    pending.resolve(frame.answer as never);
  }

  #connectionEnded(ending: Ending): void {
    if (this.#ended) return;
    const { reason, detail, welcomed } = ending;
    this.#connection = undefined;
    this.#sending = false;
    const wasConnected = this.#welcomed;
    this.#welcomed = false;
    for (const pending of this.#pending.values()) pending.sentAt = undefined;
    const then = reason ? closeReasons[reason].then : 'resume';
    const code = reason ?? 'network';
    if (then !== 'resume') return this.#end(code, then, detail);
    // Never welcomed: there is no session that could be resumed.
    if (!this.#resumeToken && !this.#mayBeginAgain(ending))
      return this.#end(code, welcomed ? 'stop' : 'rejoin', detail);
    const delay = this.#parts.retry.failed();
    if (delay === undefined) return this.#end('network', 'stop');
    if (wasConnected) this.#events.emit('interrupted', { code });
    // On another network the reason why it failed is gone.
    this.#stopWaiting = this.#parts.clock.after(this.#moving ? 0 : delay, () => this.#reconnect());
  }

  /** On a network that changes browsers end every socket, one that is being opened too; a moment later all is well. */
  #mayBeginAgain({ reason, welcomed }: Ending): boolean {
    const isEarly = this.#parts.clock.now() - this.#begunAt < beginningMs;
    return !welcomed && !reason && (isEarly || this.#moving);
  }

  #reconnect(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    if (!this.#ended) this.#connect();
  }

  #networkChanged(): void {
    this.#moved = true;
    this.#moving = true;
    this.#parts.retry.networkChanged();
    if (this.#stopWaiting) this.#reconnect();
    else this.#connection?.close();
    this.#moving = false;
  }

  #lookForLostRequests(): void {
    const now = this.#parts.clock.now();
    for (const { sentAt } of this.#pending.values()) {
      if (sentAt !== undefined && now - sentAt > answerMs) {
        this.#end('timeout', 'rejoin');
        return;
      }
    }
  }

  #end(code: MeetingErrorCode, then: 'rejoin' | 'stop', detail = ''): void {
    if (this.#ended) return;
    const error = new MeetingError(code, detail);
    this.#ended = error;
    this.#sending = false;
    this.#stopWaiting?.();
    this.#stopDoubting?.();
    this.#acknowledger.close();
    for (const stop of this.#stops) stop();
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#events.emit('ended', { error, then });
    this.#events.removeAll();
  }
}
