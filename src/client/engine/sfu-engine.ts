import { Device, type types } from 'mediasoup-client';
import type { RtpCapabilities } from '../../protocol/media.ts';
import type { TransportInfo } from '../../protocol/messages.ts';
import { MeetingError, toMeetingError } from '../meeting-error.ts';
import type {
  MediaEngine,
  ReceiveTransport,
  SendCallbacks,
  SendTransport,
  TransportCallbacks,
} from './engine.ts';
import { capabilitiesFromClient } from './mediasoup-shapes.ts';
import { SfuReceiveTransport, SfuSendTransport } from './sfu-transport.ts';

/** Media through the server's SFU, with the browser's own WebRTC. Loaded only when somebody joins: it is most of the SDK's size. */
export class SfuEngine implements MediaEngine {
  readonly #device: types.Device;
  readonly #transports = new Set<{ close(): void }>();

  readonly #iceTransportPolicy: RTCIceTransportPolicy;

  private constructor(device: types.Device, iceTransportPolicy: RTCIceTransportPolicy) {
    this.#device = device;
    this.#iceTransportPolicy = iceTransportPolicy;
  }

  /**
   * @param handlerFactory instead of the browser's WebRTC
   * @param iceTransportPolicy relay: only through TURN servers
   * @throws MeetingError `media-unsupported`
   */
  static async create(
    handlerFactory?: types.HandlerFactory,
    iceTransportPolicy: RTCIceTransportPolicy = 'all',
  ): Promise<SfuEngine> {
    try {
      const device = await Device.factory(handlerFactory ? { handlerFactory } : {});
      return new SfuEngine(device, iceTransportPolicy);
    } catch (error) {
      throw toMeetingError(error, 'media-unsupported');
    }
  }

  async load(routerCapabilities: RtpCapabilities): Promise<RtpCapabilities> {
    try {
      await this.#device.load({ routerRtpCapabilities: routerCapabilities as types.RtpCapabilities });
    } catch (error) {
      throw toMeetingError(error, 'media-unsupported');
    }
    return capabilitiesFromClient(this.#device.recvRtpCapabilities);
  }

  createSendTransport(info: TransportInfo, callbacks: SendCallbacks): SendTransport {
    const transport = this.#device.createSendTransport(this.#options(info));
    // Only Chromium encodes VP9 and AV1 in layers on request.
    const scalable = this.#device.handlerName.startsWith('Chrome');
    return this.#keep(
      new SfuSendTransport(
        transport,
        info.iceCandidates,
        callbacks,
        this.#device.sendRtpCapabilities,
        scalable,
      ),
    );
  }

  createReceiveTransport(info: TransportInfo, callbacks: TransportCallbacks): ReceiveTransport {
    const transport = this.#device.createRecvTransport(this.#options(info));
    return this.#keep(new SfuReceiveTransport(transport, info.iceCandidates, callbacks));
  }

  close(): void {
    for (const transport of this.#transports) transport.close();
    this.#transports.clear();
  }

  #keep<T extends { close(): void }>(transport: T): T {
    this.#transports.add(transport);
    return transport;
  }

  /** @throws MeetingError */
  #options(info: TransportInfo): types.TransportOptions {
    if (info.iceCandidates.length === 0) throw new MeetingError('media-failed', 'no addresses for media');
    return {
      id: info.transportId,
      iceParameters: info.iceParameters,
      // `ip` is the deprecated name of `address`, still required.
      iceCandidates: info.iceCandidates.map((candidate) => ({ ...candidate, ip: candidate.address })),
      dtlsParameters: info.dtlsParameters as types.DtlsParameters,
      iceServers: info.iceServers ?? [],
      iceTransportPolicy: this.#iceTransportPolicy,
    };
  }
}
