import type { types } from 'mediasoup';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { Queue } from '../../base/queue.ts';
import type { HeldBackReason, ProducerId } from '../../protocol/messages.ts';
import { type DownlinkOrders, type DownlinkState, decide, firstState } from './policy/bitrate.ts';
import {
  type Allocation,
  allocate,
  type Candidate,
  nextPrice,
  priceOf,
  wantedPrice,
} from './policy/layers.ts';
import type { DownlinkSigns } from './policy/line.ts';
import type { Received } from './received.ts';
import type { Wishes } from './wishes.ts';

/** What a downlink has to know of its room. */
export interface Scene {
  /** bit/s that this receiver's started microphones may need on the wire */
  speechBitrate(received: Iterable<Received>): number;
  /** The videos worth sending, in order, and why the visible others are not. */
  candidates(
    videos: readonly Received[],
    wishes: Wishes,
  ): { candidates: Candidate[]; leftOut: Map<Received, HeldBackReason> };
  /** What is sent to somebody has changed. */
  allocationChanged(): void;
}

export interface DownlinkParts {
  transport: types.WebRtcTransport;
  received: () => Iterable<Received>;
  videos: () => Received[];
  scene: Scene;
  wishes: Wishes;
  /** bit/s that a line is taken for until it is known */
  initialBitrate: number;
  heldBackChanged: (videos: { producerId: ProducerId; reason: HeldBackReason }[]) => void;
  clock: Clock;
  log: Log;
}

/** Somebody must be held back this long to be told: a flood is over sooner. */
const tellAfterMs = 1500;
/** After a sign of trouble the line is looked at this often, for so long: averages rise slowly. */
const hurryMs = 100;
const hurryForMs = 1200;
/** Fewer packets say nothing about a share. */
const fewestPackets = 6;
/** Orders that differ by less are not worth a message to the worker, which starts its probing anew with each. */
const sameRate = 0.05;
/** Of a data ceiling: what is being sent may cost a little more than was planned. */
const ceilingShare = 0.87;
/** bit/s; the worker takes no bounds below. */
const leastBound = 30_000;
/** An estimate below its minimum that has not moved for so long is an old one. */
const staleMs = 1000;

/** The way to one receiver: looks at its line, decides, and lets flow what fits. */
export class Downlink {
  readonly #parts: DownlinkParts;
  readonly #work = new Queue();
  #state: DownlinkState;
  #orders: DownlinkOrders;
  #applied = { floor: 0, ceiling: 0 };
  #estimate = { bitrate: 0, since: 0 };
  #toldHeldBack = '';
  #arranging: Promise<void> | undefined;
  #stopTimer: (() => void) | undefined;
  #watched: types.Consumer | undefined;
  #hurryUntil = 0;
  /** What was sent and asked for again of the watched video so far; undefined: not counted yet. */
  #repair: { sent: number; again: number } | undefined;
  #closed = false;
  #resting = false;

