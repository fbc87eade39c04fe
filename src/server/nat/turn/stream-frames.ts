import { magicCookie, padding } from './stun-message.ts';

/** Media packets and what controls them fit in; without a limit a stranger could fill our memory. */
const longestMessage = 8192;

/** Cuts a TCP or TLS stream into STUN messages and ChannelData (RFC 8656 §12.5: padded to four octets on streams). */
export class StreamFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns whole messages, padding removed; undefined when this is no TURN stream, and never will be */
  push(chunk: Buffer): Buffer[] | undefined {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    while (bytes.length >= 4) {
      const first = bytes[0] ?? 0;
      const length = bytes.readUInt16BE(2);
      const isStun = first < 0x40;
      // 0x80 and above are RTP, DTLS or noise.
      if (first >= 0x80 || length > longestMessage || (isStun && length % 4 !== 0)) return undefined;
      if (isStun && bytes.length >= 8 && bytes.readUInt32BE(4) !== magicCookie) return undefined;
      const size = isStun ? 20 + length : 4 + length;
      const whole = isStun ? size : size + padding(length);
      if (bytes.length < whole) break;
      messages.push(bytes.subarray(0, size));
      bytes = bytes.subarray(whole);
    }
    // A copy: a few octets must not hold on to a large chunk.
    this.#rest = bytes.length === 0 ? Buffer.alloc(0) : Buffer.from(bytes);
    return messages;
  }
}
