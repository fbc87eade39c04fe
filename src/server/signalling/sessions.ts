import type { WebSocket } from 'ws';
import { type CloseReason, ProtocolError } from '../../protocol/errors.ts';
import type { Hello } from '../../protocol/messages.ts';
import { negotiate, protocolVersions } from '../../protocol/version.ts';
import { Connection } from './connection.ts';
import type { Context } from './context.ts';
import { Session, type SessionParts } from './session.ts';

export interface SessionsParts extends SessionParts {
  /** For metrics. */
  connectionClosed: (reason: CloseReason | 'lost') => void;
}

/** Who is connected, or was a moment ago; matches connections with sessions. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #open = new Set<Session>();
  readonly #byToken = new Map<string, Session>();
  /** Why sessions ended that a client may still try to resume: somebody who was removed must not come back by itself. */
  readonly #ended = new Map<string, CloseReason>();
  readonly #connections = new Set<Connection>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#open.size;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** A new socket. It has to say hello in time; then it belongs to a session. */
  accept(socket: WebSocket, iceServers: Context['iceServers']): void {
    const { settings, clock, log, connectionClosed } = this.#parts;
    let session: Session | undefined;
    const stopWaiting = clock.after(settings.helloTimeoutMs, () => {
      if (!session) connection.close('hello-timeout');
    });
    const connection = new Connection({
      socket,
      iceServers,
      settings,
      clock,
      received: (frame) => {
        if (session) {
          if (frame.type === 'hello') throw new ProtocolError('bad-frame', 'second hello');
          session.receive(frame);
        } else {
          if (frame.type !== 'hello') throw new ProtocolError('hello-expected');
          session = this.#greet(connection, frame);
          stopWaiting();
        }
      },
      closed: (reason) => {
        stopWaiting();
        this.#connections.delete(connection);
        connectionClosed(reason ?? 'lost');
        session?.detach(connection, reason);
      },
      failed: (error) => log.error({ error }, 'frame failed'),
    });
    this.#connections.add(connection);
  }

  closeAll(reason: CloseReason): void {
    for (const session of this.#open) session.close(reason);
    for (const connection of this.#connections) connection.close(reason);
  }

  #greet(connection: Connection, hello: Hello): Session {
    const theirs = { lowest: hello.lowestVersion, highest: hello.highestVersion };
    const version = negotiate(protocolVersions, theirs);
    if (version === undefined) {
      const { lowest, highest } = protocolVersions;
      this.#parts.log.info({ client: hello.client.slice(0, 100), theirs }, 'protocol version not supported');
      throw new ProtocolError(
        'version-unsupported',
        `Server speaks protocol ${lowest} to ${highest}, client ${theirs.lowest} to ${theirs.highest}.`,
      );
    }
    return hello.resume
      ? this.#resume(connection, version, hello.resume)
      : this.#begin(connection, version, hello);
  }

  #begin(connection: Connection, version: number, hello: Hello): Session {
    const session = new Session(this.#parts);
    this.#open.add(session);
    this.#byToken.set(session.resumeToken, session);
    session.lifecycle.onClosed((reason) => this.#forget(session, reason));
    this.#parts.log.debug({ client: hello.client.slice(0, 100) }, 'session begins');
    session.attach(connection, version);
    return session;
  }

  #resume(connection: Connection, version: number, resume: { token: string; lastSequence: number }): Session {
    const session = this.#byToken.get(resume.token);
    if (!session) throw new ProtocolError(this.#ended.get(resume.token) ?? 'session-unknown');
    session.attach(connection, version, resume.lastSequence);
    return session;
  }

  #forget(session: Session, reason: CloseReason): void {
    this.#open.delete(session);
    this.#byToken.delete(session.resumeToken);
    if (reason !== 'removed' && reason !== 'meeting-ended') return;
    this.#ended.set(session.resumeToken, reason);
    this.#parts.clock.after(this.#parts.settings.resumeGraceMs, () =>
      this.#ended.delete(session.resumeToken),
    );
  }
}
