/** How loud a microphone is, for a bar that moves. */
export class MicrophoneLevel {
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #track: MediaStreamTrack;

  constructor(track: MediaStreamTrack) {
    // A clone: whoever mutes the original must not silence the meter's view of it, and closing must not stop the original.
    this.#track = track.clone();
    this.#track.enabled = true;
    this.#context = new AudioContext();
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source = this.#context.createMediaStreamSource(new MediaStream([this.#track]));
    this.#source.connect(this.#analyser);
    // Suspended until the first click on pages that have not been used yet.
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  /** 0 (silence, -60 dBFS and less) to 1 (as loud as it gets). */
  read(): number {
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined);
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const decibel = 10 * Math.log10(sum / this.#samples.length + 1e-9);
    return Math.min(1, Math.max(0, (decibel + 60) / 54));
  }

  close(): void {
    this.#source.disconnect();
    this.#track.stop();
    void this.#context.close().catch(() => undefined);
  }
}
