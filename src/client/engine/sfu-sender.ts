import type { types } from 'mediasoup-client';
import { Queue } from '../../base/queue.ts';
import type { ProducerId } from '../../protocol/messages.ts';
import { toMeetingError } from '../meeting-error.ts';
import { senderStats } from './browser-stats.ts';
import { refitEncodings } from './encodings.ts';
import type { Sender, SenderStats, SendLimit } from './engine.ts';
import { type LimitedEncoding, limitAudio, limitVideo, noLimit, sameLimit } from './send-limit.ts';
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
  #limit = noLimit;
  /** As they were when the sender was made: what a limit is taken from. */
  #configured: RTCRtpEncodingParameters[] | undefined;

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

  limit(limit: SendLimit): void {
    if (sameLimit(limit, this.#limit) || this.#producer.closed) return;
    this.#limit = limit;
    this.#apply().catch(() => undefined);
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
      // The same one is nothing to do, but would wait for the transport's other work.
      if (track !== this.#producer.track) await this.#producer.replaceTrack({ track });
      await this.#fitEncodings(track);
    });
  }

  /** None is active without a track; another camera may deliver another size; and no more than the limit. */
  async #fitEncodings(track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#producer.rtpSender;
    const parameters = sender?.getParameters();
    if (!sender || !parameters || this.#producer.closed) return;
    this.#configured ??= parameters.encodings.map((encoding) => ({ ...encoding }));
    const wanted = track === null ? undefined : this.#wantedEncodings(track);
    let changed = false;
    parameters.encodings.forEach((encoding, index) => {
      const fitted: object = wanted?.[index] ?? { active: false };
      changed ||= Object.entries(fitted).some(([name, value]) => encoding[name as never] !== value);
      Object.assign(encoding, fitted);
    });
    // For the browser every change may mean a new encoder and a key frame.
    if (changed) await sender.setParameters(parameters);
  }

  #wantedEncodings(track: MediaStreamTrack): LimitedEncoding[] {
    const configured = (this.#configured ?? []).map(
      ({ maxBitrate = Number.POSITIVE_INFINITY, ...encoding }): LimitedEncoding => ({
        ...choosable(encoding),
        active: true,
        maxBitrate,
      }),
    );
    if (this.#producer.kind === 'audio') return configured.map((one) => limitAudio(one, this.#limit));
    const { length } = configured;
    const fitted = length > 1 ? refitEncodings(length, capturedSize(track, 'camera')) : configured;
    return limitVideo(fitted, this.#limit);
  }
}

function choosable(encoding: RTCRtpEncodingParameters): Partial<LimitedEncoding> {
  const { scaleResolutionDownBy, scalabilityMode } = encoding as LimitedEncoding;
  return {
    ...(scaleResolutionDownBy === undefined ? {} : { scaleResolutionDownBy }),
    ...(scalabilityMode === undefined ? {} : { scalabilityMode }),
  };
}
