import { Queue } from '../../base/queue.ts';
import { limits } from '../../protocol/limits.ts';
import type { MediaSource } from '../../protocol/media.ts';
import type { DirectCandidate, DirectDescription, SenderSettings } from '../../protocol/messages.ts';
import { receiverStats, senderStats, transportStats } from './browser-stats.ts';
import { directSections, tunedDescription } from './direct-sdp.ts';
import { audioEncoding, type Encoding, videoEncodings } from './encodings.ts';
import type { ReceiverStats, SenderStats, SendLimit, TransportState, TransportStats } from './engine.ts';
import { limitAudio, limitSingle } from './send-limit.ts';
import { capturedSize, keepResolution } from './send-settings.ts';

export type PeerConnectionFactory = (configuration: RTCConfiguration) => RTCPeerConnection;

export interface DirectConnectionParts {
  peerConnection: PeerConnectionFactory;
  /** Whether this side makes the offer. */
  offers: boolean;
  iceServers: RTCIceServer[];
  settings: SenderSettings;
  /** bit/s of our uplink, as far as it is known. */
  available: number | undefined;
  describe: (description: DirectDescription) => void;
  candidates: (candidates: DirectCandidate[]) => void;
  stateChanged: (state: TransportState) => void;
}

/** Candidates of one moment become one request. */
const gatherMs = 30;

/** The browser's own WebRTC straight to the other participant: four media sections for good, see direct-sdp. */
export class DirectConnection {
  readonly #parts: DirectConnectionParts;
  readonly #peer: RTCPeerConnection;
  /** Descriptions and candidates in their order. */
  readonly #negotiation = new Queue();
  readonly #sending = new Map<MediaSource, Sending>();
  readonly #own: DirectCandidate[] = [];
  #sent = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #described = false;

  constructor(parts: DirectConnectionParts) {
    this.#parts = parts;
    this.#peer = parts.peerConnection({ iceServers: parts.iceServers, bundlePolicy: 'max-bundle' });
    this.#peer.addEventListener('icecandidate', ({ candidate }) => this.#gathered(candidate));
    this.#peer.addEventListener('connectionstatechange', () => parts.stateChanged(this.state));
    if (parts.offers) this.#negotiate(() => this.#offer());
  }

  get state(): TransportState {
    return this.#peer.connectionState;
  }

