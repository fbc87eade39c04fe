import type { Clock } from '../../base/clock.ts';
import type { Voices as Places, ProducerId } from '../../protocol/messages.ts';
import type { Endpoint } from './endpoint.ts';
import {
  isForwarded,
  lastSpeakers,
  noVoices,
  openVoices,
  type VoicesState,
  voicesHeard,
} from './policy/voices.ts';
import type { Received } from './received.ts';
import type { MediaSettings } from './settings.ts';

export interface VoicesParts {
  settings: MediaSettings['adaptation'];
  endpoints: () => readonly Endpoint[];
  /** Who gets everything on another way: nothing is sent to them. */
  isResting: (endpoint: Endpoint) => boolean;
  placesChanged: (places: Places) => void;
  clock: Clock;
}

/** People come in and unmute at the same time, and each look is at all of a room's microphones. */
const gatherMs = 50;
/** Silence with DTX is 2.5 packets a second, mostly headers: on a thin line eight of them are a fifth of it. */
const thinVoices = 3;

/** Which of a room's microphones are received and heard. */
export class Voices {
  readonly #parts: VoicesParts;
  #state: VoicesState = noVoices;
  #levels: readonly { producerId: ProducerId; volume: number }[] = [];
  /** Whose line carries not even everybody's silence, and who is forwarded to them. */
  readonly #thin = new Set<Endpoint>();
  #lastSpeakers: ReadonlySet<string> = new Set();
  #stopGathering: (() => void) | undefined;

  constructor(parts: VoicesParts) {
    this.#parts = parts;
  }

  /** Which are worth receiving. */
  get places(): Places {
    const { placed } = this.#state;
    return { limited: placed !== undefined, producerIds: [...(placed ?? [])] as ProducerId[] };
  }

  /** How many are being heard, or were a moment ago. */
  heard(now: number): number {
    return voicesHeard(this.#state, now);
  }

  /** One was published, muted, unmuted or taken away. */
  changed(): void {
    this.#stopGathering ??= this.#parts.clock.after(gatherMs, () => this.look());
  }

  /** @param levels microphones, loudest first; empty: silence */
  listen(levels: readonly { producerId: ProducerId; volume: number }[]): void {
    this.#levels = levels;
    this.look();
  }

  /** Opens and closes only what has changed. */
  look(): void {
    this.#stopGathering?.();
    this.#stopGathering = undefined;
    const { settings, endpoints, placesChanged } = this.#parts;
    const { voicesAbove: above, voicePlaces: places, voices } = settings;
    const microphones = endpoints().flatMap((endpoint) =>
      endpoint
        .producers()
        .filter(({ source }) => source === 'microphone')
        .map(({ id, paused }) => ({ id, muted: paused })),
    );
    const before = this.#state;
    const signs = { now: performance.now(), microphones, levels: this.#levels };
    this.#state = openVoices(before, signs, { above, places, voices });
    const { placed, open } = this.#state;
    if (!sameMembers(before.placed, placed)) placesChanged(this.places);
    const changed = microphones.flatMap(({ id, muted }) =>
      muted || before.open.has(id) === open.has(id) ? [] : [id],
    );
    this.#lastSpeakers = lastSpeakers(this.#state, thinVoices);
    for (const endpoint of this.#thin) this.send(endpoint);
    if (changed.length === 0) return;
    for (const endpoint of endpoints()) {
      for (const id of changed) {
        const received = endpoint.receivedFrom(id);
        if (received) this.#send(received, endpoint).catch(() => undefined);
      }
    }
  }

  isThin(endpoint: Endpoint): boolean {
    return this.#thin.has(endpoint);
  }

  /** Whether this receiver's line carries speech and not much more. */
  setThin(endpoint: Endpoint, thin: boolean): void {
    if (thin === this.#thin.has(endpoint)) return;
    if (thin) this.#thin.add(endpoint);
    else this.#thin.delete(endpoint);
    this.send(endpoint);
  }

  /** Consumers were started. Resolves when those flow that are to. */
  async started(endpoint: Endpoint): Promise<void> {
    const sent: Promise<void>[] = [];
    for (const one of endpoint.received) if (!one.isVideo) sent.push(this.#send(one, endpoint));
    await Promise.all(sent);
  }

  /** Only differences reach the worker. */
  send(endpoint: Endpoint): void {
    this.started(endpoint).catch(() => undefined);
  }

  forget(endpoint: Endpoint): void {
    this.#thin.delete(endpoint);
  }

  close(): void {
    this.#stopGathering?.();
  }

  #send(received: Received, endpoint: Endpoint): Promise<void> {
    return received.sendAudio(this.#isOpen(received, endpoint));
  }

  #isOpen({ source, producerId, consumer }: Received, endpoint: Endpoint): boolean {
    if (this.#parts.isResting(endpoint)) return false;
    if (source !== 'microphone' || consumer.producerPaused) return true;
    if (this.#thin.has(endpoint)) return this.#lastSpeakers.has(producerId);
    return isForwarded(this.#state, producerId);
  }
}

function sameMembers(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  if (!a || !b) return a === b;
  return a.size === b.size && [...a].every((one) => b.has(one));
}
