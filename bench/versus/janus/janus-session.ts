import type { MediaMeter } from '../../measure/media-meter.ts';
import { JsonSocket } from '../json-socket.ts';

export interface Jsep {
  type: 'offer' | 'answer';
  sdp: string;
}

/** What the videoroom plugin says, with a description where it comes with one. */
export interface RoomMessage {
  /** Which kind: joined, event, attached, updated … */
  videoroom: string;
  publishers?: RoomPublisher[];
  jsep?: Jsep;
}

export interface RoomPublisher {
  id: number;
  streams?: { type: 'audio' | 'video' | 'data'; mid: string; disabled?: boolean }[];
}

/** A message of Janus: only what is looked at. */
interface JanusMessage {
  janus: string;
  transaction?: string;
  /** The handle. */
  sender?: number;
  reason?: string;
  error?: { code: number; reason: string };
  data?: { id: number };
  plugindata?: { data: RoomMessage & { error?: string; error_code?: number } };
  jsep?: Jsep;
}

export interface JanusHandleEvents {
  /** Said unasked. */
  message?: (message: RoomMessage) => void;
  /** Janus gave up the connection. */
  hangup: (reason: string) => void;
}

/** Without a sign of life Janus ends a session after a minute. */
const keepAliveMs = 25_000;
const plugin = 'janus.plugin.videoroom';

/** A session with Janus over WebSocket, and its handles of the videoroom plugin. */
export class JanusSession {
  readonly #waiting = new Map<string, PromiseWithResolvers<JanusMessage>>();
  readonly #handles = new Map<number, JanusHandleEvents>();
  #socket!: JsonSocket;
  #keepAlive: NodeJS.Timeout | undefined;
  #id = 0;
  #transaction = 0;

  static async open(url: string, meter: MediaMeter, closed: () => void): Promise<JanusSession> {
    const session = new JanusSession();
    session.#socket = await JsonSocket.open(url, 'janus-protocol', meter, {
      message: (message) => session.#receive(message as JanusMessage),
      closed,
    });
    session.#id = (await session.#ask({ janus: 'create' })).data?.id ?? 0;
    session.#keepAlive = setInterval(() => {
      session.#tell({ janus: 'keepalive' });
    }, keepAliveMs);
    return session;
  }

  private constructor() {}

  async attach(events: JanusHandleEvents): Promise<JanusHandle> {
    const id = (await this.#ask({ janus: 'attach', plugin })).data?.id ?? 0;
    this.#handles.set(id, events);
    return {
      ask: async (body, jsep) => {
        const answer = await this.#ask({ janus: 'message', handle_id: id, body, ...(jsep ? { jsep } : {}) });
        return roomMessage(answer);
      },
    };
  }

  /** Ends the session with everything in it. */
  close(): void {
    clearInterval(this.#keepAlive);
    this.#tell({ janus: 'destroy' });
    this.#socket.close();
  }

  #tell(message: Record<string, unknown>): string {
    const transaction = String(++this.#transaction);
    this.#socket.send({ ...message, ...(this.#id === 0 ? {} : { session_id: this.#id }), transaction });
    return transaction;
  }

  async #ask(message: Record<string, unknown>): Promise<JanusMessage> {
    const answer = Promise.withResolvers<JanusMessage>();
    this.#waiting.set(this.#tell(message), answer);
    return answer.promise;
  }

  #receive(message: JanusMessage): void {
    // Only says that the answer will come.
    if (message.janus === 'ack') return;
    const waiting = this.#waiting.get(message.transaction ?? '');
    if (waiting) {
      this.#waiting.delete(message.transaction ?? '');
      const said = message.plugindata?.data;
      const error = message.error?.reason ?? said?.error;
      if (error === undefined) waiting.resolve(message);
      else waiting.reject(new Error(`Janus: ${error}`));
      return;
    }
    const handle = this.#handles.get(message.sender ?? 0);
    if (message.janus === 'hangup') handle?.hangup(message.reason ?? 'no reason');
    if (message.janus === 'event') handle?.message?.(roomMessage(message));
  }
}

export interface JanusHandle {
  /** @throws Error with what Janus said */
  ask(body: Record<string, unknown>, jsep?: Jsep): Promise<RoomMessage>;
}

function roomMessage({ plugindata, jsep }: JanusMessage): RoomMessage {
  return { videoroom: '', ...plugindata?.data, ...(jsep ? { jsep } : {}) };
}
