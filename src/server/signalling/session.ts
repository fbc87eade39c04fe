import type { Clock } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import { Lifecycle } from '../../base/lifecycle.ts';
import type { Log } from '../../base/log.ts';
import { Queue } from '../../base/queue.ts';
import { encodeServerFrame, joinNotifications } from '../../protocol/codec.ts';
import {
  type CloseReason,
  type ErrorCode,
  errorTexts,
  ProtocolError,
  Refusal,
} from '../../protocol/errors.ts';
import type {
  AnyRequest,
  ClientFrame,
  NotificationName,
  Notifications,
  RequestName,
  RouteReport,
  ServerFrame,
  Welcome,
} from '../../protocol/messages.ts';
import { Notice } from '../../protocol/notice.ts';
import type { Outbox } from '../../protocol/outbox.ts';
import type { Check } from '../media/check/check.ts';
import type { Connection } from './connection.ts';
import type { Context, Seat } from './context.ts';
import { dispatch } from './dispatch.ts';
import { Gathered } from './gathered.ts';
import type { SignallingSettings } from './settings.ts';
import { Unacknowledged } from './unacknowledged.ts';

export interface SessionParts {
  settings: SignallingSettings;
  clock: Clock;
  log: Log;
  rooms: Context['rooms'];
  checks: Context['checks'];
  senderSettings: Context['senderSettings'];
  /** For metrics: what was asked, how it ended, how long it took in ms. */
  answered: (name: RequestName, outcome: 'ok' | ErrorCode, durationMs: number) => void;
  /** For metrics: how the packets of somebody who joined travel, the first time it is told. */
  routeReported: (route: RouteReport) => void;
}

/**
 * What a client has with the server, over as many connections as it takes: requests are taken once and in order, responses
 * and notifications are numbered and kept until acknowledged.
 */
export class Session implements Outbox {
  readonly lifecycle: Lifecycle<CloseReason>;
  readonly resumeToken = randomId(32);
  readonly #parts: SessionParts;
  readonly #log: Log;
  readonly #requests = new Queue();
  readonly #sent: Unacknowledged;
  readonly #news: Gathered;
  #connection: Connection | undefined;
  readonly #client: string;
  /** of the connection there is, or was last */
  #iceServers: Context['iceServers'] = () => [];
  #seat: Seat | undefined;
  #check: Check | undefined;
  #routeReported = false;
  #lastRequestId = 0;
  /** While join is being handled: what happens in the room must not overtake the answer that describes the room. */
  #held: Notice[] | undefined;
  #finishReason: CloseReason | undefined;
  #stopGrace: () => void = () => undefined;

