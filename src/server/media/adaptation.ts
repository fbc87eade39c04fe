import type { types } from 'mediasoup';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { HeldBackReason, ProducerId, Voices as VoicePlaces } from '../../protocol/messages.ts';
import { Downlink, type Scene } from './downlink.ts';
import type { Endpoint } from './endpoint.ts';
import { type EncodingsState, encodingsWanted } from './policy/encodings-wanted.ts';
import type { Candidate } from './policy/layers.ts';
import { type Quality, qualityOf } from './policy/quality.ts';
import { highestLayer, rungsOf } from './policy/rungs.ts';
import { ProducerRates } from './producer-rates.ts';
import type { Received } from './received.ts';
import type { MediaSettings } from './settings.ts';
import { Voices } from './voices.ts';
import type { Wishes } from './wishes.ts';

interface AdaptationEvents {
  /** Tell the publisher. */
  encodingsWanted: { endpoint: Endpoint; producerId: ProducerId; encodings: number; maxBitrate: number };
  /** Tell the receiver; the whole list. */
  heldBack: { endpoint: Endpoint; videos: { producerId: ProducerId; reason: HeldBackReason }[] };
  /** Who is to be received changed: tell everybody. */
  voices: VoicePlaces;
  /** Tell everybody, or somebody who came in. */
  quality: { changes: { endpoint: Endpoint; quality: Quality }[]; to?: Endpoint };
}

export interface AdaptationParts {
  settings: MediaSettings;
  endpoints: () => readonly Endpoint[];
  ownerOf: (producerId: ProducerId) => Endpoint | undefined;
  clock: Clock;
  log: Log;
}

interface Told extends EncodingsState {
  maxBitrate: number;
}

const tickMs = 1000;
/** Many lines change at the same time, and each look at all of a room's encodings costs its square. */
const gatherMs = 50;
const arrangedAtOnce = 20;
/** bit/s on the wire: Opus at 40 kbit/s in packets of 20 ms, with every header; and somebody silent, with DTX. */
const voiceBitrate = 60_000;
const thinVoiceBitrate = 42_000;
const silenceBitrate = 3000;
const screenAudioBitrate = 150_000;
/** Speech that still sounds well on a line that carries little else: Opus, bit/s. */
const thinSpeech = 20_000;
/** bit/s: below this a line carries speech and not much more. */
const thinLine = 130_000;
/** With thin speech more fits: a line must be as wide as this before speech may take more again. */
const noLongerThin = 220_000;
const thinHoldMs = 15_000;
const speakersRemembered = 8;

/** What a room sends to whom: knows what is shown, who speaks and what layers cost, and lets each downlink decide for its line. */
export class Adaptation implements Scene {
  readonly events: Emitter<AdaptationEvents>;
  readonly #voices: Voices;
  readonly #parts: AdaptationParts;
  readonly #downlinks = new Map<Endpoint, Downlink>();
  readonly #rates = new Map<ProducerId, ProducerRates>();
  readonly #told = new Map<ProducerId, Told>();
  readonly #qualities = new Map<Endpoint, Quality>();
  readonly #newcomers = new Set<Endpoint>();
  /** Who gets everything directly from the other: nothing is sent, and the line to them tells nothing. */
  readonly #resting = new Set<Endpoint>();
  readonly #stopTicking: () => void;
  #stopGathering: (() => void) | undefined;
  #stopArranging: (() => void) | undefined;
  /** Who has held the floor, the last first. */
  #speakers: Endpoint[] = [];
  #thinUntil = 0;
  #ticks = 0;

