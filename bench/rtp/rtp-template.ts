import type { ExtensionIds } from './rtp-packet.ts';

export interface RtpTemplateFields {
  payloadType: number;
  ssrc: number;
  extensions: ExtensionIds;
  /** Sent in the header while the receiver may not know the SSRC yet. */
  mid?: string;
  rid?: string;
  repairedRid?: string;
}

export interface RtpPacketFields {
  marker: boolean;
  sequence: number;
  timestamp: number;
  /** ms on any monotonic clock; becomes the 24-bit abs-send-time (6.18 fixed-point seconds) */
  sendTimeMs: number;
  /** transport-wide sequence number, 16 bit */
  transportSequence: number;
  /** −dBov, 0 to 127, bit 7 set for voice (RFC 6464); only used when the extension is negotiated */
  audioLevel?: number;
}

/** The RTP header of one stream, laid out once: a packet costs one copy of ~32 bytes and five patched fields. */
export class RtpTemplate {
  readonly #bytes: Buffer;
  #absSendTimeAt = 0;
  #transportCcAt = 0;
  #audioLevelAt = 0;

  constructor(fields: RtpTemplateFields) {
    const { extensions } = fields;
    const elements: number[] = [];
    const add = (id: number, value: Uint8Array): number => {
      if (id === 0) return 0;
      elements.push((id << 4) | (value.length - 1), ...value);
      return 16 + elements.length - value.length;
    };
    if (fields.mid) add(extensions.mid, Buffer.from(fields.mid));
    if (fields.rid) add(extensions.rid, Buffer.from(fields.rid));
    if (fields.repairedRid) add(extensions.repairedRid, Buffer.from(fields.repairedRid));
    this.#absSendTimeAt = add(extensions.absSendTime, new Uint8Array(3));
    this.#transportCcAt = add(extensions.transportCc, new Uint8Array(2));
    this.#audioLevelAt = add(extensions.audioLevel, new Uint8Array(1));
    while (elements.length % 4 !== 0) elements.push(0);
    const fixed = Buffer.alloc(16);
    fixed[0] = 0x80 | (elements.length > 0 ? 0x10 : 0);
    fixed[1] = fields.payloadType;
    fixed.writeUInt32BE(fields.ssrc, 8);
    fixed.writeUInt16BE(0xbede, 12);
    fixed.writeUInt16BE(elements.length / 4, 14);
    this.#bytes = elements.length > 0 ? Buffer.concat([fixed, Buffer.from(elements)]) : fixed.subarray(0, 12);
  }

  /** Octets before the payload. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Writes the header to the start of the buffer. @returns where the payload begins */
  write(target: Buffer, packet: RtpPacketFields): number {
    target.set(this.#bytes, 0);
    if (packet.marker) target[1] = (target[1] as number) | 128;
    target.writeUInt16BE(packet.sequence, 2);
    target.writeUInt32BE(packet.timestamp, 4);
    if (this.#absSendTimeAt) {
      const time = Math.floor(packet.sendTimeMs * 262.144) % 0x1000000;
      target.writeUIntBE(time, this.#absSendTimeAt, 3);
    }
    if (this.#transportCcAt) target.writeUInt16BE(packet.transportSequence, this.#transportCcAt);
    if (this.#audioLevelAt) target[this.#audioLevelAt] = packet.audioLevel ?? 127;
    return this.#bytes.length;
  }
}
