import type {
  Answer,
  AnyNotification,
  Ask,
  ParticipantId,
  ParticipantInfo,
  ProducerId,
  RequestName,
} from '../../src/protocol/messages.ts';
import { routerCapabilities, transportInfo } from '../conformance/engine-parts.ts';
import { until } from '../support/until.ts';
import { type ScriptedConnection, ScriptedServer } from './scripted-server.ts';

/** Says yes to everything, remembers what it was asked, and tells what the test wants it to. */
export class AnsweringServer {
  /** Who is there already when somebody joins. */
  participants: ParticipantInfo[] = [];
  readonly #server: ScriptedServer;
  readonly #asked: { name: RequestName; ask: unknown }[] = [];
  #connection: ScriptedConnection | undefined;
  readonly #timer: NodeJS.Timeout;
  #answered = 0;
  #sequence = 0;
  #joined = 0;
  #producers = 0;

  static async start(): Promise<AnsweringServer> {
    return new AnsweringServer(await ScriptedServer.start());
  }

  private constructor(server: ScriptedServer) {
    this.#server = server;
    this.#timer = setInterval(() => this.#serve(), 2);
  }

  get url(): string {
    return this.#server.url;
  }

  /** Every request of this name so far. */
  asked<N extends RequestName>(name: N): Ask<N>[] {
    return this.#asked.filter((asked) => asked.name === name).map(({ ask }) => ask as Ask<N>);
  }

  /** The newest request of this name, once there are so many. */
  async reads<N extends RequestName>(name: N, count = 1): Promise<Ask<N>> {
    await until(`${count} × ${name}`, () => this.asked(name).length >= count);
    return this.asked(name).at(-1) as Ask<N>;
  }

  notify(notification: AnyNotification): void {
    this.#connection?.notify(++this.#sequence, notification);
  }

  /** As after a restart: the session is unknown, the client joins anew. */
  forget(): void {
    this.#connection?.close('session-unknown');
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.#server.close();
  }

  /** Looked for again and again: whoever waits for a frame keeps a test from ending. */
  #serve(): void {
    const connection = this.#server.connections.at(-1);
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.#sequence = 0;
      this.#answered = 0;
    }
    for (const frame of connection?.frames.slice(this.#answered) ?? []) {
      this.#answered += 1;
      if (frame.type === 'hello') connection?.welcome();
      if (frame.type !== 'request') continue;
      this.#asked.push({ name: frame.name, ask: frame.ask });
      const answer = this.#answerTo(frame.name);
      const sequence = ++this.#sequence;
      connection?.send({ type: 'response', sequence, requestId: frame.id, answer }, frame.name);
    }
  }

  #answerTo(name: RequestName): Answer<RequestName> {
    switch (name) {
      case 'join':
        return {
          participantId: `self-${++this.#joined}` as ParticipantId,
          role: 'participant',
          rights: ['publish', 'subscribe'],
          room: { id: 'room', name: 'Room', invitationPath: '', code: '' } as Answer<'join'>['room'],
          participants: this.participants,
          routerCapabilities,
          senderSettings: { videoCodecs: ['video/VP8'] },
          voices: { limited: false, producerIds: [] },
        };
      case 'createTransport':
        return transportInfo();
      case 'produce':
        return { producerId: `own-${++this.#producers}` as ProducerId };
      case 'restartIce':
        return { iceParameters: transportInfo().iceParameters, iceCandidates: [] };
      case 'subscribe':
        return { consumers: [], missingProducerIds: [] };
      default:
        return null;
    }
  }
}