  /** @param client who counts as one for limits */
  constructor(parts: SessionParts, client: string) {
    this.#parts = parts;
    this.#client = client;
    this.#log = parts.log.child({ session: randomId(8) });
    this.#sent = new Unacknowledged(parts.settings.maxUnacknowledgedFrames, parts.settings.maxBufferedBytes);
    this.#news = new Gathered(parts.clock, parts.settings.gatherMs, (notifications) =>
      this.#deliver((sequence) => joinNotifications(sequence, notifications)),
    );
    this.lifecycle = new Lifecycle((reason) => this.#end(reason));
    // Whoever connects and never joins must not stay.
    this.#stopGrace = parts.clock.after(parts.settings.helloTimeoutMs, () => {
      if (!this.#seat && !this.#check) this.close('hello-timeout');
    });
  }

  get hasJoined(): boolean {
    return this.#seat !== undefined;
  }

  get isAttached(): boolean {
    return this.#connection !== undefined;
  }

  /** Goes on in this connection. @param lastSequence the last frame the client has; undefined: a new session */
  attach(connection: Connection, version: number, lastSequence?: number): void {
    const { settings } = this.#parts;
    const resumed = lastSequence !== undefined;
    const missed = resumed ? this.#sent.after(lastSequence) : [];
    if (!missed) {
      this.close('session-unknown');
      throw new ProtocolError('session-unknown');
    }
    if (this.#seat) this.#stopGrace();
    if (resumed) {
      const former = this.#connection;
      this.#connection = undefined;
      former?.close('session-taken');
    }
    this.#connection = connection;
    this.#iceServers = connection.iceServers;
    const welcome: Welcome = {
      version,
      server: 'plenum',
      resumed,
      resumeToken: this.resumeToken,
      resumeGraceMs: settings.resumeGraceMs,
      lastRequestId: this.#lastRequestId,
      pingIntervalMs: settings.pingIntervalMs,
    };
    connection.send(encodeServerFrame({ type: 'welcome', ...welcome }));
    for (const bytes of missed) connection.send(bytes);
    if (resumed) this.#log.info({ frames: missed.length }, 'session resumed');
  }

  /** The connection is gone; the participant keeps place and media for the grace time. */
  detach(connection: Connection, reason: CloseReason | undefined): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    if (!this.lifecycle.isOpen) return;
    const resumable = this.#seat && (reason === undefined || reason === 'ping-timeout');
    if (!resumable) {
      this.close(reason ?? 'left');
      return;
    }
    this.#log.info({ graceMs: this.#parts.settings.resumeGraceMs }, 'connection lost');
    this.#stopGrace = this.#parts.clock.after(this.#parts.settings.resumeGraceMs, () =>
      this.close('session-unknown'),
    );
  }

  /** @throws ProtocolError on what no correct client sends */
  receive(frame: Exclude<ClientFrame, { type: 'hello' }>): void {
    if (!this.lifecycle.isOpen) return;
    if (frame.type === 'acknowledge') {
      this.#sent.acknowledge(frame.sequence);
      return;
    }
    // A repeated request: its answer was or will be sent.
    if (frame.id <= this.#lastRequestId) return;
    if (frame.id !== this.#lastRequestId + 1) throw new ProtocolError('bad-frame', 'request id out of order');
    if (this.#requests.length >= this.#parts.settings.maxQueuedRequests) throw new ProtocolError('too-fast');
    this.#lastRequestId = frame.id;
    void this.#requests.add(() => this.#handle(frame.id, frame));
  }

  notify<N extends NotificationName>(name: N, body: Notifications[N]): void {
    this.tell(Notice.of(name, body));
  }

  tell(notice: Notice): void {
    if (!this.lifecycle.isOpen) return;
    if (this.#held) this.#held.push(notice);
    else this.#news.add(notice);
  }

  close(reason: CloseReason): void {
    this.lifecycle
      .close(reason)
      .catch((error: unknown) => this.#log.error({ error }, 'closing a session failed'));
  }

  async #handle(requestId: number, request: AnyRequest): Promise<void> {
    if (!this.lifecycle.isOpen) return;
    const { clock, answered } = this.#parts;
    const startedAt = clock.now();
    if (request.name === 'join') this.#held = [];
    try {
      const answer = await dispatch(request, this.#context());
      this.#send((sequence) => ({ type: 'response', sequence, requestId, answer }), request.name);
      answered(request.name, 'ok', clock.now() - startedAt);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : this.#unexpected(request.name, error);
      const { code, detail } = refusal;
      this.#send((sequence) => ({
        type: 'refusal',
        sequence,
        requestId,
        refusal: { code, message: errorTexts[code], detail },
      }));
      answered(request.name, code, clock.now() - startedAt);
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const notice of held) this.tell(notice);
    if (this.#finishReason) this.close(this.#finishReason);
  }

  #context(): Context {
    const { rooms, checks, senderSettings } = this.#parts;
    return {
      rooms,
      checks,
      client: this.#client,
      senderSettings,
      iceServers: this.#iceServers,
      outbox: this,
      seat: this.#seat,
      check: this.#check,
      take: (seat) => this.#take(seat),
      takeCheck: (check) => this.#takeCheck(check),
      routeReported: (route) => this.#tellRoute(route),
      finish: (reason) => {
        this.#finishReason = reason;
      },
    };
  }

  #take(seat: Seat): void {
    this.#seat = seat;
    this.#stopGrace();
    // The session ended while the room was being opened.
    if (!this.lifecycle.isOpen) seat.room.leave(seat.participant, 'lost');
  }

  #takeCheck(check: Check): void {
    this.#check = check;
    check.lifecycle.onClosed((reason) => this.close(reason));
    if (!this.lifecycle.isOpen) void check.lifecycle.close('left');
  }

  /** A join counts once, by the way it began. */
  #tellRoute(route: RouteReport): void {
    if (this.#routeReported) return;
    this.#routeReported = true;
    this.#parts.routeReported(route);
  }

  #unexpected(name: RequestName, error: unknown): Refusal {
    const requestNumber = randomId(8);
    this.#log.error({ error, request: name, requestNumber }, 'request failed');
    return new Refusal('internal', requestNumber);
  }

  #send(frame: (sequence: number) => ServerFrame, requestName?: RequestName): void {
    this.#news.flush();
    this.#deliver((sequence) => encodeServerFrame(frame(sequence), requestName));
  }

  #deliver(encode: (sequence: number) => Uint8Array): void {
    if (!this.lifecycle.isOpen) return;
    const bytes = encode(this.#sent.nextSequence);
    if (!this.#sent.keep(bytes)) {
      this.#log.warn({ frames: this.#sent.count }, 'client does not acknowledge');
      this.close('too-slow');
      return;
    }
    this.#connection?.send(bytes);
  }

  #end(reason: CloseReason): void {
    this.#stopGrace();
    this.#news.close();
    const seat = this.#seat;
    seat?.room.leave(seat.participant, reason === 'left' || reason === 'removed' ? reason : 'lost');
    void this.#check?.lifecycle.close(reason);
    this.#connection?.close(reason);
    this.#connection = undefined;
    this.#sent.clear();
  }
}
