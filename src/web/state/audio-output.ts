import { type ReadonlySignal, signal } from '@preact/signals';

/** Plays the others' sound: one hidden audio element per track, all on the chosen speaker. */
export class AudioOutput {
  readonly #document: Document;
  readonly #elements = new Map<string, HTMLAudioElement>();
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
      const playing = (element.srcObject as MediaStream | null)?.getTracks()[0];
      if (playing === track) continue;
      element.srcObject = new MediaStream([track]);
      void this.#start(element);
    }
  }

  /** After a click: everything that was held back. */
  async unblock(): Promise<void> {
    this.#blocked.value = false;
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  /** @param deviceId empty: the system's default. Browsers without setSinkId (Safari, older Firefox) stay on theirs. */
  async useSpeaker(deviceId: string): Promise<void> {
    this.#speakerId = deviceId;
    await Promise.all([...this.#elements.values()].map((element) => routeTo(element, deviceId)));
  }

  close(): void {
    for (const [id, element] of this.#elements) this.#remove(id, element);
  }

  #add(id: string): HTMLAudioElement {
    const element = this.#document.createElement('audio');
    element.autoplay = true;
    element.hidden = true;
    this.#elements.set(id, element);
    this.#document.body.append(element);
    if (this.#speakerId !== '') void routeTo(element, this.#speakerId);
    return element;
  }

  #remove(id: string, element: HTMLAudioElement): void {
    this.#elements.delete(id);
    element.srcObject = null;
    element.remove();
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
