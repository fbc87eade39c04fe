import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const tagLength = 12;

/** Nonces that need no table: each carries its time and is signed for the address it was given to. */
export class Nonces {
  readonly #key = randomBytes(32);
  readonly #lifetimeMs: number;

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  /** @param client the address it is for */
  make(client: string, nowMs: number): string {
    const expiry = Buffer.alloc(6);
    expiry.writeUIntBE(Math.floor(nowMs) + this.#lifetimeMs, 0, 6);
    return Buffer.concat([expiry, this.#tag(expiry, client)]).toString('base64url');
  }

  isValid(nonce: Buffer, client: string, nowMs: number): boolean {
    const bytes = Buffer.from(nonce.toString('latin1'), 'base64url');
    if (bytes.length !== 6 + tagLength) return false;
    const expiry = bytes.subarray(0, 6);
    return timingSafeEqual(bytes.subarray(6), this.#tag(expiry, client)) && expiry.readUIntBE(0, 6) > nowMs;
  }

  #tag(expiry: Buffer, client: string): Buffer {
    return createHmac('sha256', this.#key).update(expiry).update(client).digest().subarray(0, tagLength);
  }
}