  constructor(parts: AdaptationParts) {
    this.#parts = parts;
    this.events = new Emitter((error) => parts.log.error({ error }, 'listener failed'));
    this.#voices = new Voices({
      settings: parts.settings.adaptation,
      endpoints: parts.endpoints,
      isResting: (endpoint) => this.#resting.has(endpoint),
      placesChanged: (places) => this.events.emit('voices', places),
      clock: parts.clock,
    });
    this.#stopTicking = parts.clock.every(tickMs, () => void this.#tick());
  }

  /** A new way to this endpoint's receiver; replaces the one before. */
  open(endpoint: Endpoint, transport: types.WebRtcTransport): void {
    const { settings, clock } = this.#parts;
    const downlink = new Downlink({
      transport,
      received: () => endpoint.received,
      videos: () => endpoint.videos,
      scene: this,
      wishes: endpoint.wishes,
      initialBitrate: settings.initialOutgoingBitrate,
      heldBackChanged: (videos) => this.events.emit('heldBack', { endpoint, videos }),
      clock,
      log: endpoint.log,
    });
    if (this.#resting.has(endpoint)) downlink.rest(true);
    this.#downlinks.set(endpoint, downlink);
    this.#newcomers.add(endpoint);
  }

  /** Sends this receiver nothing for now, without giving anything up; or goes on as it was. */
  rest(endpoint: Endpoint, resting: boolean): void {
    if (this.#resting.has(endpoint) === resting) return;
    if (resting) this.#resting.add(endpoint);
    else this.#resting.delete(endpoint);
    // What arrives directly says nothing about the line to the server, nor the other way round.
    endpoint.wishes.forgetReport();
    this.#voices.send(endpoint);
    const downlink = this.#downlinks.get(endpoint);
    downlink?.rest(resting);
    void downlink?.arrange();
  }

  forget(endpoint: Endpoint): void {
    this.#resting.delete(endpoint);
    this.#downlinks.delete(endpoint);
    this.#voices.forget(endpoint);
    this.#qualities.delete(endpoint);
    this.#newcomers.delete(endpoint);
    this.#speakers = this.#speakers.filter((speaker) => speaker !== endpoint);
  }

  producerClosed(producerId: ProducerId): void {
    this.#rates.delete(producerId);
    this.#told.delete(producerId);
  }

  downlinkOf(endpoint: Endpoint): Downlink | undefined {
    return this.#downlinks.get(endpoint);
  }

  /** Consumers were started. Resolves when they flow, if they are to. */
  async started(endpoint: Endpoint): Promise<void> {
    await this.#voices.started(endpoint);
    await this.#downlinks.get(endpoint)?.arrange();
  }

  /** @param levels microphones, loudest first; empty: silence */
  speakersChanged(
    levels: readonly { producerId: ProducerId; volume: number }[],
    dominant: ProducerId | undefined,
  ): void {
    this.#voices.listen(levels);
    const speaker = dominant && this.#parts.ownerOf(dominant);
    if (!speaker || speaker === this.#speakers[0]) return;
    this.#speakers = [speaker, ...this.#speakers.filter((one) => one !== speaker)].slice(
      0,
      speakersRemembered,
    );
    this.#arrangeAll();
  }

  /** In slices: a large room's lines are work for more than a moment, and others wait meanwhile. */
  #arrangeAll(): void {
    this.#stopArranging?.();
    const downlinks = [...this.#downlinks.values()];
    const next = () => {
      for (const downlink of downlinks.splice(0, arrangedAtOnce)) void downlink.arrange();
      this.#stopArranging = downlinks.length > 0 ? this.#parts.clock.after(0, next) : undefined;
    };
    next();
  }

  /** One was published, muted, unmuted or taken away. */
  microphonesChanged(): void {
    this.#voices.changed();
  }

  /** Which microphones are worth receiving. */
  get voices(): VoicePlaces {
    return this.#voices.places;
  }

  speechBitrate(received: Iterable<Received>): number {
    const now = performance.now();
    const voice = now < this.#thinUntil ? thinVoiceBitrate : voiceBitrate;
    let [sum, microphones] = [0, 0];
    for (const { isVideo, started, source, consumer } of received) {
      if (isVideo || !started || consumer.paused || consumer.producerPaused) continue;
      if (source === 'screen-audio') sum += screenAudioBitrate;
      else microphones += 1;
    }
    // Somebody is always about to speak.
    const speaking = Math.min(microphones, Math.max(1, this.#voices.heard(now)));
    return sum + speaking * voice + (microphones - speaking) * silenceBitrate;
  }

  candidates(
    videos: readonly Received[],
    wishes: Wishes,
  ): { candidates: Candidate[]; leftOut: Map<Received, HeldBackReason> } {
    const visible = videos
      .filter(({ producerId, consumer }) => !consumer.producerPaused && isVisible(wishes, producerId))
      .map((video) => ({ video, view: wishes.views?.get(video.producerId), turn: this.#turnOf(video) }));
    // The floor first, then who had it last, then by size; a Map's order, which is the client's, decides the rest.
    const area = (view: { width: number; height: number } | undefined) =>
      view ? view.width * view.height : Number.MAX_SAFE_INTEGER;
    visible.sort(
      (a, b) =>
        Number(b.video.source === 'screen') - Number(a.video.source === 'screen') ||
        Number(b.view?.pinned ?? false) - Number(a.view?.pinned ?? false) ||
        a.turn - b.turn ||
        area(b.view) - area(a.view),
    );
    const { shownVideos } = this.#parts.settings.adaptation;
    const candidates = visible.slice(0, shownVideos).map(({ video, view, turn }): Candidate => {
      const source = video.source === 'screen' ? 'screen' : 'camera';
      const { layers, rung } = video;
      const highest = view ? highestLayer({ ...view, source }, layers.spatial) : layers.spatial - 1;
      const rates = this.#ratesOf(video.producerId);
      const { rungs, smoothRung } = rungsOf(
        layers,
        highest,
        (spatial, temporal) => rates?.bitrate(spatial, temporal, layers.temporal) ?? 0,
      );
      const current = rung
        ? rungs.findLastIndex(
            ({ spatialLayer, temporalLayer }) =>
              spatialLayer < rung.spatialLayer ||
              (spatialLayer === rung.spatialLayer && temporalLayer <= rung.temporalLayer),
          )
        : -1;
      const rank = source === 'screen' ? 'screen' : view?.pinned || turn === 0 ? 'focus' : 'tile';
      return { id: video.consumer.id, rank, rungs, smoothRung, current };
    });
    const leftOut = new Map(visible.slice(shownVideos).map(({ video }) => [video, 'not-shown' as const]));
    return { candidates, leftOut };
  }

  allocationChanged(): void {
    this.#stopGathering ??= this.#parts.clock.after(gatherMs, () => {
      this.#stopGathering = undefined;
      this.#tellEncodings();
    });
  }

  close(): void {
    this.#stopTicking();
    this.#stopGathering?.();
    this.#voices.close();
    this.#stopArranging?.();
    this.events.removeAll();
  }

  async #tick(): Promise<void> {
    this.#ticks += 1;
    const now = performance.now();
    this.#voices.look();
    try {
      await Promise.all([...this.#rates.values()].map((rates) => rates.read()));
    } catch (error) {
      this.#parts.log.debug({ error: String(error) }, 'rates of a producer could not be read');
    }
    this.#tellThin(now);
    this.#tellEncodings();
    if (this.#ticks % 2 === 0) this.#tellQuality(now);
  }

  /** Speech becomes thin for everybody when somebody's line is, and that line carries who speaks and not who is silent. */
  #tellThin(now: number): void {
    for (const [endpoint, downlink] of this.#downlinks) {
      const thin = downlink.limit < (this.#voices.isThin(endpoint) ? noLongerThin : thinLine);
      if (thin) this.#thinUntil = now + thinHoldMs;
      this.#voices.setThin(endpoint, thin);
    }
  }

  #tellEncodings(): void {
    const now = performance.now();
    const needed = this.#neededEncodings();
    for (const endpoint of this.#parts.endpoints()) {
      for (const { id, kind, source } of endpoint.producers()) {
        const all = endpoint.encodingCountOf(id);
        const before = this.#told.get(id) ?? { told: all, fewerSince: undefined, maxBitrate: 0 };
        const maxBitrate = this.#maxBitrate(endpoint, source, now);
        const wanted = endpoint.wishes.ceiling.audioOnly ? 0 : Math.min(all, needed.get(id) ?? 0);
        const state = kind === 'audio' ? before : encodingsWanted(before, wanted, now);
        this.#told.set(id, { ...state, maxBitrate });
        if (state.told === before.told && maxBitrate === before.maxBitrate) continue;
        this.events.emit('encodingsWanted', { endpoint, producerId: id, encodings: state.told, maxBitrate });
      }
    }
  }

  #neededEncodings(): Map<ProducerId, number> {
    const needed = new Map<ProducerId, number>();
    for (const endpoint of this.#parts.endpoints()) {
      for (const received of endpoint.videos) {
        const { producerId, rung, hopedFor } = received;
        const layer = this.#resting.has(endpoint)
          ? this.#layerShown(received, endpoint)
          : Math.max(rung?.spatialLayer ?? -1, hopedFor?.spatialLayer ?? -1);
        needed.set(producerId, Math.max(needed.get(producerId) ?? 0, layer + 1));
      }
    }
    return needed;
  }

  /** Directly too nobody sends more than is shown; -1: nothing. */
  #layerShown({ producerId, layers, source, consumer }: Received, { wishes }: Endpoint): number {
    if (consumer.kind !== 'video' || !isVisible(wishes, producerId)) return -1;
    const view = wishes.views?.get(producerId);
    if (!view) return layers.spatial - 1;
    return highestLayer({ ...view, source: source === 'screen' ? 'screen' : 'camera' }, layers.spatial);
  }

  /** bit/s that a source may take of its publisher's line; 0: as it likes. */
  #maxBitrate(endpoint: Endpoint, source: string, now: number): number {
    const { bitrate } = endpoint.wishes.ceiling;
    const thin = now < this.#thinUntil || (bitrate > 0 && bitrate < thinLine);
    if (source === 'microphone') return thin ? thinSpeech : 0;
    if (bitrate === 0) return 0;
    if (source === 'screen-audio') return 32_000;
    const video = Math.max(20_000, bitrate - (thin ? thinVoiceBitrate : voiceBitrate));
    const sources = endpoint.producers().filter(({ kind, paused }) => kind === 'video' && !paused).length;
    return Math.round(video / Math.max(1, sources));
  }

  #tellQuality(now: number): void {
    const changes: { endpoint: Endpoint; quality: Quality }[] = [];
    for (const [endpoint, downlink] of this.#downlinks) {
      const { report } = endpoint.wishes;
      const uploads = endpoint.producers().some(({ kind, paused }) => kind === 'video' && !paused);
      const quality = qualityOf({
        report: report && now - report.at < 5000 ? report : undefined,
        uplinkLoss: report && now - report.at < 5000 ? report.uplinkLost : 0,
        downlinkShare: endpoint.wishes.ceiling.bitrate > 0 ? 1 : downlink.share,
        uplinkWanted: uploads && endpoint.wishes.ceiling.bitrate === 0 ? 300_000 : 0,
      });
      const before = this.#qualities.get(endpoint) ?? { level: 'good', reason: '' };
      if (quality.level === before.level && quality.reason === before.reason) continue;
      this.#qualities.set(endpoint, quality);
      changes.push({ endpoint, quality });
    }
    if (changes.length > 0) this.events.emit('quality', { changes });
    const known = [...this.#qualities].map(([endpoint, quality]) => ({ endpoint, quality }));
    for (const to of this.#newcomers)
      if (known.length > 0) this.events.emit('quality', { changes: known, to });
    this.#newcomers.clear();
  }

  #ratesOf(producerId: ProducerId): ProducerRates | undefined {
    const known = this.#rates.get(producerId);
    if (known) return known;
    const producer = this.#parts.ownerOf(producerId)?.producer(producerId);
    if (!producer) return undefined;
    const rates = new ProducerRates(producer);
    this.#rates.set(producerId, rates);
    return rates;
  }

  /** 0: has the floor; then the others in the order in which they had it; then everybody else. */
  #turnOf({ producerId }: Received): number {
    const owner = this.#parts.ownerOf(producerId);
    const turn = owner ? this.#speakers.indexOf(owner) : -1;
    return turn < 0 ? speakersRemembered : turn;
  }
}

function isVisible({ views }: Wishes, producerId: ProducerId): boolean {
  return !views || views.has(producerId);
}
