import { Counter, Gauge, type Registry } from 'prom-client';

/** Sets the value for these labels. */
export type SetValue = (labels: Record<string, string>, value: number) => void;

/** A gauge that is read when somebody asks. */
export function gaugeOf(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: (set: SetValue) => void | Promise<void>,
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      this.reset();
      await read((labels, value) => this.set(labels, value));
    },
  });
}

/** The same for what somebody else counts. */
export function counterOf(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: (set: SetValue) => void | Promise<void>,
): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      this.reset();
      await read((labels, value) => this.inc(labels, value));
    },
  });
}

/** What several metrics of one scrape need is asked once: who comes while it is being answered gets the same. */
export function onceAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().finally(() => {
      answer = undefined;
    });
    return answer;
  };
}
