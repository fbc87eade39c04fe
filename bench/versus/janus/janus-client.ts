import type { ClientPlan } from '../../client-plan.ts';
import { ClientProgress } from '../../client-progress.ts';
import type { LoadClientParts } from '../../load-client.ts';
import { JanusPublication } from './janus-publication.ts';
import { JanusSession, type RoomPublisher } from './janus-session.ts';
import { JanusSubscription, type WantedStream } from './janus-subscription.ts';

/** One participant of a videoroom, as Janus' own demo is one: a handle to publish, another to receive from all others. */
export class JanusClient {
  readonly #plan: ClientPlan;
  readonly #parts: LoadClientParts;
  readonly #progress: ClientProgress;
  readonly #closing: { close(): void }[] = [];
  #subscription: JanusSubscription | undefined;
  #shown = 0;

  constructor(plan: ClientPlan, parts: LoadClientParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#progress = new ClientProgress(plan, parts.report);
  }

  /** Never rejects: what fails is reported. */
  async join(): Promise<void> {
    this.#progress.begin();
    try {
      await this.#join();
      this.#progress.check();
    } catch (error) {
      this.#progress.fail(error);
    }
  }

  leave(): Promise<void> {
    if (this.#progress.leave()) {
      for (const one of this.#closing) one.close();
      this.#progress.left();
    }
    return Promise.resolve();
  }

  async #join(): Promise<void> {
    const { url, token, displayName, microphone, camera } = this.#plan;
    const room = Number(token);
    const session = await JanusSession.open(url, this.#parts.meter, () =>
      this.#progress.fail('Janus closed the connection'),
    );
    const subscription = new JanusSubscription(this.#plan, this.#parts, this.#progress, session, room);
    this.#subscription = subscription;
    this.#closing.push(session, subscription);
    const handle = await session.attach({
      message: ({ publishers }) => this.#added(publishers),
      hangup: (reason) => this.#progress.fail(`Janus hung up: ${reason}`),
    });
    const joined = await handle.ask({ request: 'join', ptype: 'publisher', room, display: displayName });
    this.#progress.joined();
    this.#added(joined.publishers);
    if (!microphone && !camera) return;
    const publication = new JanusPublication(this.#plan, this.#parts, () =>
      this.#progress.fail('the send transport failed'),
    );
    this.#closing.push(publication);
    await publication.publish(handle);
    this.#progress.published();
  }

  /** Everybody is heard, the first cameras are shown, as by Plenum's load clients. */
  #added(publishers: readonly RoomPublisher[] = []): void {
    const wanted = publishers.flatMap(({ id, streams = [] }) =>
      streams.flatMap(({ type, mid, disabled }): WantedStream[] => {
        if (disabled || type === 'data') return [];
        if (type === 'video' && this.#shown++ >= this.#plan.tiles) return [];
        return [{ feed: id, mid }];
      }),
    );
    if (wanted.length > 0) this.#subscription?.add(wanted);
  }
}
