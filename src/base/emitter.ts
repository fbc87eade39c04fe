/** Typed events. Events tell, they never ask: no listener's result or failure reaches the emitter. */
export class Emitter<Events extends object> {
  readonly #failed: (error: unknown) => void;
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** @param failed what to do with an error that a listener throws; default: an uncaught error of its own */
  constructor(failed: (error: unknown) => void = throwLater) {
    this.#failed = failed;
  }

  /** @returns a function that removes the listener again. */
  on<N extends keyof Events>(name: N, listener: (event: Events[N]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  emit<N extends keyof Events>(name: N, event: Events[N]): void {
    // A copy: a listener may remove itself or others while we walk.
    for (const listener of [...(this.#listeners.get(name) ?? [])] as ((event: Events[N]) => void)[]) {
      try {
        listener(event);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  removeAll(): void {
    this.#listeners.clear();
  }
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
