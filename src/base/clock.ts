/** Time as an argument, so that tests can turn it. */
export interface Clock {
  /** ms since the Unix epoch */
  now(): number;
  /** @returns a function that cancels. Never keeps the process alive by itself. */
  after(delayMs: number, task: () => void): () => void;
  every(intervalMs: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    unref(timer);
    return () => clearTimeout(timer);
  },
  every(intervalMs, task) {
    const timer = setInterval(task, intervalMs);
    unref(timer);
    return () => clearInterval(timer);
  },
};

/** Node's timers are objects that hold the process; a browser's are numbers. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
}
