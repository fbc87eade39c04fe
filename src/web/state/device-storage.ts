/** What this device remembers. Browsers may forbid storage (private windows, policies): then nothing is remembered, and nothing breaks. */
export class DeviceStorage {
  readonly #storage: Storage | undefined;

  /** @param open localStorage behind a function, because merely touching it may throw */
  constructor(open: () => Storage) {
    try {
      this.#storage = open();
    } catch {
      this.#storage = undefined;
    }
  }

  /** undefined when there is nothing, or nothing readable. Whoever reads checks the shape: other versions may have written it. */
  read(key: string): unknown {
    try {
      return JSON.parse(this.#storage?.getItem(`plenum.${key}`) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  write(key: string, value: unknown): void {
    try {
      if (value === undefined) this.#storage?.removeItem(`plenum.${key}`);
      else this.#storage?.setItem(`plenum.${key}`, JSON.stringify(value));
    } catch {
      // Full or forbidden.
    }
  }
}
