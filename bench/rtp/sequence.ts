/** Follows 16-bit sequence numbers across their wrap-around (RFC 3550 appendix A.1). */
export class SequenceUnwrapper {
  #highest: number | undefined;

  /** @returns the extended number: grows beyond 65,535, is lower than the last for a late packet. */
  unwrap(sequence: number): number {
    if (this.#highest === undefined) {
      // One cycle up, so that a late packet before the first stays positive.
      this.#highest = sequence + 0x10000;
      return this.#highest;
    }
    const step = (((sequence - this.#highest) & 0xffff) << 16) >> 16;
    const extended = this.#highest + step;
    if (extended > this.#highest) this.#highest = extended;
    return extended;
  }
}
