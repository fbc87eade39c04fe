import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientPlan, ClientReport } from './client-plan.ts';
import type { Fleet } from './fleet.ts';
import type { Recorder } from './measure/recorder.ts';
import type { Measured, TimelineEntry } from './report/result.ts';
import type { ScenarioPlan, Step } from './scenarios/scenario.ts';

/** After the last client has begun: a join that takes longer has failed. */
const readyLimitMs = 20_000;
const tickMs = 1000;

export interface ScenarioRunParts {
  plan: ScenarioPlan;
  fleet: Fleet;
  recorder: Recorder;
  progress: (entry: TimelineEntry, reports: readonly ClientReport[]) => void;
  /** Ends the run early; what has been measured so far is kept. */
  signal: AbortSignal;
}

/** Carries out a scenario's steps. */
export class ScenarioRun {
  readonly #parts: ScenarioRunParts;
  #reports: ClientReport[] = [];
  #measured: Measured | undefined;

  constructor(parts: ScenarioRunParts) {
    this.#parts = parts;
  }

  /** As of the end of the measurement: leaving does not change them any more. */
  get reports(): readonly ClientReport[] {
    return this.#reports;
  }

  get measured(): Measured | undefined {
    return this.#measured;
  }

  async run(): Promise<void> {
    for (const step of this.#parts.plan.steps) {
      if (this.#parts.signal.aborted && step.do !== 'leave') continue;
      await this.#step(step);
    }
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'join':
        return this.#join(step);
      case 'settle':
        return this.#wait(step.what, step.seconds);
      case 'measure':
        return this.#measure(step);
      case 'leave':
        return this.#parts.fleet.leave();
    }
  }

  async #join(step: Extract<Step, { do: 'join' }>): Promise<void> {
    const { fleet, plan, signal } = this.#parts;
    const wanted = new Set(step.clients);
    const clients = plan.clients.filter(({ index }) => wanted.has(index));
    fleet.join(clients, step.perSecond);
    const deadline = performance.now() + (clients.length * 1000) / step.perSecond + readyLimitMs;
    const waiting = () =>
      fleet.reports.filter(
        ({ index, state }) => wanted.has(index) && state !== 'ready' && state !== 'failed',
      );
    while (waiting().length > 0 && performance.now() < deadline && !signal.aborted)
      await this.#tick(step.what);
    this.#reports = signal.aborted
      ? [...fleet.reports]
      : fleet.reports.map((report) => overdue(report, plan.clients));
  }

  async #measure(step: Extract<Step, { do: 'measure' }>): Promise<void> {
    const { recorder, fleet } = this.#parts;
    await recorder.beginWindow();
    await this.#wait(step.what, step.seconds);
    // Who failed before still counts as failed, although it may have become ready later.
    const failedBefore = new Set(
      this.#reports.filter(({ state }) => state === 'failed').map(({ index }) => index),
    );
    const late = fleet.reports.filter(({ index }) => !failedBefore.has(index));
    this.#reports = [...this.#reports.filter(({ index }) => failedBefore.has(index)), ...late];
    const participants = this.#reports.filter(({ state }) => state === 'ready').length;
    this.#measured = await recorder.endWindow(participants);
  }

  async #wait(what: string, seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end - 1 && !this.#parts.signal.aborted) {
      await this.#tick(what, Math.min(tickMs, end - performance.now()));
    }
  }

  async #tick(what: string, ms = tickMs): Promise<void> {
    await sleep(ms, undefined, { signal: this.#parts.signal }).catch(() => undefined);
    this.#parts.progress(await this.#parts.recorder.tick(what), this.#parts.fleet.reports);
  }
}

/** A client that is not ready when its time is over has failed, and this is what it still lacks. */
function overdue(report: ClientReport, plans: readonly ClientPlan[]): ClientReport {
  if (report.state === 'ready' || report.state === 'failed') return report;
  const plan = plans.find(({ index }) => index === report.index);
  const lacks =
    report.joinMs === undefined
      ? 'no answer to join'
      : report.publishedMs === undefined && (plan?.camera ?? plan?.microphone)
        ? 'joined, but could not publish'
        : report.firstPacketMs === undefined
          ? 'joined, but no media came'
          : 'joined, but no complete key frame came';
  return { ...report, state: 'failed', reason: `${lacks} within ${readyLimitMs / 1000} s` };
}
