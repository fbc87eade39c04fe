import type { IceCandidate, IceParameters, MediaKind, RtpCapabilities } from '../../protocol/media.ts';
import type {
  ConsumerId,
  ConsumerInfo,
  ProducerId,
  TransportId,
  TransportInfo,
} from '../../protocol/messages.ts';
import { MeetingError } from '../meeting-error.ts';
import type {
  MediaEngine,
  MediaTransport,
  Receiver,
  ReceiverStats,
  ReceiveTransport,
  SendCallbacks,
  Sender,
  SenderStats,
  SendLimit,
  SendOptions,
  SendTransport,
  TransportCallbacks,
  TransportState,
  TransportStats,
} from './engine.ts';
import { fakeDtlsParameters, fakeRtpParameters } from './fake-rtp.ts';
import { FakeTrack } from './fake-track.ts';
import { noLimit } from './send-limit.ts';

/**
 * Does everything an engine does except moving media: for tests of all that is around it and for working on screens.
 * The server believes it; transports count as connected as soon as the server has been told their parameters.
 */
export class FakeEngine implements MediaEngine {
  /** Every transport ever made, newest last: to look into, and to break. */
  readonly transports: FakeTransport[] = [];
  readonly #makeTrack: (kind: MediaKind) => MediaStreamTrack;
  #router: RtpCapabilities = { codecs: [], headerExtensions: [] };
  closed = false;

  /** @param makeTrack what receivers deliver; a page needs real tracks to show something (of a canvas, say) */
  constructor(makeTrack: (kind: MediaKind) => MediaStreamTrack = (kind) => new FakeTrack(kind)) {
    this.#makeTrack = makeTrack;
  }

  async load(routerCapabilities: RtpCapabilities): Promise<RtpCapabilities> {
    this.#router = routerCapabilities;
    return routerCapabilities;
  }

  createSendTransport(info: TransportInfo, callbacks: SendCallbacks): FakeSendTransport {
    return this.#keep(new FakeSendTransport(info, callbacks, this.#router));
  }

  createReceiveTransport(info: TransportInfo, callbacks: TransportCallbacks): FakeReceiveTransport {
    return this.#keep(new FakeReceiveTransport(info, callbacks, this.#makeTrack));
  }

  close(): void {
    this.closed = true;
    for (const transport of this.transports) transport.close();
  }

  #keep<T extends FakeTransport>(transport: T): T {
    this.transports.push(transport);
    return transport;
  }
}

export class FakeTransport implements MediaTransport {
  readonly id: TransportId;
  /** ICE restarts so far. */
  restarts = 0;
  /** What stats() tells besides the state. */
  measured: Partial<TransportStats> = {};
  readonly #callbacks: TransportCallbacks;
  #state: TransportState = 'new';
  #connecting: Promise<void> | undefined;

  constructor(info: TransportInfo, callbacks: TransportCallbacks) {
    this.id = info.transportId;
    this.#callbacks = callbacks;
  }

  get state(): TransportState {
    return this.#state;
  }

