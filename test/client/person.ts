import {
  FakeEngine,
  FakeReceiveTransport,
  type FakeSender,
  FakeSendTransport,
} from '../../src/client/engine/fake-engine.ts';
import {
  type JoinOptions,
  joinMeeting,
  type Meeting,
  type RemoteParticipant,
} from '../../src/client/index.ts';
import { until } from '../support/until.ts';

/** Somebody in a meeting, with a fake engine and a diary of all events. */
export class Person {
  readonly meeting: Meeting;
  readonly engines: FakeEngine[];
  readonly diary: string[] = [];

  static async join(
    url: string,
    token: string,
    displayName: string,
    options: Partial<JoinOptions> = {},
  ): Promise<Person> {
    const engines: FakeEngine[] = [];
    const engine = () => {
      const made = new FakeEngine();
      engines.push(made);
      return made;
    };
    const retry = { firstMs: 50, highestMs: 200, jitter: 0, giveUpAfterMs: 20_000, stableAfterMs: 10_000 };
    const meeting = await joinMeeting({ url, token, displayName, engine, retry, ...options });
    return new Person(meeting, engines);
  }

  private constructor(meeting: Meeting, engines: FakeEngine[]) {
    this.meeting = meeting;
    this.engines = engines;
    const write = (line: string) => this.diary.push(line);
    meeting.on('participant-joined', ({ participant }) => write(`${participant.displayName} joined`));
    meeting.on('participant-left', ({ participant, reason }) =>
      write(`${participant.displayName} ${reason}`),
    );
    meeting.on('producer-added', ({ participant, producer }) =>
      write(`${participant.displayName} adds ${producer.source}`),
    );
    meeting.on('producer-removed', ({ participant, producer }) =>
      write(`${participant.displayName} removes ${producer.source}`),
    );
    meeting.on('producer-changed', ({ participant, producer }) =>
      write(`${participant.displayName} ${producer.paused ? 'pauses' : 'resumes'} ${producer.source}`),
    );
    meeting.on('track', ({ participant, producer }) =>
      write(`track of ${participant.displayName}'s ${producer.source}`),
    );
    meeting.on('connection', ({ state, reason }) => write(reason ? `${state}: ${reason}` : state));
    meeting.on('publication-changed', ({ publication, mutedBy }) =>
      write(`own ${publication.source} changed${mutedBy ? ` by ${this.nameOf(mutedBy)}` : ''}`),
    );
    meeting.on('problem', ({ error }) => write(`problem: ${error.code} ${error.detail}`));
    meeting.on('ended', ({ reason }) => write(`ended: ${reason}`));
  }

  get engine(): FakeEngine {
    const engine = this.engines.at(-1);
    if (!engine) throw new Error('no engine yet');
    return engine;
  }

  get sendTransport(): FakeSendTransport {
    return this.#newest(FakeSendTransport);
  }

  get receiveTransport(): FakeReceiveTransport {
    return this.#newest(FakeReceiveTransport);
  }

  get senders(): FakeSender[] {
    return [...this.sendTransport.senders];
  }

  nameOf(id: string): string {
    return this.other(({ id: its }) => its === id)?.displayName ?? id;
  }

  other(is: (participant: RemoteParticipant) => boolean): RemoteParticipant | undefined {
    return [...this.meeting.participants.values()].find(is);
  }

  named(name: string): RemoteParticipant {
    const found = this.other(({ displayName }) => displayName === name);
    if (!found) throw new Error(`${name} is not here`);
    return found;
  }

  producer(name: string, source: string) {
    return [...this.named(name).producers.values()].find((producer) => producer.source === source);
  }

  async reads(...lines: string[]): Promise<void> {
    for (const line of lines)
      await until(`"${line}" stands in ${this.diary.join(', ')}`, () => this.diary.includes(line));
  }

  count(line: string): number {
    return this.diary.filter((its) => its === line).length;
  }

  #newest<T>(kind: new (...parts: never[]) => T): T {
    const found = this.engine.transports.filter(
      (transport): transport is typeof transport & T => transport instanceof kind,
    );
    const newest = found.at(-1);
    if (!newest) throw new Error(`no ${kind.name} yet`);
    return newest;
  }
}