  constructor(parts: DownlinkParts) {
    this.#parts = parts;
    const { initialBitrate, transport } = parts;
    this.#state = firstState(performance.now(), initialBitrate);
    this.#orders = {
      limit: initialBitrate,
      floor: 0,
      ceiling: initialBitrate,
      hoped: undefined,
      flush: false,
      lookInMs: 1000,
    };
    const stopWishing = parts.wishes.onChange(() => void this.arrange());
    transport.observer.once('close', () => {
      stopWishing();
      this.#close();
    });
    this.#lookIn(1000);
  }

  /** bit/s; Infinity: none known */
  get limit(): number {
    return this.#state.limit;
  }

  /** How much of what this receiver wants is sent, 0 to 1. */
  get share(): number {
    // Where nothing is scarce there is nothing to reckon.
    if (this.#state.phase.name === 'open') return 1;
    const { candidates, audio } = this.#scene();
    const allocated = audio + priceOf(this.#current(candidates), candidates);
    return allocated / Math.max(1, audio + wantedPrice(candidates));
  }

  /** Nothing is to flow, and there is nothing to learn about the line meanwhile; what is known of it is kept. */
  rest(resting: boolean): void {
    this.#resting = resting;
    if (!resting) this.#lookIn(0);
  }

  /** Lets flow what fits now, without asking the worker anything. However many calls, one waits at a time. Never rejects. */
  arrange(): Promise<void> {
    this.#arranging ??= this.#work
      .add(async () => {
        this.#arranging = undefined;
        // The worker's bounds are of what was sent before.
        if (await this.#arrange(false)) this.#lookIn(0);
      })
      .catch((error: unknown) => this.#failed(error));
    return this.#arranging;
  }

  #failed(error: unknown): void {
    const { transport, log } = this.#parts;
    if (!transport.closed) log.warn({ error: String(error) }, 'sending to a receiver could not be adapted');
  }

  #close(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  #lookIn(delayMs: number): void {
    this.#stopTimer?.();
    if (this.#closed) return;
    this.#stopTimer = this.#parts.clock.after(delayMs, () => {
      this.#work
        .add(() => this.#look())
        .catch((error: unknown) => this.#failed(error))
        .finally(() => this.#lookIn(performance.now() < this.#hurryUntil ? hurryMs : this.#orders.lookInMs));
    });
  }

  async #look(): Promise<void> {
    const { transport, log } = this.#parts;
    if (this.#closed || this.#resting || transport.dtlsState !== 'connected') return;
    if (this.#videos().length === 0) {
      this.#orders = { ...this.#orders, floor: 0, ceiling: 0 };
      return await this.#limit();
    }
    const signs = await this.#signs();
    if (this.#closed || !signs) return;
    const { state, ...orders } = decide(this.#state, signs);
    this.#state = state;
    this.#orders = { ...orders, floor: this.#isStale(signs, orders.floor) ? 0 : orders.floor };
    log.debug({ ...signs, ...orders, phase: state.phase.name }, 'downlink');
    // What must shrink shrinks by our word: layers that the worker takes away by itself it does not give back for ten seconds.
    const shrinks = orders.ceiling < this.#applied.ceiling;
    if (!shrinks) await this.#limit();
    await this.#arrange(orders.flush);
    if (shrinks) await this.#limit();
    await this.#watchRepair();
  }

  async #signs(): Promise<DownlinkSigns | undefined> {
    const { transport, wishes } = this.#parts;
    const [stat] = await transport.getStats();
    if (!stat) return undefined;
    const { candidates, audio } = this.#scene();
    const current = this.#current(candidates);
    const now = performance.now();
    const { report } = wishes;
    const next = nextPrice(current, candidates);
    return {
      now,
      estimate: stat.availableOutgoingBitrate || undefined,
      sent: stat.rtpSendBitrate + stat.rtxSendBitrate + stat.probationSendBitrate,
      loss: stat.rtpPacketLossSent ?? 0,
      askedAgain: await this.#askedAgain(now),
      report: report && {
        at: report.at,
        intervalMs: report.intervalMs,
        received: report.receivedBitrate,
        loss: report.packetsLost / Math.max(20, report.packetsLost + report.packetsReceived),
        roundTripMs: report.roundTripMs,
        jitterBufferMs: report.jitterBufferMs,
        concealed: report.concealed,
      },
      videoFlows: candidates.some(({ id }) => (current.get(id) ?? -1) >= 0),
      audio,
      allocated: audio + priceOf(current, candidates),
      next: next && audio + next,
      wanted: audio + wantedPrice(candidates),
    };
  }

  /**
   * The worker keeps to itself what a new minimum does to its estimate, and tells only what feedback changes afterwards. Held
   * up by the minimum on a line where nothing changes, it would for ever share out the few bits that it last told of: not
   * enough for any video, so that no feedback comes. Without the minimum its next probe moves the estimate.
   */
  #isStale({ estimate = 0, now }: DownlinkSigns, floor: number): boolean {
    if (estimate !== this.#estimate.bitrate) this.#estimate = { bitrate: estimate, since: now };
    return estimate < 0.9 * floor && now - this.#estimate.since >= staleMs;
  }

  /** Tells the worker between which bounds it may estimate. */
  async #limit(): Promise<void> {
    const { transport } = this.#parts;
    const ceiling = Math.max(leastBound, this.#orders.ceiling);
    // 0 is no minimum.
    const floor = this.#orders.floor < leastBound ? 0 : this.#orders.floor;
    if (differs(ceiling, this.#applied.ceiling)) {
      this.#applied.ceiling = ceiling;
      // It refuses a maximum below the minimum.
      if (this.#applied.floor > ceiling) await transport.setMinOutgoingBitrate(0);
      await transport.setMaxOutgoingBitrate(Math.round(ceiling));
    }
    // Of the maximum that it has, which may be a little below the one that was not worth a message.
    const low = Math.min(floor, this.#applied.ceiling);
    if (differs(low, this.#applied.floor)) {
      this.#applied.floor = low;
      await transport.setMinOutgoingBitrate(Math.round(low));
    }
  }

  /** @returns whether more is sent than before */
  async #arrange(flush: boolean): Promise<boolean> {
    if (this.#closed) return false;
    const { wishes, scene } = this.#parts;
    const { candidates, leftOut, audio } = this.#scene();
    const ceiling = wishes.ceiling.audioOnly ? 0 : wishes.ceiling.bitrate || Number.POSITIVE_INFINITY;
    const budget = Math.min(this.#orders.limit, ceiling * ceilingShare) - audio;
    const before = this.#current(candidates);
    // With a flood all take a step at once: who has nothing new would fill the line again.
    const allocation = allocate(budget, candidates);
    const { hoped } = this.#orders;
    const hopes =
      hoped === undefined
        ? allocation
        : allocate(Math.min(hoped, ceiling * ceilingShare) - audio, candidates);
    const videos = new Map(this.#videos().map((video) => [video.consumer.id, video]));
    if (flush) await every([...videos.values()], (video) => video.flush());
    const changes: Promise<void>[] = [];
    const now = performance.now();
    let more = false;
    for (const [id, video] of videos) {
      const rung = rungAt(candidates, allocation, id);
      const hopedFor = rungAt(candidates, hopes, id);
      more ||= hopedFor?.spatialLayer !== video.hopedFor?.spatialLayer;
      video.hopedFor = hopedFor;
      const reason =
        leftOut.get(video) ?? (ceiling <= this.#orders.limit ? 'data-ceiling' : 'slow-connection');
      const visible = candidates.some((candidate) => candidate.id === id) || leftOut.has(video);
      const held = !rung && visible && !video.consumer.producerPaused;
      video.heldBack = held ? { reason, since: video.heldBack?.since ?? now } : undefined;
      changes.push(video.sendVideo(rung));
    }
    await Promise.all(changes.map((change) => change.catch(() => undefined)));
    if (more || [...allocation].some(([id, rung]) => rung !== before.get(id))) scene.allocationChanged();
    this.#tellHeldBack(now);
    return priceOf(allocation, candidates) > priceOf(before, candidates);
  }

  #tellHeldBack(now: number): void {
    const told = this.#videos().flatMap(({ producerId, heldBack }) => {
      if (!heldBack) return [];
      if (heldBack.reason === 'slow-connection' && now - heldBack.since < tellAfterMs) return [];
      return [{ producerId, reason: heldBack.reason }];
    });
    const key = told.map(({ producerId, reason }) => `${producerId} ${reason}`).join();
    if (key === this.#toldHeldBack) return;
    this.#toldHeldBack = key;
    this.#parts.heldBackChanged(told);
  }

  /**
   * The receiver's first request for repair is the first sign of a flood, a second before any average shows it. One video
   * is watched, and only while all is well or more than before is sent: on a line that loses packets all the time there
   * would be no end of them.
   */
  async #watchRepair(): Promise<void> {
    const { phase, randomLoss } = this.#state;
    const calm = randomLoss === 0 && (phase.name === 'open' || phase.name === 'hold');
    const largest =
      calm || phase.name === 'proof'
        ? this.#videos()
            .filter(({ rung }) => rung)
            .sort((a, b) => (b.rung?.bitrate ?? 0) - (a.rung?.bitrate ?? 0))[0]?.consumer
        : undefined;
    const watched = this.#watched;
    if (largest === watched) return;
    this.#watched = largest;
    watched?.removeListener('trace', this.#onTrace);
    if (watched && !watched.closed) await watched.enableTraceEvent([]).catch(() => undefined);
    if (!largest || largest.closed) return;
    largest.on('trace', this.#onTrace);
    await largest.enableTraceEvent(['nack']).catch(() => undefined);
  }

  readonly #onTrace = () => {
    const now = performance.now();
    if (now < this.#hurryUntil) return;
    this.#hurryUntil = now + hurryForMs;
    this.#lookIn(0);
  };

  /** Counted only after a sign of trouble: each count is a message to the worker. */
  async #askedAgain(now: number): Promise<number | undefined> {
    const before = this.#repair;
    this.#repair = undefined;
    if (now >= this.#hurryUntil || !this.#watched || this.#watched.closed) return undefined;
    const stat = (await this.#watched.getStats()).find(({ type }) => type === 'outbound-rtp');
    if (!stat) return undefined;
    const { packetCount, nackPacketCount } = stat;
    const sent = packetCount - (before?.sent ?? packetCount);
    if (before && sent < fewestPackets) {
      this.#repair = before;
      return undefined;
    }
    this.#repair = { sent: packetCount, again: nackPacketCount };
    return before && (nackPacketCount - before.again) / sent;
  }

  #videos(): Received[] {
    return this.#parts.videos().filter(({ started }) => started);
  }

  #scene() {
    const { scene, wishes, received } = this.#parts;
    if (this.#resting) return { candidates: [], leftOut: new Map<Received, HeldBackReason>(), audio: 0 };
    return { ...scene.candidates(this.#videos(), wishes), audio: scene.speechBitrate(received()) };
  }

  #current(candidates: readonly Candidate[]): Allocation {
    return new Map(candidates.map(({ id, current }) => [id, current]));
  }
}

function rungAt(candidates: readonly Candidate[], allocation: Allocation, id: string) {
  return candidates.find((candidate) => candidate.id === id)?.rungs[allocation.get(id) ?? -1];
}

async function every<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map((item) => act(item).catch(() => undefined)));
}

function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > sameRate * Math.max(a, b);
}
