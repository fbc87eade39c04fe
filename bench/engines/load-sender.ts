import { MeetingError, type Sender, type SenderStats, type SendLimit } from '../../src/client/index.ts';
import type { RtpCapabilities, RtpEncodingParameters, RtpParameters } from '../../src/protocol/media.ts';
import type { ProducerId } from '../../src/protocol/messages.ts';
import { machineNow } from '../measure/machine-clock.ts';
import type { MediaMeter } from '../measure/media-meter.ts';
import type { Schedule } from '../measure/schedule.ts';
import { AudioSource } from '../media/audio-source.ts';
import { cameraLayers } from '../media/camera-layers.ts';
import { EmptyFootage, RecordedFootage } from '../media/footage.ts';
import { OutgoingStream } from '../media/outgoing-stream.ts';
import type { PacketLink } from '../media/packet-link.ts';
import type { SendingEnd } from '../media/sending-end.ts';
import { VideoSource } from '../media/video-source.ts';
import { extensionIds } from '../rtp/rtp-packet.ts';
import { loadCodec, sendingExtensions } from './load-capabilities.ts';
import { LoadTrack } from './load-track.ts';

export interface LoadSenderParts {
  router: RtpCapabilities;
  mid: string;
  cname: string;
  link: PacketLink;
  end: SendingEnd;
  meter: MediaMeter;
  schedule: Schedule;
}

/** libwebrtc's packets: 1,200 octets with SRTP's trailer, whatever the codec. */
const videoPacketSize = 1184;
const audioPacketSize = 200;
/** About a second of the largest layer, as browsers keep. */
const videoHistory = 256;
const audioHistory = 64;
/** bit/s: from here down a microphone is encoded for thin lines. */
const thinSpeech = 24_000;

type Source = AudioSource | VideoSource;

/** One published track: its streams, what it tells the server about them, and the source that fills them. */
export class LoadSender implements Sender {
  readonly rtpParameters: RtpParameters;
  readonly #parts: LoadSenderParts;
  readonly #streams: OutgoingStream[];
  #track: LoadTrack | null;
  #source: Source | undefined;
  #running = false;
  #paused: boolean;
  #encodings = Number.POSITIVE_INFINITY;
  #thin = false;
  #id: ProducerId | undefined;

