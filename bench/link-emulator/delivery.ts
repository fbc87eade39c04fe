interface Waiting {
  at: number;
  /** Of two for the same moment the first added comes first: order is kept. */
  order: number;
  deliver: () => void;
}

/** Runs things at their time, to about a millisecond, with one timer however many wait. */
export class Delivery {
  readonly #now: () => number;
  /** a binary heap, the earliest first */
  readonly #heap: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #added = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(at: number, deliver: () => void): void {
    if (at <= this.#now() && this.#heap.length === 0) {
      deliver();
      return;
    }
    this.#push({ at, order: this.#added++, deliver });
    if (this.#heap[0]?.deliver === deliver) this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#heap.length = 0;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#heap[0];
    if (next) this.#timer = setTimeout(() => this.#run(), Math.max(0, next.at - this.#now()));
  }

  #run(): void {
    const now = this.#now() + 0.5;
    for (let next = this.#heap[0]; next && next.at <= now; next = this.#heap[0]) {
      this.#pop();
      next.deliver();
    }
    this.#arm();
  }

  #push(item: Waiting): void {
    const heap = this.#heap;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(heap[parent] as Waiting, item)) break;
      heap[index] = heap[parent] as Waiting;
      index = parent;
    }
    heap[index] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Waiting, heap[child] as Waiting)) child += 1;
      if (isBefore(last, heap[child] as Waiting)) break;
      heap[index] = heap[child] as Waiting;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
