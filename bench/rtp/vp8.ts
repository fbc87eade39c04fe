/** VP8 over RTP: the payload descriptor (RFC 7741 section 4.2) and the frame header (RFC 6386 section 9.1). */

export interface Vp8Descriptor {
  /** First packet of the frame (S bit of partition 0). */
  startOfFrame: boolean;
  /** 15 bit */
  pictureId: number;
  /** 8 bit */
  tl0PictureIndex: number;
  /** 0 to 3 */
  temporalLayer: number;
  /** May be decoded after any frame of a lower layer. */
  layerSync: boolean;
}

/** With extended 15-bit picture id, TL0PICIDX and TID, as browsers send it. */
export const vp8DescriptorSize = 6;

export function writeVp8Descriptor(target: Buffer, at: number, descriptor: Vp8Descriptor): number {
  target[at] = 0x80 | (descriptor.temporalLayer > 0 ? 0x20 : 0) | (descriptor.startOfFrame ? 0x10 : 0);
  target[at + 1] = 0xe0;
  target.writeUInt16BE(0x8000 | (descriptor.pictureId & 0x7fff), at + 2);
  target[at + 4] = descriptor.tl0PictureIndex & 255;
  target[at + 5] = (descriptor.temporalLayer << 6) | (descriptor.layerSync ? 0x20 : 0);
  return at + vp8DescriptorSize;
}

/** Octets of the frame header: 10 for a key frame, else 3. */
export function vp8FrameHeaderSize(keyFrame: boolean): number {
  return keyFrame ? 10 : 3;
}

/** @param frameSize octets of the whole frame; the first partition is given as its first third */
export function writeVp8FrameHeader(
  target: Buffer,
  at: number,
  frame: { keyFrame: boolean; width: number; height: number; frameSize: number },
): number {
  const tag = (frame.keyFrame ? 0 : 1) | 0x10 | ((Math.floor(frame.frameSize / 3) & 0x7ffff) << 5);
  target.writeUIntLE(tag, at, 3);
  if (!frame.keyFrame) return at + 3;
  target[at + 3] = 0x9d;
  target[at + 4] = 0x01;
  target[at + 5] = 0x2a;
  target.writeUInt16LE(frame.width & 0x3fff, at + 6);
  target.writeUInt16LE(frame.height & 0x3fff, at + 8);
  return at + 10;
}

export interface Vp8Payload {
  startOfFrame: boolean;
  keyFrame: boolean;
  /** 0 when the descriptor has none */
  temporalLayer: number;
  pictureId: number | undefined;
  /** Of key frames' first packets. */
  width: number | undefined;
  height: number | undefined;
}

/** @returns undefined when the payload is too short to be VP8 */
export function readVp8Payload(packet: Buffer, start: number, end: number): Vp8Payload | undefined {
  let at = start;
  if (at >= end) return undefined;
  const first = packet[at] as number;
  at += 1;
  let pictureId: number | undefined;
  let temporalLayer = 0;
  if (first & 0x80) {
    if (at >= end) return undefined;
    const flags = packet[at] as number;
    at += 1;
    if (flags & 0x80) {
      if (at >= end) return undefined;
      const long = (packet[at] as number) & 0x80;
      if (long && at + 1 >= end) return undefined;
      pictureId = long ? packet.readUInt16BE(at) & 0x7fff : (packet[at] as number);
      at += long ? 2 : 1;
    }
    if (flags & 0x40) at += 1;
    if (flags & 0x30) {
      if (at >= end) return undefined;
      temporalLayer = (packet[at] as number) >> 6;
      at += 1;
    }
  }
  if (at >= end) return undefined;
  const startOfFrame = (first & 0x10) !== 0 && (first & 0x07) === 0;
  const keyFrame = startOfFrame && ((packet[at] as number) & 1) === 0;
  const sized = keyFrame && at + 10 <= end;
  return {
    startOfFrame,
    keyFrame,
    temporalLayer,
    pictureId,
    width: sized ? packet.readUInt16LE(at + 6) & 0x3fff : undefined,
    height: sized ? packet.readUInt16LE(at + 8) & 0x3fff : undefined,
  };
}