  /** @throws MeetingError `publish-unsupported` */
  constructor(track: MediaStreamTrack, paused: boolean, parts: LoadSenderParts) {
    if (!(track instanceof LoadTrack) || 'received' in track.content) {
      throw new MeetingError('publish-unsupported', 'a load client sends load tracks only');
    }
    this.#track = track;
    this.#paused = paused;
    this.#parts = parts;
    const { streams, rtpParameters } = describe(track, parts);
    this.#streams = streams;
    this.rtpParameters = rtpParameters;
    for (const stream of streams) parts.end.add(stream, () => this.#requestKeyFrame());
  }

  get id(): ProducerId {
    if (this.#id === undefined) throw new MeetingError('closed', 'not published yet');
    return this.#id;
  }

  /** The server knows the producer. */
  published(id: ProducerId): void {
    this.#id = id;
  }

  /** The connection carries packets. */
  start(): void {
    this.#running = true;
    this.#fill();
  }

  pause(): void {
    this.#paused = true;
    if (this.#source) this.#source.paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#source) this.#source.paused = false;
  }

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (track !== null && (!(track instanceof LoadTrack) || track.kind !== this.#track?.kind)) {
      return Promise.reject(new MeetingError('publish-unsupported', 'a load client sends load tracks only'));
    }
    this.#track = track;
    this.#source?.close();
    this.#source = undefined;
    if (this.#running) this.#fill();
    return Promise.resolve();
  }

  /** Layers come and go as asked, and speech becomes thin; the rate of the layers is what the load is made of, and stays. */
  limit({ encodings, maxBitrate }: SendLimit): void {
    this.#encodings = encodings;
    this.#thin = maxBitrate <= thinSpeech;
    if (this.#source instanceof AudioSource) this.#source.thin = this.#thin;
    if (this.#source instanceof VideoSource) this.#source.layersWanted = encodings;
  }

  stats(): Promise<SenderStats> {
    const { end } = this.#parts;
    const codec = this.rtpParameters.codecs[0]?.mimeType;
    return Promise.resolve({
      ...(codec === undefined ? {} : { codec }),
      layers: this.#streams.map((stream, index) => {
        const rid = this.rtpParameters.encodings[index]?.rid;
        return {
          ...(rid === undefined ? {} : { rid }),
          active: !this.#paused && index < this.#encodings,
          bytesSent: stream.octetsSent,
          packetsSent: stream.packetsSent,
          packetsLost: Math.round(end.lossOf(stream) * stream.packetsSent),
          ...(end.roundTripMs === undefined ? {} : { roundTripMs: end.roundTripMs }),
        };
      }),
    });
  }

  close(): void {
    this.#running = false;
    this.#source?.close();
    this.#source = undefined;
    for (const stream of this.#streams) this.#parts.end.remove(stream);
  }

  #requestKeyFrame(): void {
    if (this.#source instanceof VideoSource) this.#source.requestKeyFrame();
  }

  #fill(): void {
    const content = this.#track?.content;
    const [first] = this.#streams;
    if (!content || !first || 'received' in content) return;
    const { schedule, meter } = this.#parts;
    const { recording } = content;
    const paused = this.#paused;
    const now = machineNow();
    if (content.kind === 'audio') {
      const { speaks } = content;
      this.#source = new AudioSource(
        { stream: first, schedule, speaks, paused, recorded: recording, thin: this.#thin },
        now,
      );
      return;
    }
    const { framesPerSecond } = content.format;
    const formats = cameraLayers(content.format);
    const layers = formats.flatMap((format, index) => {
      const stream = this.#streams[index];
      return stream ? [{ format, stream }] : [];
    });
    const footage = recording ? new RecordedFootage(recording) : new EmptyFootage(formats, framesPerSecond);
    this.#source = new VideoSource(
      { layers, framesPerSecond, footage, schedule, meter, paused, layersWanted: this.#encodings },
      now,
    );
  }
}

function describe(
  track: LoadTrack,
  parts: LoadSenderParts,
): { streams: OutgoingStream[]; rtpParameters: RtpParameters } {
  const { codec, rtx } = loadCodec(parts.router, track.kind);
  const headerExtensions = sendingExtensions(parts.router, track.kind);
  const video =
    track.content.kind === 'video' && 'format' in track.content
      ? cameraLayers(track.content.format)
      : undefined;
  const streamParts = {
    link: parts.link,
    meter: parts.meter,
    payloadType: codec.preferredPayloadType,
    clockRate: codec.clockRate,
    extensions: extensionIds(headerExtensions),
    mid: parts.mid,
    cname: parts.cname,
    packetSize: video ? videoPacketSize : audioPacketSize,
    history: video ? videoHistory : audioHistory,
    ...(rtx ? { rtxPayloadType: rtx.preferredPayloadType } : {}),
  };
  const simulcast = video !== undefined && video.length > 1;
  const streams = (video ?? [undefined]).map(
    (_, index) => new OutgoingStream(simulcast ? { ...streamParts, rid: `r${index}` } : streamParts),
  );
  const encodings: RtpEncodingParameters[] = streams.map((stream, index) => {
    const layer = video?.[index];
    const rtxEncoding = rtx ? { rtx: { ssrc: stream.rtxSsrc } } : {};
    if (!layer) return { ssrc: stream.ssrc, ...rtxEncoding, dtx: true };
    const { maxBitrate, scaleResolutionDownBy, scalabilityMode } = layer;
    const picture = { maxBitrate, scaleResolutionDownBy, scalabilityMode };
    // Browsers name simulcast streams by rid and leave the SSRCs to be learnt from the packets.
    return simulcast ? { rid: `r${index}`, ...picture } : { ssrc: stream.ssrc, ...rtxEncoding, ...picture };
  });
  const { kind: _kind, preferredPayloadType: payloadType, ...rest } = codec;
  const codecs = [{ ...rest, payloadType }];
  if (rtx) {
    const { kind: _rtxKind, preferredPayloadType: rtxPayloadType, ...rtxRest } = rtx;
    codecs.push({ ...rtxRest, payloadType: rtxPayloadType });
  }
  return {
    streams,
    rtpParameters: {
      mid: parts.mid,
      codecs,
      headerExtensions,
      encodings,
      rtcp: { cname: parts.cname, reducedSize: true },
    },
  };
}
