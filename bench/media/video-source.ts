import { randomInt } from 'node:crypto';
import type { MediaMeter } from '../measure/media-meter.ts';
import type { Schedule } from '../measure/schedule.ts';
import { stampSize } from '../rtp/stamp.ts';
import {
  vp8DescriptorSize,
  vp8FrameHeaderSize,
  writeVp8Descriptor,
  writeVp8FrameHeader,
} from '../rtp/vp8.ts';
import type { CameraLayer } from './camera-layers.ts';
import type { Footage, FrameContent } from './footage.ts';
import type { OutgoingStream } from './outgoing-stream.ts';

const reportMs = 1000;
/** As libwebrtc: a key frame for everybody who asks within this time is one key frame. */
const keyFrameIntervalMs = 300;
/** Packets leave at 2.5 times the target rate (libwebrtc's pacer), not in one burst per frame. */
const pacingFactor = 2.5;
interface Frame extends FrameContent {
  timestamp: number;
  pictureId: number;
  tl0PictureIndex: number;
  sent: number;
}
interface Layer {
  format: CameraLayer;
  stream: OutgoingStream;
  frames: Frame[];
  nextPacketAt: number;
  pictureId: number;
  tl0PictureIndex: number;
  firstTimestamp: number;
}
export interface VideoSourceParts {
  layers: { format: CameraLayer; stream: OutgoingStream }[];
  framesPerSecond: number;
  footage: Footage;
  schedule: Schedule;
  meter: MediaMeter;
  paused: boolean;
  /** default: all */
  layersWanted?: number;
}

/** A camera with VP8 simulcast: correctly framed, paced, with temporal layers, of the size and rhythm of a real one. */
export class VideoSource {
  readonly #layers: Layer[];
  readonly #meter: MediaMeter;
  readonly #frameMs: number;
  readonly #footage: Footage;
  readonly #stop: () => void;
  readonly #startedAt: number;
  #paused: boolean;
  #layersWanted: number;
  #frame = 0;
  #nextReportAt: number;
  #keyFrameWanted = true;
  #lastKeyFrameAt = Number.NEGATIVE_INFINITY;

  constructor(parts: VideoSourceParts, now: number) {
    this.#meter = parts.meter;
    this.#footage = parts.footage;
    this.#frameMs = 1000 / parts.framesPerSecond;
    this.#paused = parts.paused;
    this.#layersWanted = parts.layersWanted ?? parts.layers.length;
    // A phase of its own: cameras are not synchronised, and all frames at one moment would be an artificial burst.
    this.#startedAt = now + Math.random() * this.#frameMs;
    this.#nextReportAt = this.#startedAt + 300;
    this.#layers = parts.layers.map(({ format, stream }) => ({
      format,
      stream,
      frames: [],
      nextPacketAt: 0,
      pictureId: randomInt(0, 2 ** 15),
      tl0PictureIndex: randomInt(0, 256),
      firstTimestamp: randomInt(0, 2 ** 32),
    }));
    this.#stop = parts.schedule.add(this.#startedAt, (dueNow) => this.#run(dueNow));
  }

  set paused(paused: boolean) {
    if (this.#paused && !paused) this.#keyFrameWanted = true;
    this.#paused = paused;
  }

  /** PLI or FIR: all layers refresh together, as libvpx does. */
  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  /** How many layers are sent, lowest first. One that comes back starts with a key frame, on the same time line. */
  set layersWanted(count: number) {
    if (count > this.#layersWanted) this.#keyFrameWanted = true;
    this.#layersWanted = count;
  }

  close(): void {
    this.#stop();
  }

  #run(now: number): number {
    if (now >= this.#frameDue()) this.#capture(now);
    let next = this.#frameDue();
    for (const layer of this.#layers) {
      while (layer.frames.length > 0 && layer.nextPacketAt <= now) this.#sendPacket(layer);
      if (layer.frames.length > 0) next = Math.min(next, layer.nextPacketAt);
    }
    if (now >= this.#nextReportAt) {
      if (!this.#paused) for (const { stream } of this.#active) stream.report();
      this.#nextReportAt = now + reportMs;
    }
    return next;
  }

  get #active(): Layer[] {
    return this.#layers.slice(0, this.#layersWanted);
  }

  #frameDue(): number {
    return this.#startedAt + this.#frame * this.#frameMs;
  }

  #capture(now: number): void {
    // A harness that was asleep skips frames as an overloaded encoder does; a burst of old ones would be no camera.
    const behind = Math.floor((now - this.#frameDue()) / this.#frameMs);
    if (behind > 3) {
      this.#frame += behind;
      if (!this.#paused) this.#meter.counters.skippedFrames += behind;
    }
    const elapsedMs = this.#frame * this.#frameMs;
    this.#frame += 1;
    if (this.#paused) return;
    const keyFrame = this.#keyFrameWanted && now - this.#lastKeyFrameAt >= keyFrameIntervalMs;
    if (keyFrame) {
      this.#keyFrameWanted = false;
      this.#lastKeyFrameAt = now;
      this.#meter.counters.keyFramesSent += this.#active.length;
    }
    const contents = this.#footage.next(keyFrame);
    for (const [index, layer] of this.#active.entries()) {
      const content = contents[index];
      if (!content) continue;
      layer.pictureId = (layer.pictureId + 1) & 0x7fff;
      if (content.temporalLayer === 0) layer.tl0PictureIndex = (layer.tl0PictureIndex + 1) & 255;
      layer.frames.push({
        ...content,
        timestamp: (layer.firstTimestamp + Math.round(elapsedMs * 90)) >>> 0,
        pictureId: layer.pictureId,
        tl0PictureIndex: layer.tl0PictureIndex,
        sent: 0,
      });
      layer.nextPacketAt = Math.max(layer.nextPacketAt, now);
    }
  }

  #sendPacket(layer: Layer): void {
    const frame = layer.frames[0] as Frame;
    const first = frame.sent === 0;
    const { data, size: frameSize } = frame;
    const extra = vp8DescriptorSize + (data ? 0 : stampSize);
    const octets = Math.min(layer.stream.payloadRoom - extra, frameSize - frame.sent);
    const last = frame.sent + octets >= frameSize;
    const size = extra + (data ? octets : Math.max(octets, vp8FrameHeaderSize(true)));
    layer.stream.send({
      marker: last,
      timestamp: frame.timestamp,
      size,
      decodable: data !== undefined,
      fill: (packet, at) => {
        const payload = writeVp8Descriptor(packet, at, { ...frame, startOfFrame: first });
        if (data) {
          packet.set(data.subarray(frame.sent, frame.sent + octets), payload);
          return;
        }
        if (!first) return;
        const { width, height } = layer.format;
        writeVp8FrameHeader(packet, payload, { keyFrame: frame.keyFrame, width, height, frameSize });
      },
    });
    frame.sent += octets;
    if (last) layer.frames.shift();
    layer.nextPacketAt += (size * 8 * 1000) / (layer.format.bitrate * pacingFactor);
  }
}
