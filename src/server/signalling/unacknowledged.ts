/** Frames that were sent (or would have been) and that the client has not said it has: what a resumed session is given again. */
export class Unacknowledged {
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  #frames: Uint8Array[] = [];
  /** sequence of #frames[0] */
  #first = 1;
  #bytes = 0;

  constructor(maxFrames: number, maxBytes: number) {
    this.#maxFrames = maxFrames;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#frames.length;
  }

  get nextSequence(): number {
    return this.#first + this.#frames.length;
  }

  /** @returns false when that is more than may be kept */
  keep(frame: Uint8Array): boolean {
    if (this.#frames.length >= this.#maxFrames || this.#bytes + frame.length > this.#maxBytes) return false;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    return true;
  }

  acknowledge(sequence: number): void {
    // Later ones than we have sent, or earlier ones than we keep, change nothing.
    const count = Math.min(this.#frames.length, Math.max(0, sequence - this.#first + 1));
    for (const frame of this.#frames.slice(0, count)) this.#bytes -= frame.length;
    this.#frames = this.#frames.slice(count);
    this.#first += count;
  }

  /** What comes after a sequence; undefined when some of it is no longer kept, or the number was never sent. */
  after(sequence: number): readonly Uint8Array[] | undefined {
    if (sequence < this.#first - 1 || sequence >= this.nextSequence) return undefined;
    return this.#frames.slice(sequence - this.#first + 1);
  }

  clear(): void {
    this.#first = this.nextSequence;
    this.#frames = [];
    this.#bytes = 0;
  }
}
