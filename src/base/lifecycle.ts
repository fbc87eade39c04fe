/**
 * One life cycle for everything that can close: open → closing → closed. close() is idempotent and keeps its first
 * reason; a parent closes its children, a child tells through onClose and never closes its parent.
 */
export class Lifecycle<Reason> {
  #state: { name: 'open' } | { name: 'closing' | 'closed'; reason: Reason; done: Promise<void> } = {
    name: 'open',
  };
  readonly #body: (reason: Reason) => void | Promise<void>;
  readonly #closed: ((reason: Reason) => void)[] = [];

  /** @param body does the closing, runs once. Its failure is returned by every close(). */
  constructor(body: (reason: Reason) => void | Promise<void>) {
    this.#body = body;
  }

  get state(): 'open' | 'closing' | 'closed' {
    return this.#state.name;
  }

  get isOpen(): boolean {
    return this.#state.name === 'open';
  }

  /** Called once, after the body has run. Immediately if that has happened already. */
  onClosed(listener: (reason: Reason) => void): void {
    if (this.#state.name === 'closed') listener(this.#state.reason);
    else this.#closed.push(listener);
  }

  close(reason: Reason): Promise<void> {
    if (this.#state.name !== 'open') return this.#state.done;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#state = { name: 'closing', reason, done: promise };
    const finish = () => {
      this.#state = { name: 'closed', reason, done: promise };
      for (const listener of this.#closed.splice(0)) listener(reason);
    };
    let result: void | Promise<void>;
    try {
      result = this.#body(reason);
    } catch (error) {
      finish();
      reject(error);
      return promise;
    }
    // A synchronous body leaves everything closed when close() returns, so that callers see no half-closed object.
    if (result === undefined) {
      finish();
      resolve();
    } else {
      result.then(
        () => {
          finish();
          resolve();
        },
        (error: unknown) => {
          finish();
          reject(error);
        },
      );
    }
    return promise;
  }
}
