import { joinMeeting, type Meeting, MeetingError, type ProducerId } from '../src/client/index.ts';
import type { ClientPlan, ClientReport } from './client-plan.ts';
import { LoadEngine } from './engines/load-engine.ts';
import { LoadTrack } from './engines/load-track.ts';
import { machineNow } from './measure/machine-clock.ts';
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
  #report: ClientReport;
  #startedAt = 0;
  /** ms on the machine clock: since then signalling is possible again. */
  #cutUntil = 0;
  #meeting: Meeting | undefined;
  #leaving = false;

  constructor(plan: ClientPlan, parts: LoadClientParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#sockets = new MeteredWebSockets(parts.meter);
    this.#report = { index: plan.index, state: 'waiting' };
  }

  /** Never rejects: what fails is reported. */
  async join(): Promise<void> {
    this.#startedAt = machineNow();
    this.#set({ state: 'joining' });
    try {
      const meeting = await this.#join();
      if (this.#leaving) return await meeting.leave();
      this.#meeting = meeting;
      this.#set({ state: 'joined', joinMs: this.#elapsed() });
      this.#watch(meeting);
      await Promise.all([this.#publish(meeting), this.#fillTiles(meeting)]);
      this.#checkReady();
    } catch (error) {
      this.#fail(describe(error));
    }
  }

  async leave(): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    await this.#meeting?.leave();
    if (this.#report.state !== 'failed') this.#set({ state: 'left' });
  }

  /** Its signalling breaks, and cannot be made anew before. @param until ms on the machine clock */
  cut(until: number): void {
    if (!this.#meeting || this.#report.state === 'failed') return;
    this.#cutUntil = until;
    const { resumedMs: _earlier, ...report } = this.#report;
    this.#report = report;
    this.#set({ state: 'interrupted' });
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
          onFirstPacket: (_kind, now) => this.#firstPacket(now),
          onFirstFrame: (now) => this.#firstFrame(now),
          onTransportState: (direction, state) => {
            if (state === 'failed') this.#fail(`the ${direction} transport failed`);
          },
        }),
    });
  }

  #watch(meeting: Meeting): void {
    meeting.on('producer-added', ({ producer }) => {
      if (producer.kind === 'video')
        this.#fillTiles(meeting).catch((error: unknown) => this.#fail(describe(error)));
    });
    meeting.on('producer-removed', ({ producer }) => {
      if (this.#shown.delete(producer.id)) {
        this.#fillTiles(meeting).catch((error: unknown) => this.#fail(describe(error)));
      }
    });
    meeting.on('connection', ({ state }) => {
      if (state === 'connected' && this.#report.state === 'interrupted')
        this.#set({ state: 'ready', resumedMs: machineNow() - this.#cutUntil });
    });
    meeting.on('media', ({ state, error }) => {
      if (state === 'failed') this.#fail(error ? describe(error) : 'the media connection failed');
    });
    meeting.on('problem', ({ error }) => this.#fail(describe(error)));
    meeting.on('ended', ({ reason }) => {
      if (!this.#leaving) this.#fail(`ended: ${reason}`);
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
    this.#set({ publishedMs: this.#elapsed() });
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

  #firstPacket(now: number): void {
    if (this.#report.firstPacketMs !== undefined) return;
    this.#set({ firstPacketMs: now - this.#startedAt });
    this.#checkReady();
  }

  #firstFrame(now: number): void {
    if (this.#report.firstFrameMs !== undefined) return;
    this.#set({ firstFrameMs: now - this.#startedAt });
    this.#checkReady();
  }

  #checkReady(): void {
    const { state, firstPacketMs, firstFrameMs, publishedMs } = this.#report;
    const { expects, microphone, camera } = this.#plan;
    if (state !== 'joined') return;
    if ((microphone || camera) && publishedMs === undefined) return;
    if ((expects.audio || expects.video) && firstPacketMs === undefined) return;
    if (expects.video && firstFrameMs === undefined) return;
    this.#set({ state: 'ready' });
  }

  #fail(reason: string): void {
    if (this.#leaving || this.#report.state === 'failed') return;
    this.#set({ state: 'failed', reason });
  }

  #set(change: Partial<ClientReport>): void {
    this.#report = { ...this.#report, ...change };
    this.#parts.report(this.#report);
  }

  #elapsed(): number {
    return machineNow() - this.#startedAt;
  }
}

function describe(error: unknown): string {
  if (error instanceof MeetingError) return error.detail ? `${error.code}: ${error.detail}` : error.code;
  return error instanceof Error ? error.message : String(error);
}
