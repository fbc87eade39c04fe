import type { Clock } from '../../base/clock.ts';
import { Queue } from '../../base/queue.ts';
import { limits } from '../../protocol/limits.ts';
import type { ConsumerId, ConsumerInfo, ProducerId } from '../../protocol/messages.ts';
import type { Receiver, ReceiverStats } from '../engine/engine.ts';
import type { MeetingStats } from '../meeting.ts';
import { MeetingError, toMeetingError } from '../meeting-error.ts';
import type { Roster } from '../roster.ts';
import type { CurrentLink } from './current-link.ts';
import type { MediaLink } from './media-link.ts';

/** Wishes of one moment become one request. */
const gatherMs = 20;

interface Held {
  consumerId: ConsumerId;
  receiver?: Receiver;
}

export interface SubscriptionParts {
  links: CurrentLink;
  roster: Roster;
  clock: Clock;
  problem: (error: MeetingError) => void;
  /** Which track is played: the server's, or the one of a direct path. */
  choose: (producerId: ProducerId, track: MediaStreamTrack) => MediaStreamTrack;
  /** undefined: it comes from the server */
  directStats: (producerId: ProducerId) => Promise<ReceiverStats | undefined>;
}

/** Keeps the set of producers that are wanted apart from what is received, and makes them equal in batches. */
export class Subscriptions {
  readonly #parts: SubscriptionParts;
  readonly #wanted = new Set<ProducerId>();
  readonly #held = new Map<ProducerId, Held>();
  readonly #work = new Queue();
  #audioOnly = false;
  #link: MediaLink | undefined;
  #gathering: Promise<void> | undefined;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** Resolves when all that can be received is. @throws MeetingError */
  async subscribe(producerIds: Iterable<ProducerId>): Promise<void> {
    for (const id of producerIds) this.#wanted.add(id);
    await this.#soon();
  }

  /** @throws MeetingError */
  async unsubscribe(producerIds: Iterable<ProducerId>): Promise<void> {
    for (const id of producerIds) this.#wanted.delete(id);
    await this.#soon();
  }

  /** What is subscribed stays so, but of video nothing is received meanwhile. */
  setAudioOnly(audioOnly: boolean): void {
    if (this.#audioOnly === audioOnly) return;
    this.#audioOnly = audioOnly;
    if (this.#wanted.size > 0) this.restore();
  }

  /** The server has closed its consumer already. */
  producerRemoved(producerId: ProducerId): void {
    this.#wanted.delete(producerId);
    this.#held.get(producerId)?.receiver?.close();
    this.#held.delete(producerId);
  }

  /** What comes of it through the server. */
  receiverOf(producerId: ProducerId): Receiver | undefined {
    return this.#held.get(producerId)?.receiver;
  }

  /** A new link is there, or something else has changed what is to be received. */
  restore(): void {
    this.#soon().catch((error: unknown) => {
      if (!this.#parts.links.ended) this.#parts.problem(toMeetingError(error, 'media-failed'));
    });
  }

  async stats(): Promise<MeetingStats['subscriptions']> {
    const all = [...this.#held].map(async ([producerId, { receiver }]) => {
      const found = this.#parts.roster.find(producerId);
      const direct = await this.#parts.directStats(producerId).catch(() => undefined);
      const stats = found && (direct ?? (await receiver?.stats().catch(() => undefined)));
      return stats
        ? [{ producerId, participantId: found.participant.id, source: found.producer.source, ...stats }]
        : [];
    });
    return (await Promise.all(all)).flat();
  }

  #soon(): Promise<void> {
    this.#gathering ??= new Promise<void>((resolve) => this.#parts.clock.after(gatherMs, resolve)).then(
      () => {
        this.#gathering = undefined;
        return this.#work.add(() => this.#sync());
      },
    );
    return this.#gathering;
  }

  async #sync(): Promise<void> {
    for (;;) {
      const link = await this.#parts.links.get();
      if (link !== this.#link) {
        // What was received on the old link ended with it.
        this.#held.clear();
        this.#link = link;
      }
      try {
        await this.#giveBack(link);
        await this.#take(link);
        return;
      } catch (error) {
        if (!link.closed) throw toMeetingError(error, 'media-failed');
      }
    }
  }

  #isWanted(id: ProducerId): boolean {
    if (!this.#wanted.has(id)) return false;
    return !this.#audioOnly || this.#parts.roster.find(id)?.producer.kind !== 'video';
  }

  async #giveBack(link: MediaLink): Promise<void> {
    const unwanted = [...this.#held].filter(([producerId]) => !this.#isWanted(producerId));
    for (const [producerId, { receiver }] of unwanted) {
      this.#held.delete(producerId);
      receiver?.close();
      this.#parts.roster.setTrack(producerId, undefined);
    }
    const consumerIds = unwanted.map(([, { consumerId }]) => consumerId);
    for (const some of inBatches(consumerIds))
      await link.session.request('unsubscribe', { consumerIds: some });
  }

  async #take(link: MediaLink): Promise<void> {
    const missing = [...this.#wanted].filter((id) => this.#isWanted(id) && !this.#held.has(id));
    // All at once, in order: the server's answers come back to back.
    await Promise.all(inBatches(missing).map((producerIds) => this.#takeBatch(link, producerIds)));
  }

  async #takeBatch(link: MediaLink, producerIds: ProducerId[]): Promise<void> {
    const { session, receive } = link;
    const answer = await session.request(
      'subscribe',
      { transportId: receive.id, producerIds },
      (subscribed) => {
        for (const { id, producerId } of subscribed.consumers) this.#held.set(producerId, { consumerId: id });
        for (const id of subscribed.missingProducerIds) this.#cannotHave(id);
      },
    );
    const ready = (
      await Promise.all(answer.consumers.map((consumer) => this.#receive(link, consumer)))
    ).flat();
    if (link.closed || ready.length === 0) return;
    const started = session.request('startConsumers', {
      consumerIds: ready.map(({ receiver }) => receiver.id),
    });
    for (const { producerId, receiver } of ready) {
      const track = this.#parts.choose(producerId, receiver.track);
      this.#parts.roster.setTrack(producerId, track);
    }
    await started;
  }

  /** One or none: it may not be wanted any more, or not playable here. */
  async #receive(
    link: MediaLink,
    consumer: ConsumerInfo,
  ): Promise<{ producerId: ProducerId; receiver: Receiver }[]> {
    const { producerId } = consumer;
    const held = this.#held.get(producerId);
    let receiver: Receiver;
    try {
      receiver = await link.receive.consume(consumer);
    } catch (error) {
      if (link.closed) return [];
      // Stays held without a receiver, so that the next round gives it back.
      this.#wanted.delete(producerId);
      this.#parts.problem(toMeetingError(error, 'cannot-consume'));
      return [];
    }
    // Removed, or held anew, in the meantime.
    if (!held || this.#held.get(producerId) !== held || link.closed) {
      receiver.close();
      return [];
    }
    held.receiver = receiver;
    return [{ producerId, receiver }];
  }

  #cannotHave(producerId: ProducerId): void {
    this.#wanted.delete(producerId);
    // Gone is normal: its removal is told before or after. Still there means no common codec.
    if (this.#parts.roster.find(producerId))
      this.#parts.problem(new MeetingError('cannot-consume', producerId));
  }
}

function inBatches<T>(items: T[]): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < items.length; at += limits.idsPerRequest)
    batches.push(items.slice(at, at + limits.idsPerRequest));
  return batches;
}
