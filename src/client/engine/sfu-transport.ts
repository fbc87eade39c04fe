import type { types } from 'mediasoup-client';
import type { IceCandidate, IceParameters, IceServer } from '../../protocol/media.ts';
import type { ConsumerId, ConsumerInfo, TransportId } from '../../protocol/messages.ts';
import { MeetingError, toMeetingError } from '../meeting-error.ts';
import { receiverStats, transportStats } from './browser-stats.ts';
import type {
  MediaTransport,
  Receiver,
  ReceiveTransport,
  SendCallbacks,
  Sender,
  SendOptions,
  SendTransport,
  TransportCallbacks,
  TransportState,
  TransportStats,
} from './engine.ts';
import { dtlsFromClient, parametersFromClient, parametersToClient } from './mediasoup-shapes.ts';
import { keepResolution, produceOptions } from './send-settings.ts';
import { SfuSender } from './sfu-sender.ts';
import { TrickledCandidates } from './trickled-candidates.ts';

class SfuTransport implements MediaTransport {
  readonly id: TransportId;
  protected readonly transport: types.Transport;
  protected readonly candidates: TrickledCandidates;

  /** @param iceCandidates those that it was made with */
  constructor(
    transport: types.Transport,
    iceCandidates: readonly IceCandidate[],
    callbacks: TransportCallbacks,
  ) {
    this.id = transport.id as TransportId;
    this.transport = transport;
    this.candidates = new TrickledCandidates(transport.handler, iceCandidates);
    transport.on('connect', ({ dtlsParameters }, done) => {
      // Not waiting for the answer saves a round trip before the first packet: requests are handled in order, and a
      // failed connect is told to whoever watches the transport.
      callbacks.connect(dtlsFromClient(dtlsParameters)).catch(() => callbacks.stateChanged('failed'));
      done();
    });
    transport.on('connectionstatechange', (state) => callbacks.stateChanged(state));
  }

  get state(): TransportState {
    return this.transport.connectionState;
  }

  async restartIce(
    iceParameters: IceParameters,
    iceCandidates: readonly IceCandidate[],
    iceServers?: readonly IceServer[],
  ): Promise<void> {
    // First: what is gathered anew is gathered with these.
    if (iceServers) await this.#updateIceServers(iceServers);
    try {
      await this.transport.restartIce({ iceParameters });
      await this.candidates.add(iceParameters, iceCandidates);
    } catch (error) {
      throw toMeetingError(error, 'media-failed');
    }
  }

  async #updateIceServers(iceServers: readonly IceServer[]): Promise<void> {
    try {
      await this.transport.updateIceServers({ iceServers: [...iceServers] });
    } catch {
      // Firefox goes on with the former ones (it has no setConfiguration in mediasoup-client): as long as their credentials
      // last that is as good, and afterwards there are new transports, with new ones.
    }
  }

  async stats(): Promise<TransportStats> {
    return transportStats(await this.transport.getStats(), this.state);
  }

  close(): void {
    this.transport.close();
  }
}

export class SfuSendTransport extends SfuTransport implements SendTransport {
  readonly #capabilities: types.RtpCapabilities;
  readonly #scalable: boolean;

  constructor(
    transport: types.Transport,
    iceCandidates: readonly IceCandidate[],
    callbacks: SendCallbacks,
    capabilities: types.RtpCapabilities,
    scalable: boolean,
  ) {
    super(transport, iceCandidates, callbacks);
    this.#capabilities = capabilities;
    this.#scalable = scalable;
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, paused } = appData as Pick<SendOptions, 'source' | 'paused'>;
      callbacks
        .produce({ kind, source, paused, rtpParameters: parametersFromClient(rtpParameters) })
        .then((id) => done({ id }), failed);
    });
  }

  async produce(track: MediaStreamTrack, options: SendOptions): Promise<Sender> {
    if (track.readyState === 'ended') throw new MeetingError('track-ended', options.source);
    const { source, paused } = options;
    try {
      const how = produceOptions(track, options, this.#capabilities, this.#scalable);
      const producer = await this.transport.produce({
        ...how,
        track,
        stopTracks: false,
        appData: { source, paused },
      });
      await this.candidates.flush();
      if (source === 'screen') await keepResolution(producer.rtpSender);
      return new SfuSender(producer, track, paused);
    } catch (error) {
      throw toMeetingError(error, isUnsupported(error) ? 'publish-unsupported' : 'media-failed');
    }
  }
}

export class SfuReceiveTransport extends SfuTransport implements ReceiveTransport {
  async consume({ id, producerId, kind, rtpParameters }: ConsumerInfo): Promise<Receiver> {
    const parameters = parametersToClient(rtpParameters);
    try {
      const consumer = await this.transport.consume({ id, producerId, kind, rtpParameters: parameters });
      await this.candidates.flush();
      return new SfuReceiver(consumer);
    } catch (error) {
      throw toMeetingError(error, isUnsupported(error) ? 'cannot-consume' : 'media-failed');
    }
  }
}

class SfuReceiver implements Receiver {
  readonly #consumer: types.Consumer;

  constructor(consumer: types.Consumer) {
    this.#consumer = consumer;
  }

  get id(): ConsumerId {
    return this.#consumer.id as ConsumerId;
  }

  get track(): MediaStreamTrack {
    return this.#consumer.track;
  }

  async stats() {
    return receiverStats(await this.#consumer.getStats());
  }

  close(): void {
    this.#consumer.close();
  }
}

/** mediasoup-client's name for: no codec, no browser support. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && error.name === 'UnsupportedError';
}
