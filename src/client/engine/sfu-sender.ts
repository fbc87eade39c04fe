import type { types } from 'mediasoup-client';
import { Queue } from '../../base/queue.ts';
import type { ProducerId } from '../../protocol/messages.ts';
import { toMeetingError } from '../meeting-error.ts';
import { senderStats } from './browser-stats.ts';
import { refitEncodings } from './encodings.ts';
import type { Sender, SenderStats } from './engine.ts';
import { capturedSize } from './send-settings.ts';

/**
 * A paused sender has no track and no active encoding: a merely disabled camera goes on sending black pictures, a
 * disabled microphone silence, and a sender without a track still fills the line with padding while the browser probes it.
 */
export class SfuSender implements Sender {
  readonly #producer: types.Producer;
  /** The browser allows one change of a sender's parameters at a time. */
  readonly #work = new Queue();
  #track: MediaStreamTrack | null;
  #paused = false;

  constructor(producer: types.Producer, track: MediaStreamTrack, paused: boolean) {
    this.#producer = producer;
    this.#track = track;
    if (paused) this.pause();
  }

  get id(): ProducerId {
    return this.#producer.id as ProducerId;
  }

  pause(): void {
    if (this.#paused || this.#producer.closed) return;
    this.#paused = true;
    // Disables the track at once; taking it away may have to wait for the transport's other work.
    this.#producer.pause();
    this.#apply().catch(() => undefined);
  }

  resume(): void {
    if (!this.#paused || this.#producer.closed) return;
    this.#paused = false;
    this.#producer.resume();
    this.#apply().catch(() => undefined);
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.#track = track;
    try {
      if (track?.readyState === 'ended') throw new Error('the track has ended');
      await this.#apply();
    } catch (error) {
      throw toMeetingError(error, track?.readyState === 'ended' ? 'track-ended' : 'media-failed');
    }
  }

  async stats(): Promise<SenderStats> {
    return senderStats(await this.#producer.getStats());
  }

  close(): void {
    this.#producer.close();
  }

  /** What is wanted may change while an earlier change is carried out: each looks for itself. */
  #apply(): Promise<void> {
    return this.#work.add(async () => {
      const track = this.#paused ? null : this.#track;
      await this.#producer.replaceTrack({ track });
      await this.#fitEncodings(track);
    });
  }

  /** None is active without a track; and another camera may deliver another size. */
  async #fitEncodings(track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#producer.rtpSender;
    const parameters = sender?.getParameters();
    if (!sender || !parameters || this.#producer.closed) return;
    const count = parameters.encodings.length;
    const fitted = track && count > 1 ? refitEncodings(count, capturedSize(track, 'camera')) : [];
    parameters.encodings.forEach((encoding, index) => {
      Object.assign(encoding, track === null ? { active: false } : (fitted[index] ?? { active: true }));
    });
    await sender.setParameters(parameters);
  }
}
