import { type ReadonlySignal, signal } from '@preact/signals';
import type { VerdictCode } from '../../client/doctor/verdict.ts';

/** @param ended nobody waits for it any more */
export type LookAtNetwork = (ended: AbortSignal) => Promise<VerdictCode>;

/** For the lobby: what a meeting can expect of this network. Silent, and over as soon as somebody joins. */
export class NetworkLook {
  readonly #look: LookAtNetwork;
  readonly #found = signal<VerdictCode | undefined>(undefined);
  readonly #ended = new AbortController();
  #begun = false;

  constructor(look: LookAtNetwork) {
    this.#look = look;
  }

  /** undefined: not known yet, or never */
  get found(): ReadonlySignal<VerdictCode | undefined> {
    return this.#found;
  }

  /** Looks once. Never fails. */
  async begin(): Promise<void> {
    if (this.#begun || this.#ended.signal.aborted) return;
    this.#begun = true;
    try {
      const code = await this.#look(this.#ended.signal);
      if (!this.#ended.signal.aborted && code !== 'unknown') this.#found.value = code;
    } catch {
      // A chunk of the page that could not be loaded; joining will tell.
    }
  }

  end(): void {
    this.#ended.abort();
  }
}

/** The real thing, loaded when a lobby opens. */
export async function lookAtNetwork(url: string, ended: AbortSignal): Promise<VerdictCode> {
  const [{ quickLook }, { BrowserEngine }] = await Promise.all([
    import('../../client/doctor/quick-look.ts'),
    import('../../client/doctor/browser-engine.ts'),
  ]);
  return quickLook({ url, client: 'plenum-web-lobby' }, new BrowserEngine(), ended);
}
