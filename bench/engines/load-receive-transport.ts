import {
  MeetingError,
  type Receiver,
  type ReceiverStats,
  type ReceiveTransport,
  type TransportCallbacks,
  type TransportState,
  type TransportStats,
} from '../../src/client/index.ts';
import type { ConsumerId, ConsumerInfo, TransportId, TransportInfo } from '../../src/protocol/messages.ts';
import { IncomingStream } from '../media/incoming-stream.ts';
import { ReceivingEnd } from '../media/receiving-end.ts';
import { extensionIds } from '../rtp/rtp-packet.ts';
import { LoadConnection } from './load-connection.ts';
import type { LoadEngineParts } from './load-engine-parts.ts';
import { LoadTrack } from './load-track.ts';

/** The way from the server, with everything a load client has subscribed to. */
export class LoadReceiveTransport implements ReceiveTransport {
  readonly #connection: LoadConnection;
  readonly #parts: LoadEngineParts;
  readonly #end: ReceivingEnd;

  constructor(info: TransportInfo, callbacks: TransportCallbacks, parts: LoadEngineParts) {
    this.#parts = parts;
    this.#connection = new LoadConnection(
      info,
      callbacks,
      `${parts.name}-receive`,
      (packet) => this.#end.packet(packet),
      parts.relayed,
    );
    const { meter, schedule, name } = parts;
    this.#end = new ReceivingEnd({ link: this.#connection.link, meter, schedule, cname: name });
  }

  get id(): TransportId {
    return this.#connection.id;
  }

  get state(): TransportState {
    return this.#connection.state;
  }

  async consume(consumer: ConsumerInfo): Promise<Receiver> {
    const { rtpParameters, kind } = consumer;
    const [codec] = rtpParameters.codecs;
    const [encoding] = rtpParameters.encodings;
    if (!codec || encoding?.ssrc === undefined)
      throw new MeetingError('media-failed', 'a consumer without codec or SSRC');
    const feedback = new Set(codec.rtcpFeedback.map(({ type, parameter = '' }) => `${type} ${parameter}`));
    const stream = new IncomingStream({
      ssrc: encoding.ssrc,
      kind,
      clockRate: codec.clockRate,
      nack: feedback.has('nack '),
      pictureLoss: feedback.has('nack pli'),
      meter: this.#parts.meter,
      onFirstPacket: (now) => this.#parts.onFirstPacket(kind, now),
      onFirstFrame: this.#parts.onFirstFrame,
    });
    this.#end.add(stream, encoding.rtx?.ssrc, extensionIds(rtpParameters.headerExtensions).transportCc);
    await this.#connection.start();
    return new LoadReceiver(consumer.id, stream, codec.mimeType, () => this.#end.remove(stream));
  }

  restartIce(): Promise<void> {
    return this.#connection.restartIce();
  }

  stats(): Promise<TransportStats> {
    return Promise.resolve(this.#connection.stats(undefined));
  }

  close(): void {
    this.#end.close();
    this.#connection.close();
  }
}

class LoadReceiver implements Receiver {
  readonly id: ConsumerId;
  readonly track: LoadTrack;
  readonly #stream: IncomingStream;
  readonly #codec: string;
  readonly #remove: () => void;

  constructor(id: ConsumerId, stream: IncomingStream, codec: string, remove: () => void) {
    this.id = id;
    this.#stream = stream;
    this.#codec = codec;
    this.#remove = remove;
    this.track = new LoadTrack({ kind: stream.kind, received: true });
  }

  stats(): Promise<ReceiverStats> {
    const { octets, received, lost, frames, jitterMs } = this.#stream.statistics;
    return Promise.resolve({
      codec: this.#codec,
      bytesReceived: octets,
      packetsReceived: received,
      packetsLost: lost,
      jitterMs,
      ...(this.#stream.kind === 'video' ? { framesDecoded: frames } : {}),
    });
  }

  close(): void {
    this.#remove();
  }
}
