import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientPlan, ClientReport } from './client-plan.ts';
import type { Fleet } from './fleet.ts';
import type { FootprintMoment } from './measure/footprint.ts';
import { machineNow } from './measure/machine-clock.ts';
import type { Recorder } from './measure/recorder.ts';
import type { Measured, TimelineEntry } from './report/result.ts';
import type { Meanwhile, ScenarioPlan, Step } from './scenarios/scenario.ts';

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
  #joinLoopP99Ms: number | undefined;

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

  /** The server's event-loop delay during the last joining, ms. */
  get joinLoopP99Ms(): number | undefined {
    return this.#joinLoopP99Ms;
  }

  async run(): Promise<void> {
    for (const step of this.#parts.plan.steps) {
      if (this.#parts.signal.aborted && step.do !== 'leave' && step.do !== 'weigh') continue;
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
      case 'cut':
        return this.#cut(step);
      case 'weigh':
        return this.#weigh(step.moment);
      case 'leave':
        return this.#leave(step);
    }
  }

  async #join(step: Extract<Step, { do: 'join' }>): Promise<void> {
    const { fleet, plan, recorder, signal } = this.#parts;
    await recorder.eventLoopP99Ms();
    const wanted = new Set(step.clients);
    const clients = plan.clients.filter(({ index }) => wanted.has(index));
    fleet.join(clients, step.perSecond);
    const deadline = performance.now() + (clients.length * 1000) / step.perSecond + readyLimitMs;
    const isDone = ({ state }: ClientReport) =>
      state === 'ready' || state === 'failed' || (step.until === 'joined' && state === 'joined');
    const waiting = () => fleet.reports.some((report) => wanted.has(report.index) && !isDone(report));
    while (waiting() && performance.now() < deadline && !signal.aborted) await this.#tick(step.what);
    this.#joinLoopP99Ms = await recorder.eventLoopP99Ms();
    this.#reports = signal.aborted
      ? [...fleet.reports]
      : fleet.reports.map((report) => (isDone(report) ? report : overdue(report, plan.clients)));
  }

  async #measure({ what, seconds, meanwhile }: Extract<Step, { do: 'measure' }>): Promise<void> {
    const { recorder, fleet } = this.#parts;
    await recorder.beginWindow();
    if (meanwhile) await this.#churn(what, seconds, meanwhile);
    else await this.#wait(what, seconds);
    // Who failed before still counts as failed, although it may have become ready later.
    const failedBefore = new Set(
      this.#reports.filter(({ state }) => state === 'failed').map(({ index }) => index),
    );
    const late = fleet.reports.filter(({ index }) => !failedBefore.has(index));
    this.#reports = [
      ...this.#reports.filter(({ index }) => failedBefore.has(index)),
      ...late,
      ...fleet.former.map((report) =>
        report.state === 'failed' ? report : { ...report, state: 'left' as const },
      ),
    ];
    this.#measured = await recorder.endWindow(fleet.present);
  }

  /** Somebody leaves and somebody else comes, again and again; who has just come stays for a while. */
  async #churn(what: string, seconds: number, meanwhile: Meanwhile): Promise<void> {
    const { fleet, plan, signal } = this.#parts;
    const end = performance.now() + seconds * 1000;
    const { clients, perSecond, weighEvery } = meanwhile;
    const plans = new Map(plan.clients.map((one) => [one.index, one]));
    let turn = 0;
    let nextChange = performance.now() + 1000 / perSecond;
    let nextWeighing = performance.now();
    while (performance.now() < end && !signal.aborted) {
      if (weighEvery > 0 && performance.now() >= nextWeighing) {
        await this.#weigh('during');
        nextWeighing += weighEvery * 1000;
      }
      while (performance.now() >= nextChange) {
        const index = clients[turn++ % clients.length];
        const successor = index === undefined ? undefined : plans.get(index);
        nextChange += 1000 / perSecond;
        if (!successor) continue;
        await fleet.leave([successor.index]);
        fleet.join([successor], perSecond);
      }
      await this.#tick(
        what,
        Math.max(1, Math.min(tickMs, end - performance.now(), nextChange - performance.now())),
      );
    }
  }

  async #cut({ what, clients, seconds }: Extract<Step, { do: 'cut' }>): Promise<void> {
    const { fleet, signal } = this.#parts;
    const until = machineNow() + seconds * 1000;
    const present = new Set(
      fleet.reports
        .filter(({ index, state }) => clients.includes(index) && state === 'ready')
        .map(({ index }) => index),
    );
    fleet.cut([...present], until);
    await this.#wait(what, seconds);
    const deadline = machineNow() + readyLimitMs;
    const back = () =>
      fleet.reports.filter(({ index, resumedMs }) => present.has(index) && resumedMs !== undefined);
    while (back().length < present.size && machineNow() < deadline && !signal.aborted)
      await this.#tick(what, 250);
    this.#reports = this.#reports.map((report) => {
      const now = fleet.reports.find(({ index }) => index === report.index);
      if (!now || !present.has(report.index) || signal.aborted) return report;
      if (now.resumedMs !== undefined) return { ...report, resumedMs: now.resumedMs };
      const reason = now.reason ?? `signalling did not come back within ${readyLimitMs / 1000} s`;
      return { ...report, state: 'failed', reason };
    });
  }

  async #leave({ clients, forget }: Extract<Step, { do: 'leave' }>): Promise<void> {
    const { fleet } = this.#parts;
    await fleet.leave(clients);
    if (!forget || !clients) return;
    fleet.forget(clients);
    this.#reports = this.#reports.filter(({ index }) => !clients.includes(index));
  }

  async #weigh(moment: FootprintMoment): Promise<void> {
    await this.#parts.recorder.weigh(moment, this.#parts.fleet.present);
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
