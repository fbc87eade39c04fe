import { type ReadonlySignal, signal } from '@preact/signals';

/** A new track plays silently for so long before it takes over: its first packets have to get through the jitter buffer. */
const warmUpSeconds = 0.15;
const lookMs = 50;
/** Then it takes over all the same. */
const patienceMs = 1500;
/** Then it takes over in so many steps of so many ms: two paths at once would sound like an echo. */
const fadeSteps = 5;
const fadeStepMs = 10;

/** Plays the others' sound: one hidden audio element per track, all on the chosen speaker. */
export class AudioOutput {
  readonly #document: Document;
  readonly #elements = new Map<string, HTMLAudioElement>();
  /** What is about to take the place of an element. */
  readonly #coming = new Map<string, HTMLAudioElement>();
  readonly #blocked = signal(false);
  #speakerId = '';

  constructor(document: Document) {
    this.#document = document;
  }

  /** The browser wants a click before it plays anything. */
  get blocked(): ReadonlySignal<boolean> {
    return this.#blocked;
  }

  /** @param tracks by producer id; what is missing from it falls silent */
  play(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const [id, element] of this.#elements) {
      if (!tracks.has(id)) this.#remove(id, element);
    }
    for (const [id, track] of tracks) {
      const element = this.#elements.get(id) ?? this.#add(id);
      const playing = trackOf(element);
      const coming = this.#coming.get(id);
      if (trackOf(coming ?? element) === track) continue;
      this.#drop(id);
      if (playing === track) {
        element.volume = 1;
      } else if (playing?.readyState === 'live') {
        void this.#crossOver(id, element, track);
      } else {
        element.srcObject = new MediaStream([track]);
        void this.#start(element);
      }
    }
  }

  /** After a click: everything that was held back. */
  async unblock(): Promise<void> {
    this.#blocked.value = false;
    await Promise.all(this.#all().map((element) => this.#start(element)));
  }

  /** @param deviceId empty: the system's default. Browsers without setSinkId (Safari, older Firefox) stay on theirs. */
  async useSpeaker(deviceId: string): Promise<void> {
    this.#speakerId = deviceId;
    await Promise.all(this.#all().map((element) => routeTo(element, deviceId)));
  }

  close(): void {
    for (const [id, element] of this.#elements) this.#remove(id, element);
  }

  /** The same person on another path: the old one plays until the new one does, so that no word is lost. */
  async #crossOver(id: string, old: HTMLAudioElement, track: MediaStreamTrack): Promise<void> {
    const fresh = this.#make();
    this.#coming.set(id, fresh);
    fresh.volume = 0;
    fresh.srcObject = new MediaStream([track]);
    await this.#start(fresh);
    for (let waited = 0; fresh.currentTime < warmUpSeconds && waited < patienceMs; waited += lookMs)
      await pause(lookMs);
    for (let step = 1; step <= fadeSteps; step += 1) {
      if (this.#coming.get(id) !== fresh) return;
      fresh.volume = step / fadeSteps;
      old.volume = 1 - step / fadeSteps;
      await pause(fadeStepMs);
    }
    if (this.#coming.get(id) !== fresh) return;
    this.#coming.delete(id);
    this.#elements.set(id, fresh);
    take(old);
  }

  #all(): HTMLAudioElement[] {
    return [...this.#elements.values(), ...this.#coming.values()];
  }

  #add(id: string): HTMLAudioElement {
    const element = this.#make();
    this.#elements.set(id, element);
    return element;
  }

  #make(): HTMLAudioElement {
    const element = this.#document.createElement('audio');
    element.autoplay = true;
    element.hidden = true;
    this.#document.body.append(element);
    if (this.#speakerId !== '') void routeTo(element, this.#speakerId);
    return element;
  }

  #remove(id: string, element: HTMLAudioElement): void {
    this.#drop(id);
    this.#elements.delete(id);
    take(element);
  }

  /** It need not come any more. */
  #drop(id: string): void {
    const coming = this.#coming.get(id);
    this.#coming.delete(id);
    if (coming) take(coming);
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      // AbortError only says that a newer track took its place.
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#blocked.value = true;
    }
  }
}

function trackOf(element: HTMLAudioElement): MediaStreamTrack | undefined {
  return (element.srcObject as MediaStream | null)?.getTracks()[0];
}

function take(element: HTMLAudioElement): void {
  element.srcObject = null;
  element.remove();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function canChooseSpeaker(): boolean {
  return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
}

async function routeTo(element: HTMLAudioElement, deviceId: string): Promise<void> {
  // A speaker that is no longer there: the default is better than silence.
  await element.setSinkId?.(deviceId).catch(() => element.setSinkId?.('').catch(() => undefined));
}

/** Two soft notes on the chosen speaker. */
export async function playTestSound(deviceId: string): Promise<void> {
  const context = new AudioContext();
  const target = context.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = target.stream;
  await routeTo(element, deviceId);
  await element.play().catch(() => undefined);
  for (const [index, frequency] of [523.25, 659.25, 783.99].entries()) {
    const at = context.currentTime + 0.1 + index * 0.18;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
    gain.connect(target);
    const note = new OscillatorNode(context, { type: 'sine', frequency });
    note.connect(gain);
    note.start(at);
    note.stop(at + 0.8);
  }
  await new Promise((resolve) => setTimeout(resolve, 1600));
  element.srcObject = null;
  await context.close();
}
