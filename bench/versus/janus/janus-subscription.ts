import type { ClientPlan } from '../../client-plan.ts';
import type { ClientProgress } from '../../client-progress.ts';
import { PeerLink } from '../../engines/peer-link.ts';
import type { LoadClientParts } from '../../load-client.ts';
import { IncomingStream } from '../../media/incoming-stream.ts';
import { ReceivingEnd } from '../../media/receiving-end.ts';
import { type LocalEnd, readSubscriberOffer, readTransport, writeSubscriberAnswer } from './janus-sdp.ts';
import type { JanusHandle, JanusSession, RoomMessage } from './janus-session.ts';
import { localEnd } from './local-end.ts';

export interface WantedStream {
  feed: number;
  mid: string;
}

/** The one connection on which a client receives from everybody ("multistream"). */
export class JanusSubscription {
  readonly #room: number;
  readonly #session: JanusSession;
  readonly #parts: LoadClientParts;
  readonly #progress: ClientProgress;
  readonly #link: PeerLink;
  readonly #end: ReceivingEnd;
  readonly #known = new Set<number>();
  #local: LocalEnd | undefined;
  #handle: JanusHandle | undefined;
  #wanted: WantedStream[] = [];
  #busy = false;

  constructor(
    plan: ClientPlan,
    parts: LoadClientParts,
    progress: ClientProgress,
    session: JanusSession,
    room: number,
  ) {
    this.#room = room;
    this.#session = session;
    this.#parts = parts;
    this.#progress = progress;
    this.#link = new PeerLink(`${plan.displayName}-receive`, {
      packet: (packet) => this.#end.packet(packet),
      state: (state) => {
        if (state === 'failed') progress.fail('the receive transport failed');
      },
    });
    const { meter, schedule } = parts;
    this.#end = new ReceivingEnd({ link: this.#link, meter, schedule, cname: plan.displayName });
  }

  /** What comes while Janus is busy with an earlier wish goes into the next one, as each is a renegotiation. */
  add(streams: readonly WantedStream[]): void {
    this.#wanted.push(...streams);
    if (this.#busy) return;
    this.#busy = true;
    this.#work()
      .catch((error: unknown) => this.#progress.fail(error))
      .finally(() => {
        this.#busy = false;
      });
  }

  close(): void {
    this.#end.close();
    this.#link.close();
  }

  async #work(): Promise<void> {
    while (this.#wanted.length > 0 && !this.#progress.leaving) {
      const streams = this.#wanted;
      this.#wanted = [];
      if (this.#handle) {
        await this.#agree(this.#handle, await this.#handle.ask({ request: 'update', subscribe: streams }));
        continue;
      }
      this.#handle = await this.#session.attach({
        hangup: (reason) => this.#progress.fail(`Janus hung up: ${reason}`),
      });
      const room = this.#room;
      const offered = await this.#handle.ask({ request: 'join', ptype: 'subscriber', room, streams });
      await this.#agree(this.#handle, offered);
    }
  }

  async #agree(handle: JanusHandle, { jsep }: RoomMessage): Promise<void> {
    // Nothing to agree on: a publisher has gone meanwhile.
    if (!jsep) return;
    for (const media of readSubscriberOffer(jsep.sdp)) {
      if (!media.active || this.#known.has(media.ssrc)) continue;
      this.#known.add(media.ssrc);
      const stream = new IncomingStream({
        ...media,
        meter: this.#parts.meter,
        onFirstPacket: (now) => this.#progress.firstPacket(now),
        onFirstFrame: (now) => this.#progress.firstFrame(now),
      });
      this.#end.add(stream, media.rtxSsrc, media.transportCcId);
    }
    const first = this.#local === undefined;
    this.#local ??= localEnd(this.#link);
    const sdp = writeSubscriberAnswer(jsep.sdp, this.#local);
    await handle.ask({ request: 'start' }, { type: 'answer', sdp });
    if (first) this.#link.connect(readTransport(jsep.sdp));
  }
}
