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
const drainMs = 400;
const longestStartMs = 4000;
const longestDrainMs = 3000;

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
      const offerOf = (back: number) => offerSdp(transport, routerCapabilities, codec, back);
      return new BrowserPath({
        peer,
        sender: transceiver.sender,
        codec,
        offerOf,
        connectMs: performance.now() - startedAt,
      });
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

interface BrowserPathParts {
  peer: RTCPeerConnection;
  sender: RTCRtpSender;
  codec: RtpCodecCapability;
  /** The same offer with the SSRC of what comes back. */
  offerOf: (back: number) => string;
  connectMs: number;
}

class BrowserPath implements OpenPath {
  readonly connectMs: number;
  readonly #parts: BrowserPathParts;
  readonly #peer: RTCPeerConnection;
  #noise: NoiseVideo | undefined;

  constructor(parts: BrowserPathParts) {
    this.#parts = parts;
    this.#peer = parts.peer;
    this.connectMs = parts.connectMs;
  }

  async startEcho(
    echo: (kind: MediaKind, rtpParameters: RtpParameters) => Promise<RtpParameters>,
  ): Promise<void> {
    this.#noise = new NoiseVideo();
    await this.#parts.sender.replaceTrack(this.#noise.track);
    const sdp = this.#peer.localDescription?.sdp ?? '';
    const { encodings } = await echo('video', rtpParametersOf(sdp, this.#parts.codec));
    const ssrc = encodings[0]?.ssrc;
    if (ssrc === undefined) throw new PathProblem('internal', 'nothing comes back');
    await this.#peer.setRemoteDescription({ type: 'offer', sdp: this.#parts.offerOf(ssrc) });
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
  }

  async send(bitrate: number, durationMs: number): Promise<Exchanged> {
    const before = await this.#counts();
    await this.#start(bitrate);
    await this.#flowing(before.packetsSent);
    await sleep(warmUpMs);
    const from = await this.#counts();
    await sleep(durationMs);
    const to = await this.#counts();
    // Not by an inactive encoding or without a track: Firefox forgets then what it has counted.
    this.#noise?.pause();
    await sleep(drainMs);
    const after = await this.#settled();
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

  async #start(bitrate: number): Promise<void> {
    const { sender } = this.#parts;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = bitrate;
    await sender.setParameters(parameters);
    this.#noise?.play();
  }

  /** An encoder may take a while to begin. */
  async #flowing(packetsBefore: number): Promise<void> {
    const begin = performance.now();
    while (performance.now() - begin < longestStartMs) {
      if ((await this.#counts()).packetsSent > packetsBefore) return;
      await sleep(100);
    }
  }

  /** When nothing comes any more. */
  async #settled() {
    let counts = await this.#counts();
    for (const begin = performance.now(); performance.now() - begin < longestDrainMs; ) {
      await sleep(drainMs / 2);
      const next = await this.#counts();
      if (next.packetsReceived === counts.packetsReceived && next.packetsSent === counts.packetsSent)
        return next;
      counts = next;
    }
    return counts;
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
