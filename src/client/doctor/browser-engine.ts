import type { MediaKind, RtpCodecCapability, RtpParameters } from '../../protocol/media.ts';
import { NoiseVideo } from './noise-video.ts';
import {
  type Exchanged,
  type OpenPath,
  type PathEngine,
  type PathOffer,
  PathProblem,
} from './path-engine.ts';
import { familyOf } from './path-plan.ts';
import { checkCodec, dtlsParametersOf, offerSdp, rtpParametersOf } from './session-description.ts';

/** Encoder and estimate find their level. */
const warmUpMs = 700;
/** What was sent last has come back, or never will. */
const drainMs = 600;

/** Ways to a worker as a browser takes them: an RTCPeerConnection for each, which is left only that way. */
export class BrowserEngine implements PathEngine {
  async open(offer: PathOffer): Promise<OpenPath> {
    const { transport, relay, routerCapabilities, connect } = offer;
    const codec = checkCodec(routerCapabilities);
    if (!codec) throw new PathProblem('internal', 'the server has no VP8');
    const startedAt = performance.now();
    const peer = new RTCPeerConnection({
      iceServers: relay ? [{ urls: relay.url, username: relay.username, credential: relay.credential }] : [],
      iceTransportPolicy: relay ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    const connected = connectedOf(peer, offer);
    connected.catch(() => undefined);
    try {
      await peer.setRemoteDescription({ type: 'offer', sdp: offerSdp(transport, routerCapabilities, codec) });
      const [transceiver] = peer.getTransceivers();
      if (!transceiver) throw new PathProblem('internal', 'no transceiver');
      transceiver.direction = 'sendrecv';
      const answer = await peer.createAnswer();
      await peer.setLocalDescription(answer);
      await Promise.all([connect(dtlsParametersOf(answer.sdp ?? '')), connected]);
      return new BrowserPath(peer, transceiver.sender, codec, performance.now() - startedAt);
    } catch (error) {
      peer.close();
      throw error;
    }
  }
}

/** Resolves when ICE and DTLS are through. */
function connectedOf(peer: RTCPeerConnection, { transport, relay, limitMs }: PathOffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let relayProblem: PathProblem | undefined;
  const fail = () => {
    const iceIsThrough = ['connected', 'completed'].includes(peer.iceConnectionState);
    // Pages do not learn which address families their machine has.
    const onlySix = transport.iceCandidates.every((candidate) => familyOf(candidate) === 6);
    if (iceIsThrough) reject(new PathProblem('dtls-failed'));
    else reject(relayProblem ?? new PathProblem(onlySix && !relay ? 'unreachable' : 'no-answer'));
  };
  const timer = setTimeout(fail, limitMs);
  peer.addEventListener('connectionstatechange', () => {
    if (peer.connectionState === 'connected') resolve();
    else if (peer.connectionState === 'failed') fail();
  });
  // RFC 8656 section 18; 701: no answer at all.
  peer.addEventListener('icecandidateerror', ({ errorCode, errorText }) => {
    const detail = [errorCode, errorText].filter(Boolean).join(' ');
    if (errorCode === 701) relayProblem ??= new PathProblem('no-answer');
    else if (errorCode === 401) relayProblem = new PathProblem('relay-unauthorized', detail);
    else relayProblem = new PathProblem('relay-refused', detail);
  });
  return promise.finally(() => clearTimeout(timer));
}

class BrowserPath implements OpenPath {
  readonly connectMs: number;
  readonly #peer: RTCPeerConnection;
  readonly #sender: RTCRtpSender;
  readonly #codec: RtpCodecCapability;
  #noise: NoiseVideo | undefined;

  constructor(peer: RTCPeerConnection, sender: RTCRtpSender, codec: RtpCodecCapability, connectMs: number) {
    this.#peer = peer;
    this.#sender = sender;
    this.#codec = codec;
    this.connectMs = connectMs;
  }

  async startEcho(
    echo: (kind: MediaKind, rtpParameters: RtpParameters) => Promise<RtpParameters>,
  ): Promise<void> {
    this.#noise = new NoiseVideo();
    await this.#limit(0);
    await this.#sender.replaceTrack(this.#noise.track);
    await echo('video', rtpParametersOf(this.#peer.localDescription?.sdp ?? '', this.#codec));
  }

  async send(bitrate: number, durationMs: number): Promise<Exchanged> {
    const before = await this.#counts();
    await this.#limit(bitrate);
    await sleep(warmUpMs);
    const from = await this.#counts();
    await sleep(durationMs);
    const to = await this.#counts();
    await this.#limit(0);
    await sleep(drainMs);
    const after = await this.#counts();
    return {
      packetsSent: after.packetsSent - before.packetsSent,
      packetsReceived: after.packetsReceived - before.packetsReceived,
      limited: to.available !== undefined && to.available < bitrate * 0.9,
      octetsSent: to.octetsSent - from.octetsSent,
      octetsReceived: to.octetsReceived - from.octetsReceived,
      durationMs: to.at - from.at,
      roundTripMs: after.roundTripMs,
    };
  }

  close(): void {
    this.#noise?.close();
    this.#peer.close();
  }

  /** @param bitrate 0: nothing is sent at all */
  async #limit(bitrate: number): Promise<void> {
    const parameters = this.#sender.getParameters();
    for (const encoding of parameters.encodings) {
      encoding.active = bitrate > 0;
      if (bitrate > 0) encoding.maxBitrate = bitrate;
    }
    await this.#sender.setParameters(parameters);
  }

  async #counts() {
    const counts = {
      at: performance.now(),
      packetsSent: 0,
      packetsReceived: 0,
      octetsSent: 0,
      octetsReceived: 0,
      roundTripMs: undefined as number | undefined,
      /** bit/s, where the browser tells: Firefox does not. */
      available: undefined as number | undefined,
    };
    for (const entry of (await this.#peer.getStats()).values()) {
      const number = (name: string): number => (typeof entry[name] === 'number' ? entry[name] : 0);
      if (entry.type === 'outbound-rtp') {
        counts.packetsSent += number('packetsSent');
        counts.octetsSent += number('bytesSent') + number('headerBytesSent');
      } else if (entry.type === 'inbound-rtp') {
        counts.packetsReceived += number('packetsReceived');
        counts.octetsReceived += number('bytesReceived') + number('headerBytesReceived');
      } else if (entry.type === 'candidate-pair' && (entry.nominated || entry.selected)) {
        const seconds = number('currentRoundTripTime');
        if (seconds > 0) counts.roundTripMs = seconds * 1000;
        const available = number('availableOutgoingBitrate');
        if (available > 0) counts.available = available;
      }
    }
    return counts;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