  /** As if the network had done this. */
  setState(state: TransportState): void {
    if (this.#state === 'closed' || this.#state === state) return;
    this.#state = state;
    if (state !== 'closed') this.#callbacks.stateChanged(state);
  }

  async restartIce(_iceParameters: IceParameters, _iceCandidates: readonly IceCandidate[]): Promise<void> {
    if (this.#state === 'closed') throw new MeetingError('media-failed', 'transport closed');
    this.restarts += 1;
    this.setState('connected');
  }

  async stats(): Promise<TransportStats> {
    return { bytesSent: 0, bytesReceived: 0, ...this.measured, state: this.#state };
  }

  close(): void {
    this.setState('closed');
  }

  /** On the first use, as browsers do. */
  protected connect(): Promise<void> {
    if (this.#state === 'closed') return Promise.reject(new MeetingError('media-failed', 'transport closed'));
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<void> {
    this.setState('connecting');
    try {
      await this.#callbacks.connect(fakeDtlsParameters());
      this.setState('connected');
    } catch (error) {
      this.setState('failed');
      throw error;
    }
  }
}

export class FakeSendTransport extends FakeTransport implements SendTransport {
  readonly senders = new Set<FakeSender>();
  readonly #callbacks: SendCallbacks;
  readonly #router: RtpCapabilities;

  constructor(info: TransportInfo, callbacks: SendCallbacks, router: RtpCapabilities) {
    super(info, callbacks);
    this.#callbacks = callbacks;
    this.#router = router;
  }

  async produce(track: MediaStreamTrack, { source, settings, paused }: SendOptions): Promise<FakeSender> {
    if (track.readyState === 'ended') throw new MeetingError('track-ended', source);
    const kind = track.kind === 'audio' ? 'audio' : 'video';
    const rtpParameters = fakeRtpParameters(kind, this.#router, settings);
    if (!rtpParameters) throw new MeetingError('publish-unsupported', kind);
    await this.connect();
    const id = await this.#callbacks.produce({ kind, source, paused, rtpParameters });
    if (this.state === 'closed') throw new MeetingError('media-failed', 'transport closed');
    const sender = new FakeSender(id, track, paused, (closed) => this.senders.delete(closed));
    this.senders.add(sender);
    return sender;
  }

  override close(): void {
    super.close();
    this.senders.clear();
  }
}

export class FakeReceiveTransport extends FakeTransport implements ReceiveTransport {
  readonly receivers = new Set<FakeReceiver>();
  readonly #makeTrack: (kind: MediaKind) => MediaStreamTrack;

  constructor(
    info: TransportInfo,
    callbacks: TransportCallbacks,
    makeTrack: (kind: MediaKind) => MediaStreamTrack,
  ) {
    super(info, callbacks);
    this.#makeTrack = makeTrack;
  }

  async consume({ id, kind }: ConsumerInfo): Promise<FakeReceiver> {
    await this.connect();
    if (this.state === 'closed') throw new MeetingError('media-failed', 'transport closed');
    const receiver = new FakeReceiver(id, this.#makeTrack(kind), (closed) => this.receivers.delete(closed));
    this.receivers.add(receiver);
    return receiver;
  }

  override close(): void {
    super.close();
    for (const receiver of [...this.receivers]) receiver.close();
  }
}

export class FakeSender implements Sender {
  readonly id: ProducerId;
  limited: SendLimit = noLimit;
  readonly #closed: (sender: FakeSender) => void;
  #track: MediaStreamTrack | null;
  #paused: boolean;

  constructor(
    id: ProducerId,
    track: MediaStreamTrack,
    paused: boolean,
    closed: (sender: FakeSender) => void,
  ) {
    this.id = id;
    this.#track = track;
    this.#paused = paused;
    this.#closed = closed;
  }

  /** What would be on the wire: nothing while paused. */
  get sending(): MediaStreamTrack | null {
    return this.#paused ? null : this.#track;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  limit(limit: SendLimit): void {
    this.limited = limit;
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (track?.readyState === 'ended') throw new MeetingError('track-ended');
    this.#track = track;
  }

  async stats(): Promise<SenderStats> {
    return { layers: [{ bytesSent: 0, packetsSent: 0, active: this.sending !== null }] };
  }

  close(): void {
    this.#track = null;
    this.#closed(this);
  }
}

export class FakeReceiver implements Receiver {
  readonly id: ConsumerId;
  readonly track: MediaStreamTrack;
  readonly #closed: (receiver: FakeReceiver) => void;

  constructor(id: ConsumerId, track: MediaStreamTrack, closed: (receiver: FakeReceiver) => void) {
    this.id = id;
    this.track = track;
    this.#closed = closed;
  }

  async stats(): Promise<ReceiverStats> {
    return { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 };
  }

  close(): void {
    this.track.stop();
    this.#closed(this);
  }
}
