import { joinMeeting, type Meeting, MeetingError, type ProducerId } from '../src/client/index.ts';
import type { ClientPlan, ClientReport } from './client-plan.ts';
import { ClientProgress } from './client-progress.ts';
import { LoadEngine } from './engines/load-engine.ts';
import { LoadTrack } from './engines/load-track.ts';
import type { MediaMeter } from './measure/media-meter.ts';
import type { Schedule } from './measure/schedule.ts';
import { speech } from './media/speech.ts';
import { MeteredWebSockets } from './metered-web-socket.ts';
import type { Recording } from './recording/recording.ts';

export interface LoadClientParts {
  meter: MediaMeter;
  schedule: Schedule;
  /** Reads the file once for all clients. */
  recording: (file: string) => Promise<Recording>;
  /** Told at every change. */
  report: (report: ClientReport) => void;
}

/** One participant: the product's own client, with an engine that moves packets instead of pictures. */
export class LoadClient {
  readonly #plan: ClientPlan;
  readonly #parts: LoadClientParts;
  readonly #shown = new Set<ProducerId>();
  readonly #sockets: MeteredWebSockets;
  readonly #progress: ClientProgress;
  /** ms on the machine clock: since then signalling is possible again. */
  #cutUntil = 0;
  #meeting: Meeting | undefined;

  constructor(plan: ClientPlan, parts: LoadClientParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#sockets = new MeteredWebSockets(parts.meter);
    this.#progress = new ClientProgress(plan, parts.report);
  }

  /** Never rejects: what fails is reported. */
  async join(): Promise<void> {
    this.#progress.begin();
    try {
      const meeting = await this.#join();
      if (this.#progress.leaving) return await meeting.leave();
      this.#meeting = meeting;
      this.#progress.joined();
      this.#watch(meeting);
      await Promise.all([this.#publish(meeting), this.#fillTiles(meeting)]);
      this.#progress.check();
    } catch (error) {
      this.#progress.fail(describe(error));
    }
  }

  async leave(): Promise<void> {
    if (!this.#progress.leave()) return;
    await this.#meeting?.leave();
    this.#progress.left();
  }

  /** Its signalling breaks, and cannot be made anew before. @param until ms on the machine clock */
  cut(until: number): void {
    if (!this.#meeting || this.#progress.failed) return;
    this.#cutUntil = until;
    this.#progress.interrupted();
    this.#sockets.cut(until);
  }

  #join(): Promise<Meeting> {
    const { meter, schedule } = this.#parts;
    const { url, token, displayName } = this.#plan;
    return joinMeeting({
      url,
      token,
      displayName,
      client: 'plenum-bench',
      autoSubscribe: 'audio',
      webSocket: this.#sockets.open,
      engine: () =>
        new LoadEngine({
          name: displayName,
          relayed: this.#plan.relayed ?? false,
          meter,
          schedule,
          onFirstPacket: (_kind, now) => this.#progress.firstPacket(now),
          onFirstFrame: (now) => this.#progress.firstFrame(now),
          onTransportState: (direction, state) => {
            if (state === 'failed') this.#progress.fail(`the ${direction} transport failed`);
          },
        }),
    });
  }

  #watch(meeting: Meeting): void {
    meeting.on('producer-added', ({ producer }) => {
      if (producer.kind === 'video')
        this.#fillTiles(meeting).catch((error: unknown) => this.#progress.fail(describe(error)));
    });
    meeting.on('producer-removed', ({ producer }) => {
      if (this.#shown.delete(producer.id)) {
        this.#fillTiles(meeting).catch((error: unknown) => this.#progress.fail(describe(error)));
      }
    });
    meeting.on('connection', ({ state }) => {
      if (state === 'connected') this.#progress.resumed(this.#cutUntil);
    });
    meeting.on('media', ({ state, error }) => {
      if (state === 'failed') this.#progress.fail(error ? describe(error) : 'the media connection failed');
    });
    meeting.on('problem', ({ error }) => this.#progress.fail(describe(error)));
    meeting.on('ended', ({ reason }) => {
      this.#progress.fail(`ended: ${reason}`);
    });
  }

  async #publish(meeting: Meeting): Promise<void> {
    const { microphone, camera, recording: file } = this.#plan;
    const recording = file === undefined ? undefined : await this.#parts.recording(file);
    const publishing: Promise<unknown>[] = [];
    if (microphone) {
      const track = new LoadTrack({ kind: 'audio', speaks: speech(microphone), recording });
      publishing.push(meeting.publish('microphone', track));
    }
    if (camera) {
      const track = new LoadTrack({ kind: 'video', format: camera, recording });
      publishing.push(meeting.publish('camera', track));
    }
    if (publishing.length === 0) return;
    await Promise.all(publishing);
    this.#progress.published();
  }

  /** Shows cameras in the order in which they came, as a page of tiles does. */
  async #fillTiles(meeting: Meeting): Promise<void> {
    const added: ProducerId[] = [];
    for (const participant of meeting.participants.values()) {
      for (const producer of participant.producers.values()) {
        if (this.#shown.size >= this.#plan.tiles) break;
        if (producer.kind !== 'video' || this.#shown.has(producer.id)) continue;
        this.#shown.add(producer.id);
        added.push(producer.id);
      }
    }
    if (added.length === 0) return;
    this.#tellViews(meeting);
    await meeting.subscribe(added);
  }

  #tellViews(meeting: Meeting): void {
    const { tileHeight: height } = this.#plan;
    if (height === undefined) return;
    const width = Math.round((height * 16) / 9);
    meeting.setViews([...this.#shown].map((producerId) => ({ producerId, width, height, pinned: false })));
  }
}

function describe(error: unknown): string {
  if (error instanceof MeetingError) return error.detail ? `${error.code}: ${error.detail}` : error.code;
  return error instanceof Error ? error.message : String(error);
}
