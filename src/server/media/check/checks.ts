import { Emitter } from '../../../base/emitter.ts';
import { Refusal } from '../../../protocol/errors.ts';
import { Check, type CheckParts } from './check.ts';

const minuteMs = 60_000;

interface ChecksEvents {
  /** For metrics. */
  started: { outcome: 'ok' | 'switched-off' | 'too-many' | 'too-often' };
}

/** Who may try the ways to the workers now: anybody, but not too many and not too often. */
export class Checks {
  readonly events: Emitter<ChecksEvents>;
  readonly #parts: CheckParts;
  readonly #open = new Set<Check>();
  /** Checks begun by each client address in this minute; forgotten with it. */
  readonly #begun = new Map<string, number>();
  #minuteBeganAt = 0;

  constructor(parts: CheckParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * @param client who counts as one for the limits
   * @throws Refusal `not-allowed` when switched off, `too-many`, `media-unavailable`
   */
  start(client: string): Check {
    const { settings, clock } = this.#parts;
    const { enabled, maxChecks, checksPerMinute } = settings.check;
    const refuse = (outcome: 'switched-off' | 'too-many' | 'too-often', refusal: Refusal) => {
      this.events.emit('started', { outcome });
      return refusal;
    };
    if (!enabled) throw refuse('switched-off', new Refusal('not-allowed', 'media.check.enabled'));
    const now = clock.now();
    // A clock that was set back begins a new minute as well.
    if (now - this.#minuteBeganAt >= minuteMs || now < this.#minuteBeganAt) {
      this.#begun.clear();
      this.#minuteBeganAt = now;
    }
    const begun = this.#begun.get(client) ?? 0;
    if (begun >= checksPerMinute)
      throw refuse('too-often', new Refusal('too-many', 'checks of this address in a minute'));
    if (this.#open.size >= maxChecks) throw refuse('too-many', new Refusal('too-many', 'checks at a time'));
    const check = new Check(this.#parts);
    this.#begun.set(client, begun + 1);
    this.#open.add(check);
    check.lifecycle.onClosed(() => this.#open.delete(check));
    this.events.emit('started', { outcome: 'ok' });
    return check;
  }
}
