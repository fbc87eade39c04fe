import { Histogram } from './histogram.ts';
import { machineNow } from './machine-clock.ts';

/** Runs when due. @returns when to run again (ms on the machine clock), or undefined to stop */
export type ScheduledTask = (now: number) => number | undefined;

interface Entry {
  due: number;
  task: ScheduledTask | undefined;
}

/**
 * One timer for all streams of a process: a heap by due time. A timer per stream would cost more than the packets, and
 * the lateness measured here says whether the harness keeps up.
 */
export class Schedule {
  readonly #heap: Entry[] = [];
  readonly lateness = new Histogram();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @returns a function that takes the task out */
  add(firstDue: number, task: ScheduledTask): () => void {
    const entry: Entry = { due: firstDue, task };
    this.#push(entry);
    this.#arm();
    return () => {
      // Stays in the heap until it is due: cheaper than searching for it.
      entry.task = undefined;
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#heap.length = 0;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    const next = this.#heap[0];
    if (!next) return;
    // A timer that is armed for a later task than one added since fires late by its rest; with streams running that is ~1 ms.
    const delay = Math.min(5, Math.max(1, next.due - machineNow()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#runDue();
      this.#arm();
    }, delay);
  }

  #runDue(): void {
    let now = machineNow();
    let next = this.#heap[0];
    while (next && next.due <= now) {
      if (next.task) {
        this.lateness.add(now - next.due);
        const again = next.task(now);
        if (again === undefined) next.task = undefined;
        else next.due = again;
      }
      if (next.task) this.#sink(0);
      else this.#pop();
      now = machineNow();
      next = this.#heap[0];
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Entry).due <= entry.due) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from] as Entry;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).due < (heap[child] as Entry).due) child += 1;
      if ((heap[child] as Entry).due >= entry.due) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = entry;
  }
}
