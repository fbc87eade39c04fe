import { type ReadonlySignal, signal } from '@preact/signals';
import {
  type Advice,
  type AdviceSnapshot,
  type AdviceState,
  dismissed,
  firstAdviceState,
  helped,
  nextAdvice,
} from './quality-advice.ts';

const everyMs = 1000;

/** The advice that stands on the screen now, if any. */
export class OwnAdvice {
  readonly #advice = signal<Advice | undefined>(undefined);
  readonly #timer: ReturnType<typeof setInterval>;
  #state: AdviceState = firstAdviceState;

  constructor(look: () => Omit<AdviceSnapshot, 'now'>) {
    this.#timer = setInterval(
      () => this.#become(nextAdvice(this.#state, { now: performance.now(), ...look() })),
      everyMs,
    );
  }

  get advice(): ReadonlySignal<Advice | undefined> {
    return this.#advice;
  }

  dismiss(): void {
    this.#become(dismissed(performance.now()));
  }

  /** Something is being done about it. */
  help(): void {
    this.#become(helped(performance.now()));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #become(state: AdviceState): void {
    this.#state = state;
    const advice = state.name === 'shown' ? state.advice : undefined;
    if (advice !== this.#advice.peek()) this.#advice.value = advice;
  }
}
