import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { LinkCounters, LinkShape } from './link.ts';
import type { FromRelay, LinkEntry, ToRelay } from './relay-messages.ts';

export interface LinkTarget {
  address: string;
  port: number;
}

export interface LinkEmulatorOptions {
  /** All of them are reached over this one line: media and signalling compete, as they do behind a real one. */
  targets: readonly LinkTarget[];
  up?: Partial<LinkShape>;
  down?: Partial<LinkShape>;
  /** the same seed and the same packets have the same fate */
  seed: number;
}

/** A bad line between clients and a server's ports: give clients the entry's ports instead of the target's. */
export class LinkEmulator {
  /** in the order of the targets, on the targets' addresses */
  readonly entries: readonly LinkEntry[];
  readonly #process: ChildProcess;
  #nextId = 1;

  static async open(options: LinkEmulatorOptions): Promise<LinkEmulator> {
    const process = fork(new URL('./relay-process.ts', import.meta.url));
    const answer = answerOf(process, (message) => message.type === 'opened');
    process.send({ type: 'open', ...options } satisfies ToRelay);
    const opened = await answer;
    if (opened.type !== 'opened') throw new Error('the link emulator did not open');
    return new LinkEmulator(process, opened.entries);
  }

  private constructor(process: ChildProcess, entries: readonly LinkEntry[]) {
    this.#process = process;
    this.entries = entries;
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
