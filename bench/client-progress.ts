import type { ClientPlan, ClientReport } from './client-plan.ts';
import { machineNow } from './measure/machine-clock.ts';

/** How far a load client has come, whichever server it talks to: each change is told, and when everything is there it is ready. */
export class ClientProgress {
  readonly #plan: ClientPlan;
  readonly #tell: (report: ClientReport) => void;
  #report: ClientReport;
  #startedAt = 0;
  #leaving = false;

  constructor(plan: ClientPlan, tell: (report: ClientReport) => void) {
    this.#plan = plan;
    this.#tell = tell;
    this.#report = { index: plan.index, state: 'waiting' };
  }

  get leaving(): boolean {
    return this.#leaving;
  }

  begin(): void {
    this.#startedAt = machineNow();
    this.#set({ state: 'joining' });
  }

  joined(): void {
    this.#set({ state: 'joined', joinMs: machineNow() - this.#startedAt });
  }

  /** Everything it publishes is known to the server. */
  published(): void {
    this.#set({ publishedMs: machineNow() - this.#startedAt });
    this.check();
  }

  firstPacket(now: number): void {
    if (this.#report.firstPacketMs !== undefined) return;
    this.#set({ firstPacketMs: now - this.#startedAt });
    this.check();
  }

  firstFrame(now: number): void {
    if (this.#report.firstFrameMs !== undefined) return;
    this.#set({ firstFrameMs: now - this.#startedAt });
    this.check();
  }

  /** To be called when nothing more is under way; the rest of the events call it themselves. */
  check(): void {
    const { state, firstPacketMs, firstFrameMs, publishedMs } = this.#report;
    const { expects, microphone, camera } = this.#plan;
    if (state !== 'joined') return;
    if ((microphone || camera) && publishedMs === undefined) return;
    if ((expects.audio || expects.video) && firstPacketMs === undefined) return;
    if (expects.video && firstFrameMs === undefined) return;
    this.#set({ state: 'ready' });
  }

  get failed(): boolean {
    return this.#report.state === 'failed';
  }

  /** Its signalling broke. */
  interrupted(): void {
    const { resumedMs: _earlier, ...report } = this.#report;
    this.#report = report;
    this.#set({ state: 'interrupted' });
  }

  /** @param at ms on the machine clock: from when on it was possible */
  resumed(at: number): void {
    if (this.#report.state === 'interrupted') this.#set({ state: 'ready', resumedMs: machineNow() - at });
  }

  fail(error: unknown): void {
    if (this.#leaving || this.#report.state === 'failed') return;
    this.#set({ state: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }

  /** From now on nothing is a failure. @returns false when it was leaving already */
  leave(): boolean {
    if (this.#leaving) return false;
    this.#leaving = true;
    return true;
  }

  left(): void {
    if (this.#report.state !== 'failed') this.#set({ state: 'left' });
  }

  #set(change: Partial<ClientReport>): void {
    this.#report = { ...this.#report, ...change };
    this.#tell(this.#report);
  }
}
