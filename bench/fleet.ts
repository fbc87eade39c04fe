import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { ClientPlan, ClientReport } from './client-plan.ts';
import type { FromLoadProcess, LoadSample, ToLoadProcess } from './load-messages.ts';
import { machineNow } from './measure/machine-clock.ts';

/** Beyond this a process's own event loop would become part of what is measured. */
const clientsPerProcess = 60;
const startLimitMs = 20_000;
const sampleLimitMs = 15_000;
const leaveLimitMs = 15_000;
const stopLimitMs = 3000;

/** As many as the clients need, but no more than leave the server a core. */
export function processesFor(clients: number): number {
  return Math.max(1, Math.min(Math.ceil(clients / clientsPerProcess), availableParallelism() - 1));
}

/** All load clients, in processes of their own: harness and server share no event loop. */
export class Fleet {
  readonly #processes: LoadProcess[];
  readonly #homes = new Map<number, LoadProcess>();
  readonly #reports = new Map<number, ClientReport>();
  /** Of those whose place somebody else has taken. */
  readonly #former: ClientReport[] = [];

  /** @throws Error when a process does not start */
  static async start(processes: number): Promise<Fleet> {
    const fleet = new Fleet(processes);
    try {
      await Promise.all(fleet.#processes.map((one) => one.started));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  private constructor(processes: number) {
    const report = (report: ClientReport) => this.#reports.set(report.index, report);
    this.#processes = Array.from({ length: processes }, () => new LoadProcess(report));
  }

  get size(): number {
    return this.#processes.length;
  }

  get reports(): readonly ClientReport[] {
    return [...this.#reports.values()];
  }

  /** Of those who were there before somebody else took their place. */
  get former(): readonly ClientReport[] {
    return this.#former;
  }

  /** How many are in a room now. */
  get present(): number {
    return this.reports.filter(({ state }) => state === 'joined' || state === 'ready').length;
  }

  /** As if these had never been there. */
  forget(indices: readonly number[]): void {
    for (const index of indices) this.#reports.delete(index);
  }

  /** Ids of the load processes. */
  get pids(): readonly number[] {
    return this.#processes.map(({ pid }) => pid);
  }

  /** Starts the clients at an even pace, spread over the processes. */
  join(plans: readonly ClientPlan[], perSecond: number): void {
    const from = machineNow() + 50;
    const batches = new Map<LoadProcess, { plan: ClientPlan; at: number }[]>();
    plans.forEach((plan, place) => {
      const home = this.#processes[plan.index % this.#processes.length] as LoadProcess;
      this.#homes.set(plan.index, home);
      const former = this.#reports.get(plan.index);
      if (former) this.#former.push(former);
      this.#reports.set(plan.index, { index: plan.index, state: 'waiting' });
      const batch = batches.get(home) ?? [];
      batch.push({ plan, at: from + (place * 1000) / perSecond });
      batches.set(home, batch);
    });
    for (const [home, clients] of batches) home.tell({ type: 'join', clients });
  }

  /** One reading of every process, taken at the same moment. */
  sample(): Promise<LoadSample[]> {
    return Promise.all(this.#processes.map((one) => one.sample()));
  }

  /** @param indices of the clients that leave; default: all */
  async leave(indices: readonly number[] = [...this.#homes.keys()]): Promise<void> {
    const batches = this.#byHome(indices);
    for (const index of indices) this.#homes.delete(index);
    await Promise.all([...batches].map(([home, batch]) => home.leave(batch)));
  }

  /** Breaks their signalling at the same moment. @param until ms on the machine clock: then it is possible again */
  cut(indices: readonly number[], until: number): void {
    for (const [home, batch] of this.#byHome(indices)) home.tell({ type: 'cut', indices: batch, until });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop()));
  }

  #byHome(indices: readonly number[]): Map<LoadProcess, number[]> {
    const batches = new Map<LoadProcess, number[]>();
    for (const index of indices) {
      const home = this.#homes.get(index);
      if (!home) continue;
      const batch = batches.get(home) ?? [];
      batch.push(index);
      batches.set(home, batch);
    }
    return batches;
  }
}

class LoadProcess {
  readonly started: Promise<void>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<FromLoadProcess['type'], ((message: FromLoadProcess) => void)[]>();
  readonly #failed = Promise.withResolvers<never>();
  #stopping = false;

  constructor(report: (report: ClientReport) => void) {
    this.#child = fork(new URL('./load-process.ts', import.meta.url), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#failed.promise.catch(() => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        if (!this.#stopping)
          this.#failed.reject(new Error(`a load process ended (${signal ?? `code ${code}`})`));
        resolve();
      });
    });
    this.#child.once('error', (error) => this.#failed.reject(error));
    this.#child.on('message', (message: FromLoadProcess) => {
      if (message.type === 'client') report(message.report);
      else this.#waiting.get(message.type)?.shift()?.(message);
    });
    this.started = this.#next('started', startLimitMs).then(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  tell(message: ToLoadProcess): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  async sample(): Promise<LoadSample> {
    const answer = this.#next('sample', sampleLimitMs);
    this.tell({ type: 'sample' });
    return (await answer).sample;
  }

  async leave(indices: number[]): Promise<void> {
    const answer = this.#next('left', leaveLimitMs);
    this.tell({ type: 'leave', indices });
    await answer;
  }

  async stop(): Promise<void> {
    if (this.#stopping) return this.#ended;
    this.#stopping = true;
    this.tell({ type: 'stop' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopLimitMs);
    await this.#ended;
    clearTimeout(timer);
  }

  #next<T extends FromLoadProcess['type']>(
    type: T,
    limitMs: number,
  ): Promise<Extract<FromLoadProcess, { type: T }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<FromLoadProcess, { type: T }>>();
    const queue = this.#waiting.get(type) ?? [];
    queue.push(resolve as (message: FromLoadProcess) => void);
    this.#waiting.set(type, queue);
    const timer = setTimeout(() => {
      reject(
        new Error(
          `a load process did not answer "${type}" within ${limitMs / 1000} s: the harness is overloaded`,
        ),
      );
    }, limitMs);
    return Promise.race([promise, this.#failed.promise]).finally(() => clearTimeout(timer));
  }
}
