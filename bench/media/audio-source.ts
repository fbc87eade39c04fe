import { randomInt } from 'node:crypto';
import type { Schedule } from '../measure/schedule.ts';
import type { OutgoingStream } from './outgoing-stream.ts';

const frameMs = 20;
const samplesPerFrame = 960;
/** With DTX Opus sends one comfort noise packet in 400 ms of silence (RFC 6716 section 2.1.9). */
const silenceMs = 400;
const reportMs = 2000;
/** Table of contents: hybrid fullband, 20 ms, mono, one frame (RFC 6716 section 3.1). Alone it is a frame without sound. */
const contents = 15 << 3;
const silence = Uint8Array.of(contents);

export interface AudioSourceParts {
  stream: OutgoingStream;
  schedule: Schedule;
  /** Asked for each frame: does the person speak at this moment (ms on the machine clock)? */
  speaks: (now: number) => boolean;
  paused: boolean;
  /** Opus frames of 20 ms that can be decoded, played in a loop; undefined: frames of their size. */
  recorded?: { audio: readonly Uint8Array[]; thinAudio: readonly Uint8Array[] } | undefined;
  /** as AudioSource.thin */
  thin: boolean;
}

/**
 * A microphone with Opus: 20 ms frames of 60 to 100 octets (32 kbit/s; thin: 20) while somebody speaks, DTX else.
 */
export class AudioSource {
  readonly #stream: OutgoingStream;
  readonly #speaks: (now: number) => boolean;
  readonly #recorded: AudioSourceParts['recorded'];
  readonly #stop: () => void;
  readonly #firstTimestamp = randomInt(0, 2 ** 31);
  readonly #startedAt: number;
  #wasSpeaking = false;
  #nextReportAt: number;
  paused: boolean;
  /** 20 instead of 32 kbit/s: somebody who listens has a thin line. */
  thin: boolean;

  constructor(parts: AudioSourceParts, now: number) {
    this.#stream = parts.stream;
    this.#speaks = parts.speaks;
    this.#recorded = parts.recorded;
    this.paused = parts.paused;
    this.thin = parts.thin;
    this.#startedAt = now + Math.random() * frameMs;
    this.#nextReportAt = this.#startedAt + 500;
    this.#stop = parts.schedule.add(this.#startedAt, (dueNow) => this.#run(dueNow));
  }

  close(): void {
    this.#stop();
  }

  #run(now: number): number {
    // Counted in frames from the start, so that neither timestamps nor the rate drift with timers.
    const frame = Math.floor((now - this.#startedAt) / frameMs);
    const speaking = !this.paused && this.#speaks(now);
    if (!this.paused) {
      const loop = this.thin ? this.#recorded?.thinAudio : this.#recorded?.audio;
      const recorded = loop?.[frame % loop.length];
      const data = speaking || !recorded ? recorded : silence;
      const size = data?.length ?? (speaking ? this.#speechSize() : 13);
      this.#stream.send({
        marker: speaking && !this.#wasSpeaking,
        timestamp: (this.#firstTimestamp + frame * samplesPerFrame) >>> 0,
        size,
        decodable: data !== undefined,
        audioLevel: speaking ? 0x80 | (20 + Math.floor(Math.random() * 15)) : 127,
        fill: (packet, at) => {
          if (data) packet.set(data, at);
          else packet[at] = contents;
        },
      });
      this.#wasSpeaking = speaking;
      if (now >= this.#nextReportAt) {
        this.#stream.report();
        this.#nextReportAt = now + reportMs;
      }
    }
    return speaking ? this.#startedAt + (frame + 1) * frameMs : this.#nextAfterSilence(now, frame);
  }

  #speechSize(): number {
    return (this.thin ? 38 : 60) + Math.floor(Math.random() * (this.thin ? 25 : 41));
  }

  /** The next frame with speech, or the next comfort noise. */
  #nextAfterSilence(now: number, frame: number): number {
    for (let later = 1; later * frameMs < silenceMs; later++) {
      const at = this.#startedAt + (frame + later) * frameMs;
      if (!this.paused && this.#speaks(Math.max(at, now))) return at;
    }
    return this.#startedAt + (frame + silenceMs / frameMs) * frameMs;
  }
}