  /** The other side's. */
  describe({ type, sdp }: DirectDescription): void {
    this.#negotiate(async () => {
      await this.#peer.setRemoteDescription({ type, sdp: tunedDescription(sdp, this.#parts.available) });
      if (type === 'offer') await this.#answer();
    });
  }

  addCandidates(candidates: readonly DirectCandidate[]): void {
    this.#negotiate(async () => {
      for (const { candidate, mid, usernameFragment } of candidates) {
        const init = { candidate, sdpMid: mid, usernameFragment: usernameFragment || null };
        // One that this browser cannot use is no reason not to try the others.
        await this.#peer.addIceCandidate(init).catch(() => undefined);
      }
    });
  }

  /** Sends this track of a source from now on, within the limit. @param track null: nothing */
  send(source: MediaSource, track: MediaStreamTrack | null, limit: SendLimit): void {
    const sender = this.#transceiver(source)?.sender;
    if (!sender) return;
    const sending = this.#sending.get(source) ?? new Sending(source, sender);
    this.#sending.set(source, sending);
    sending.set(track, limit);
  }

  /** What comes of a source; there from the answer on, whether anything is sent or not. */
  track(source: MediaSource): MediaStreamTrack | undefined {
    return this.#transceiver(source)?.receiver.track;
  }

  async stats(): Promise<TransportStats> {
    return transportStats(await this.#peer.getStats(), this.state);
  }

  async senderStats(source: MediaSource): Promise<SenderStats | undefined> {
    const sender = this.#transceiver(source)?.sender;
    return sender && senderStats(await sender.getStats());
  }

  async receiverStats(source: MediaSource): Promise<ReceiverStats | undefined> {
    const receiver = this.#transceiver(source)?.receiver;
    return receiver && receiverStats(await receiver.getStats());
  }

  /** How loud the other one is, and we are, 0 to 1; undefined: not known. */
  async levels(): Promise<{ other: number | undefined; own: number | undefined }> {
    const microphone = this.#transceiver('microphone');
    const [source] = microphone?.receiver.getSynchronizationSources() ?? [];
    const fresh = source && performance.timeOrigin + performance.now() - source.timestamp < 1000;
    let own: number | undefined;
    if (microphone?.sender.track)
      (await microphone.sender.getStats()).forEach((entry: { type: string; audioLevel?: number }) => {
        if (entry.type === 'media-source') own = entry.audioLevel;
      });
    return { other: fresh ? source.audioLevel : undefined, own };
  }

  /** Idempotent. The tracks that were sent stay the caller's. */
  close(): void {
    clearTimeout(this.#timer);
    this.#peer.close();
  }

  get #closed(): boolean {
    return this.#peer.signalingState === 'closed';
  }

  async #offer(): Promise<void> {
    const streams = [new MediaStream(), new MediaStream()];
    for (const source of directSections) {
      const kind = isAudio(source) ? 'audio' : 'video';
      const stream = streams[streamOf(source)];
      const init = { direction: 'sendrecv', streams: stream ? [stream] : [] } as const;
      this.#prefer(this.#peer.addTransceiver(kind, init));
    }
    await this.#peer.setLocalDescription();
    this.#tell('offer');
  }

  async #answer(): Promise<void> {
    const streams = [new MediaStream(), new MediaStream()];
    this.#peer.getTransceivers().forEach((transceiver, index) => {
      transceiver.direction = 'sendrecv';
      const stream = streams[streamOf(directSections[index])];
      // Lips and voice together, where the browser can be told (RTCRtpSender.setStreams).
      if (stream) transceiver.sender.setStreams?.(stream);
      this.#prefer(transceiver);
    });
    await this.#peer.setLocalDescription();
    this.#tell('answer');
  }

  #tell(type: DirectDescription['type']): void {
    const sdp = this.#peer.localDescription?.sdp;
    if (!sdp || this.#closed) return;
    this.#described = true;
    this.#parts.describe({ type, sdp: withoutCandidates(sdp) });
    this.#tellCandidates();
  }

  /** The deployment's codecs in its order; what repairs them stays. Browsers that cannot be told choose themselves. */
  #prefer(transceiver: RTCRtpTransceiver): void {
    if (transceiver.receiver.track.kind !== 'video') return;
    const { videoCodecs } = this.#parts.settings;
    const known = RTCRtpReceiver.getCapabilities?.('video')?.codecs ?? [];
    const rank = ({ mimeType }: RTCRtpCodec) =>
      videoCodecs.findIndex((name) => name.toLowerCase() === mimeType.toLowerCase());
    const chosen = known.filter((codec) => rank(codec) >= 0).sort((a, b) => rank(a) - rank(b));
    const repair = known.filter(({ mimeType }) => /\/(?:rtx|red|ulpfec|flexfec-03)$/i.test(mimeType));
    try {
      if (chosen.length > 0) transceiver.setCodecPreferences?.([...chosen, ...repair]);
    } catch {
      // The browser's own order will do.
    }
  }

  #gathered(candidate: RTCIceCandidate | null): void {
    const { candidate: line = '', sdpMid, usernameFragment } = candidate ?? {};
    // A relay of the deployment leads to its server only.
    if (/ typ relay/.test(line)) return;
    this.#own.push({ candidate: line, mid: sdpMid ?? '0', usernameFragment: usernameFragment ?? '' });
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tellCandidates();
    }, gatherMs);
  }

  /** They follow the description that they belong to. */
  #tellCandidates(): void {
    if (!this.#described || this.#closed) return;
    while (this.#own.length > 0 && this.#sent < limits.directCandidates) {
      const room = Math.min(limits.directCandidatesPerRequest, limits.directCandidates - this.#sent);
      const some = this.#own.splice(0, room);
      this.#sent += some.length;
      this.#parts.candidates(some);
    }
  }

  #transceiver(source: MediaSource): RTCRtpTransceiver | undefined {
    return this.#peer.getTransceivers()[directSections.indexOf(source)];
  }

  #negotiate(step: () => Promise<void>): void {
    this.#negotiation
      .add(() => (this.#closed ? undefined : step()))
      .catch(() => {
        if (!this.#closed) this.#parts.stateChanged('failed');
      });
  }
}

/** One source on its section. The browser allows one change of a sender at a time. */
class Sending {
  readonly #source: MediaSource;
  readonly #sender: RTCRtpSender;
  readonly #work = new Queue();
  #wanted: { track: MediaStreamTrack | null; limit: SendLimit } | undefined;
  #keeps = false;

  constructor(source: MediaSource, sender: RTCRtpSender) {
    this.#source = source;
    this.#sender = sender;
  }

  set(track: MediaStreamTrack | null, limit: SendLimit): void {
    this.#wanted = { track, limit };
    this.#work.add(() => this.#apply()).catch(() => undefined);
  }

  async #apply(): Promise<void> {
    const wanted = this.#wanted;
    if (!wanted) return;
    const track = wanted.track?.readyState === 'live' ? wanted.track : null;
    if (this.#sender.track !== track) await this.#sender.replaceTrack(track);
    if (track && this.#source === 'screen' && !this.#keeps) {
      this.#keeps = true;
      await keepResolution(this.#sender);
    }
    const parameters = this.#sender.getParameters();
    const [encoding] = parameters.encodings;
    if (!encoding) return;
    // A sender without a track still fills the line with padding while the browser probes it.
    const fitted: object = track ? this.#encoding(track, wanted.limit) : { active: false };
    const changed = Object.entries(fitted).some(([name, value]) => encoding[name as never] !== value);
    if (!changed) return;
    Object.assign(encoding, fitted);
    await this.#sender.setParameters(parameters);
  }

  #encoding(track: MediaStreamTrack, limit: SendLimit): Partial<Encoding> {
    if (isAudio(this.#source)) return limitAudio(audioEncoding(this.#source), limit);
    const size = capturedSize(track, this.#source);
    const layers = videoEncodings(this.#source, size, 'video/VP8', false);
    // Nobody else watches: one stream, as large as the one who does shows it.
    const index = Math.min(layers.length, limit.encodings) - 1;
    const { scalabilityMode: _, ...layer } = layers[Math.max(0, index)] ?? { active: true, maxBitrate: 0 };
    return limitSingle(
      { ...layer, active: index >= 0 },
      { ...limit, encodings: Math.min(1, limit.encodings) },
    );
  }
}

/** Camera and microphone belong together, and a screen and its sound. */
function streamOf(source: MediaSource | undefined): 0 | 1 {
  return source === 'screen' || source === 'screen-audio' ? 1 : 0;
}

function isAudio(source: MediaSource): boolean {
  return source === 'microphone' || source === 'screen-audio';
}

/** Those that are known already are told like the others, so that all are checked and counted alike. */
function withoutCandidates(sdp: string): string {
  return sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, '');
}
