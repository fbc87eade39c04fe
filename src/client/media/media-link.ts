import type { Clock } from '../../base/clock.ts';
import type { MediaSource } from '../../protocol/media.ts';
import type { ProducerId, SenderSettings, TransportId, TransportInfo } from '../../protocol/messages.ts';
import type {
  MediaEngine,
  MediaTransport,
  ReceiveTransport,
  SendTransport,
  TransportCallbacks,
  TransportState,
} from '../engine/engine.ts';
import type { MediaState } from '../meeting.ts';
import type { Session } from '../signalling/session.ts';
import { IceRecovery } from './ice-recovery.ts';
import { stunServers } from './stun-servers.ts';

export interface LinkParts {
  session: Session;
  engine: MediaEngine;
  settings: SenderSettings;
  clock: Clock;
}
export interface LinkHandlers {
  stateChanged(state: MediaState): void;
  /** Cannot be repaired; called at most once. */
  lost(): void;
}

interface Kept<T extends MediaTransport> {
  transport: T;
  recovery: IceRecovery;
}

/** One pair of transports to the server. After a media reset there is another link; what was made on this one is gone with it. */
export class MediaLink {
  readonly session: Session;
  readonly settings: SenderSettings;
  /** Of the deployment, for direct paths. */
  readonly stunServers: RTCIceServer[];
  readonly #parts: LinkParts;
  readonly #handlers: LinkHandlers;
  readonly #send: Kept<SendTransport> | undefined;
  readonly #receive: Kept<ReceiveTransport>;
  readonly #states = new Map<TransportId, TransportState>();
  readonly #wereConnected = new Set<TransportId>();
  readonly #sources = new Map<ProducerId, MediaSource>();
  #closed = false;

  /** @param infos send is missing for somebody who may not publish */
  constructor(
    parts: LinkParts,
    infos: { send: TransportInfo | undefined; receive: TransportInfo },
    handlers: LinkHandlers,
  ) {
    this.#parts = parts;
    this.#handlers = handlers;
    this.session = parts.session;
    this.settings = parts.settings;
    this.stunServers = stunServers(infos.receive.iceServers ?? []);
    this.#receive = this.#keep(infos.receive, (callbacks) =>
      parts.engine.createReceiveTransport(infos.receive, callbacks),
    );
    const { send } = infos;
    this.#send = send && this.#keep(send, (callbacks) => this.#createSendTransport(send, callbacks));
  }

  get send(): SendTransport | undefined {
    return this.#send?.transport;
  }

  get receive(): ReceiveTransport {
    return this.#receive.transport;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get state(): MediaState {
    const waiting = [...this.#states].filter(([, state]) => state !== 'connected');
    if (waiting.length === 0) return this.#states.size > 0 ? 'connected' : 'idle';
    return waiting.some(([id]) => this.#wereConnected.has(id)) ? 'interrupted' : 'connecting';
  }

  /** Which source of ours the server calls by this id. */
  sourceOf(producerId: ProducerId): MediaSource | undefined {
    return this.#sources.get(producerId);
  }

  /** The network may have changed. */
  hurry(): void {
    this.#send?.recovery.hurry();
    this.#receive.recovery.hurry();
  }

  /** Our addresses or the server's are other ones now: new ways are looked for even where the old one still works. */
  refresh(): void {
    this.#send?.recovery.refresh();
    this.#receive.recovery.refresh();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const kept of [this.#send, this.#receive]) {
      kept?.recovery.close();
      kept?.transport.close();
    }
  }

  #createSendTransport(info: TransportInfo, callbacks: TransportCallbacks): SendTransport {
    const { engine, session } = this.#parts;
    return engine.createSendTransport(info, {
      ...callbacks,
      produce: async (offer) => {
        const ask = { transportId: info.transportId, ...offer };
        // Noted at its place in the order of frames: a notification about it may be the very next one.
        const answer = await session.request('produce', ask, ({ producerId }) => {
          this.#sources.set(producerId, offer.source);
        });
        return answer.producerId;
      },
    });
  }

  #keep<T extends MediaTransport>(
    info: TransportInfo,
    create: (callbacks: TransportCallbacks) => T,
  ): Kept<T> {
    const { session, clock } = this.#parts;
    const { transportId } = info;
    const lost = () => {
      if (!this.#closed) this.#handlers.lost();
    };
    const transport = create({
      connect: async (dtlsParameters) => {
        try {
          await session.request('connectTransport', { transportId, dtlsParameters });
        } catch (error) {
          lost();
          throw error;
        }
      },
      stateChanged: (state) => {
        if (this.#closed) return;
        this.#states.set(transportId, state);
        if (state === 'connected') this.#wereConnected.add(transportId);
        recovery.stateChanged(state);
        this.#handlers.stateChanged(this.state);
      },
    });
    const restart = async () => {
      const answer = session.request('restartIce', { transportId });
      // Where media does not get through, signalling may not either.
      session.doubt();
      const { iceParameters, iceCandidates, iceServers } = await answer;
      if (!this.#closed) await transport.restartIce(iceParameters, iceCandidates, iceServers);
    };
    const recovery = new IceRecovery(clock, restart, lost);
    return { transport, recovery };
  }
}
