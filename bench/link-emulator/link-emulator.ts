import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { LinkCounters, LinkShape } from './link.ts';
import type { FromRelay, ToRelay } from './relay-messages.ts';

export interface LinkEmulatorOptions {
  target: { address: string; port: number };
  up?: Partial<LinkShape>;
  down?: Partial<LinkShape>;
  /** the same seed and the same packets have the same fate */
  seed: number;
}

/** A bad line between clients and a server's media port: give clients `udpPort` and `tcpPort` instead of the target's. */
export class LinkEmulator {
  readonly udpPort: number;
  readonly tcpPort: number;
  readonly #process: ChildProcess;
  #nextId = 1;

  static async open(options: LinkEmulatorOptions): Promise<LinkEmulator> {
    const process = fork(new URL('./relay-process.ts', import.meta.url));
    const answer = answerOf(process, (message) => message.type === 'opened');
    process.send({ type: 'open', ...options } satisfies ToRelay);
    const opened = await answer;
    if (opened.type !== 'opened') throw new Error('the link emulator did not open');
    return new LinkEmulator(process, opened.udpPort, opened.tcpPort);
  }

  private constructor(process: ChildProcess, udpPort: number, tcpPort: number) {
    this.#process = process;
    this.udpPort = udpPort;
    this.tcpPort = tcpPort;
  }

  /** Changes the line while it runs. */
  shape(change: { up?: Partial<LinkShape>; down?: Partial<LinkShape> }): void {
    this.#process.send({ type: 'shape', ...change } satisfies ToRelay);
  }

  /** What passed since the last call. */
  async counters(): Promise<{ up: LinkCounters; down: LinkCounters }> {
    const id = this.#nextId++;
    const answer = answerOf(this.#process, (message) => message.type === 'counters' && message.id === id);
    this.#process.send({ type: 'counters', id } satisfies ToRelay);
    const counters = await answer;
    if (counters.type !== 'counters') throw new Error('no counters');
    return { up: counters.up, down: counters.down };
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }
}

async function answerOf(process: ChildProcess, matches: (message: FromRelay) => boolean): Promise<FromRelay> {
  const { promise, resolve, reject } = Promise.withResolvers<FromRelay>();
  const onMessage = (message: FromRelay) => {
    if (message.type === 'failed') reject(new Error(message.message));
    else if (matches(message)) resolve(message);
  };
  const onExit = () => reject(new Error('the link emulator has ended'));
  process.on('message', onMessage);
  process.once('exit', onExit);
  try {
    return await promise;
  } finally {
    process.off('message', onMessage);
    process.off('exit', onExit);
  }
}
