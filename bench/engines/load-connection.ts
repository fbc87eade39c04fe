import {
  MeetingError,
  type TransportCallbacks,
  type TransportState,
  type TransportStats,
} from '../../src/client/index.ts';
import type { TransportId, TransportInfo } from '../../src/protocol/messages.ts';
import { PeerLink, type PeerState } from './peer-link.ts';
import { RelayShim } from './relay-shim.ts';

/** The life of one transport's connection, from the first need of it to the end; sending and receiving ends share it. */
export class LoadConnection {
  readonly id: TransportId;
  readonly link: PeerLink;
  readonly #info: TransportInfo;
  readonly #callbacks: TransportCallbacks;
  readonly #opened = Promise.withResolvers<void>();
  readonly #relayed: boolean;
  #shim: RelayShim | undefined;
  #state: TransportState = 'new';
  #starting: Promise<void> | undefined;

  constructor(
    info: TransportInfo,
    callbacks: TransportCallbacks,
    name: string,
    onPacket: (packet: Buffer) => void,
    relayed = false,
  ) {
    this.id = info.transportId;
    this.#relayed = relayed;
    this.#info = info;
    this.#callbacks = callbacks;
    // Nobody may be waiting when a connection fails; whoever waits still gets the error.
    this.#opened.promise.catch(() => undefined);
    const events = { packet: onPacket, state: (state: PeerState) => this.#changed(state) };
    this.link = new PeerLink(name, events);
  }

  get state(): TransportState {
    return this.#state;
  }

  /** Resolves when packets can be sent. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Tells the server our fingerprint and connects. Resolves when the server knows it, not when media flows. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  restartIce(): Promise<void> {
    return Promise.reject(
      new MeetingError('media-failed', 'load clients cannot restart ICE: libdatachannel does not'),
    );
  }

  stats(roundTripMs: number | undefined): TransportStats {
    const route = this.link.route;
    return {
      state: this.#state,
      bytesSent: this.link.octetsSent,
      bytesReceived: this.link.octetsReceived,
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(route ? { route: { protocol: 'udp', relayed: this.#relayed, ...route } } : {}),
    };
  }

  close(): void {
    this.#shim?.close();
    this.#shim = undefined;
    this.#state = 'closed';
    this.#opened.reject(new MeetingError('closed'));
    this.link.close();
  }

  async #start(): Promise<void> {
    this.#changed('connecting');
    await this.#callbacks.connect(this.link.offer());
    if (this.#relayed) await this.#relay();
    else this.link.connect(this.#info);
  }

  async #relay(): Promise<void> {
    const shim = await RelayShim.open(this.#info);
    if (this.#state === 'closed') return shim.close();
    this.#shim = shim;
    this.link.connect(shim.redirected(this.#info));
  }

  #changed(state: TransportState): void {
    if (this.#state === 'closed' || this.#state === state) return;
    this.#state = state;
    if (state === 'connected') this.#opened.resolve();
    if (state === 'failed') this.#opened.reject(new MeetingError('media-failed', 'ICE or DTLS failed'));
    this.#callbacks.stateChanged(state);
  }
}
