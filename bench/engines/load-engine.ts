import {
  type MediaEngine,
  MeetingError,
  type ReceiveTransport,
  type SendCallbacks,
  type SendTransport,
  type TransportCallbacks,
  type TransportState,
} from '../../src/client/index.ts';
import type { RtpCapabilities } from '../../src/protocol/media.ts';
import type { TransportInfo } from '../../src/protocol/messages.ts';
import { receivingCapabilities } from './load-capabilities.ts';
import type { LoadEngineParts } from './load-engine-parts.ts';
import { LoadReceiveTransport } from './load-receive-transport.ts';
import { LoadSendTransport } from './load-send-transport.ts';

/** A media engine for Node that moves real packets over real ICE and DTLS-SRTP, but neither encodes nor decodes them. */
export class LoadEngine implements MediaEngine {
  readonly #parts: LoadEngineParts;
  readonly #transports = new Set<{ close(): void }>();
  #router: RtpCapabilities | undefined;

  constructor(parts: LoadEngineParts) {
    this.#parts = parts;
  }

  load(routerCapabilities: RtpCapabilities): Promise<RtpCapabilities> {
    this.#router = routerCapabilities;
    return Promise.resolve(receivingCapabilities(routerCapabilities));
  }

  createSendTransport(info: TransportInfo, callbacks: SendCallbacks): SendTransport {
    if (!this.#router) throw new MeetingError('media-unsupported', 'the engine was not loaded');
    const transport = new LoadSendTransport(
      info,
      this.#watched('send', callbacks),
      this.#router,
      this.#parts,
    );
    this.#transports.add(transport);
    return transport;
  }

  createReceiveTransport(info: TransportInfo, callbacks: TransportCallbacks): ReceiveTransport {
    const transport = new LoadReceiveTransport(info, this.#watched('receive', callbacks), this.#parts);
    this.#transports.add(transport);
    return transport;
  }

  close(): void {
    for (const transport of this.#transports) transport.close();
    this.#transports.clear();
  }

  #watched<C extends TransportCallbacks>(direction: 'send' | 'receive', callbacks: C): C {
    return {
      ...callbacks,
      stateChanged: (state: TransportState) => {
        this.#parts.onTransportState(direction, state);
        callbacks.stateChanged(state);
      },
    };
  }
}
