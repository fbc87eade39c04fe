import type { ProducerId, Voices } from '../../protocol/messages.ts';
import type { JoinOptions } from '../join-options.ts';
import type { RemoteProducer } from '../meeting.ts';
import type { Roster } from '../roster.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface AutomaticParts {
  what: JoinOptions['autoSubscribe'];
  roster: Roster;
  subscriptions: Subscriptions;
  problem: (error: unknown) => void;
}

/**
 * What is subscribed without being asked for. Of a large room's microphones only those that the server forwards: each of
 * the others would be a stream of silence.
 */
export class AutomaticSubscriptions {
  readonly #parts: AutomaticParts;
  /** Taken here, and given back here. */
  readonly #taken = new Set<ProducerId>();
  /** undefined: every microphone */
  #voices: ReadonlySet<ProducerId> | undefined;

  constructor(parts: AutomaticParts) {
    this.#parts = parts;
  }

  added(producer: RemoteProducer): void {
    if (!this.#isWanted(producer)) return;
    this.#taken.add(producer.id);
    this.#parts.subscriptions.subscribe([producer.id]).catch(this.#parts.problem);
  }

  removed(producerId: ProducerId): void {
    this.#taken.delete(producerId);
  }

  setVoices({ limited, producerIds }: Voices): void {
    const { roster, subscriptions, problem } = this.#parts;
    this.#voices = limited ? new Set(producerIds) : undefined;
    const missing: ProducerId[] = [];
    for (const { producers } of roster.participants.values()) {
      for (const producer of producers.values())
        if (this.#isWanted(producer) && !this.#taken.has(producer.id)) missing.push(producer.id);
    }
    const unwanted = [...this.#taken].filter((id) => {
      const found = roster.find(id);
      return !found || !this.#isWanted(found.producer);
    });
    for (const id of unwanted) this.#taken.delete(id);
    for (const id of missing) this.#taken.add(id);
    if (unwanted.length > 0) subscriptions.unsubscribe(unwanted).catch(problem);
    if (missing.length > 0) subscriptions.subscribe(missing).catch(problem);
  }

  #isWanted({ id, kind, source }: RemoteProducer): boolean {
    const { what } = this.#parts;
    if (what === 'none' || (what === 'audio' && kind !== 'audio')) return false;
    return source !== 'microphone' || (this.#voices?.has(id) ?? true);
  }
}
