/** RTCP (RFC 3550 section 6, RFC 4585 section 6): what a browser sends and reads, no more. */

export interface SenderReport {
  ssrc: number;
  /** ms since the Unix epoch */
  wallClockMs: number;
  rtpTimestamp: number;
  packets: number;
  octets: number;
}
export interface ReportBlock {
  ssrc: number;
  /** of the last interval, in 1/256 */
  fractionLost: number;
  cumulativeLost: number;
  /** cycles in the upper half */
  highestSequence: number;
  /** in units of the RTP clock */
  jitter: number;
  /** Middle 32 bits of the last sender report's NTP time, 0 before the first. */
  lastSenderReport: number;
  /** in 1/65536 s */
  delaySinceLast: number;
}
export type RtcpEvent =
  | { type: 'sender-report'; ssrc: number; middleNtp: number; blocks: ReportBlock[] }
  | { type: 'receiver-report'; ssrc: number; blocks: ReportBlock[] }
  | { type: 'nack'; mediaSsrc: number; sequences: number[] }
  | { type: 'picture-loss'; mediaSsrc: number }
  | { type: 'full-intra-request'; mediaSsrc: number }
  | { type: 'transport-feedback' }
  | { type: 'bandwidth'; bitsPerSecond: number }
  | { type: 'goodbye'; ssrcs: number[] };

/** Seconds between 1900 (NTP) and 1970 (Unix). */
const ntpOffset = 2_208_988_800;

export function ntpParts(wallClockMs: number): { seconds: number; fraction: number } {
  const seconds = Math.floor(wallClockMs / 1000);
  return {
    seconds: (seconds + ntpOffset) >>> 0,
    fraction: Math.floor((wallClockMs / 1000 - seconds) * 2 ** 32) >>> 0,
  };
}

function packet(count: number, type: number, octets: number): Buffer {
  const buffer = Buffer.alloc(octets);
  buffer[0] = 0x80 | count;
  buffer[1] = type;
  buffer.writeUInt16BE(octets / 4 - 1, 2);
  return buffer;
}

export function writeSenderReport(report: SenderReport): Buffer {
  const buffer = packet(0, 200, 28);
  const ntp = ntpParts(report.wallClockMs);
  buffer.writeUInt32BE(report.ssrc, 4);
  buffer.writeUInt32BE(ntp.seconds, 8);
  buffer.writeUInt32BE(ntp.fraction, 12);
  buffer.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  buffer.writeUInt32BE(report.packets >>> 0, 20);
  buffer.writeUInt32BE(report.octets >>> 0, 24);
  return buffer;
}

/** @param blocks at most 31 */
export function writeReceiverReport(senderSsrc: number, blocks: readonly ReportBlock[]): Buffer {
  const buffer = packet(blocks.length, 201, 8 + blocks.length * 24);
  buffer.writeUInt32BE(senderSsrc, 4);
  blocks.forEach((block, index) => {
    const at = 8 + index * 24;
    buffer.writeUInt32BE(block.ssrc, at);
    buffer[at + 4] = block.fractionLost & 255;
    buffer.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, block.cumulativeLost)), at + 5, 3);
    buffer.writeUInt32BE(block.highestSequence >>> 0, at + 8);
    buffer.writeUInt32BE(block.jitter >>> 0, at + 12);
    buffer.writeUInt32BE(block.lastSenderReport >>> 0, at + 16);
    buffer.writeUInt32BE(block.delaySinceLast >>> 0, at + 20);
  });
  return buffer;
}

/** Source description with the canonical name (RFC 3550 section 6.5.1). */
export function writeCanonicalName(ssrc: number, name: string): Buffer {
  const text = Buffer.from(name.slice(0, 255));
  const octets = Math.ceil((8 + 2 + text.length + 1) / 4) * 4;
  const buffer = packet(1, 202, octets);
  buffer.writeUInt32BE(ssrc, 4);
  buffer[8] = 1;
  buffer[9] = text.length;
  buffer.set(text, 10);
  return buffer;
}

/** Generic NACK (RFC 4585 section 6.2.1): an id and a mask of the 16 that follow it. */
export function writeNack(senderSsrc: number, mediaSsrc: number, sequences: readonly number[]): Buffer {
  const items: [id: number, mask: number][] = [];
  for (const sequence of sequences) {
    const last = items.at(-1);
    const distance = last ? (sequence - last[0]) & 0xffff : 0;
    if (last && distance >= 1 && distance <= 16) last[1] |= 1 << (distance - 1);
    else items.push([sequence & 0xffff, 0]);
  }
  const buffer = packet(1, 205, 12 + items.length * 4);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.writeUInt32BE(mediaSsrc, 8);
  items.forEach(([id, mask], index) => {
    buffer.writeUInt16BE(id, 12 + index * 4);
    buffer.writeUInt16BE(mask, 14 + index * 4);
  });
  return buffer;
}

export function writePictureLoss(senderSsrc: number, mediaSsrc: number): Buffer {
  const buffer = packet(1, 206, 12);
  buffer.writeUInt32BE(senderSsrc, 4);
  buffer.writeUInt32BE(mediaSsrc, 8);
  return buffer;
}

/** Reads a compound packet. What is malformed or unknown is skipped: the peer under test must not end the harness. */
export function readRtcp(compound: Buffer): RtcpEvent[] {
  const events: RtcpEvent[] = [];
  let at = 0;
  while (at + 4 <= compound.length) {
    const size = (compound.readUInt16BE(at + 2) + 1) * 4;
    if (at + size > compound.length) break;
    const event = readOne(compound.subarray(at, at + size));
    if (event) events.push(event);
    at += size;
  }
  return events;
}

function readOne(one: Buffer): RtcpEvent | undefined {
  const count = (one[0] as number) & 31;
  if (one.length < 8) return undefined;
  switch (one[1]) {
    case 200:
      if (one.length < 28) return undefined;
      return {
        type: 'sender-report',
        ssrc: one.readUInt32BE(4),
        middleNtp: one.readUInt32BE(10),
        blocks: readBlocks(one, 28, count),
      };
    case 201:
      return { type: 'receiver-report', ssrc: one.readUInt32BE(4), blocks: readBlocks(one, 8, count) };
    case 203: {
      const ssrcs: number[] = [];
      for (let at = 4; ssrcs.length < count && at + 4 <= one.length; at += 4)
        ssrcs.push(one.readUInt32BE(at));
      return { type: 'goodbye', ssrcs };
    }
    case 205:
      if (one.length < 12) return undefined;
      if (count === 15) return { type: 'transport-feedback' };
      return count === 1
        ? { type: 'nack', mediaSsrc: one.readUInt32BE(8), sequences: readNack(one) }
        : undefined;
    case 206:
      return readPayloadFeedback(one, count);
    default:
      return undefined;
  }
}

function readPayloadFeedback(one: Buffer, format: number): RtcpEvent | undefined {
  if (one.length < 12) return undefined;
  if (format === 1) return { type: 'picture-loss', mediaSsrc: one.readUInt32BE(8) };
  // The SSRC to refresh stands in the entry, not in the header (RFC 5104 section 4.3.1).
  if (format === 4 && one.length >= 20)
    return { type: 'full-intra-request', mediaSsrc: one.readUInt32BE(12) };
  if (format === 15 && one.length >= 20 && one.toString('latin1', 12, 16) === 'REMB') {
    const exponent = (one[17] as number) >> 2;
    const mantissa = (((one[17] as number) & 3) << 16) | one.readUInt16BE(18);
    return { type: 'bandwidth', bitsPerSecond: mantissa * 2 ** exponent };
  }
  return undefined;
}

function readNack(one: Buffer): number[] {
  const sequences: number[] = [];
  for (let at = 12; at + 4 <= one.length; at += 4) {
    const id = one.readUInt16BE(at);
    const mask = one.readUInt16BE(at + 2);
    sequences.push(id);
    for (let bit = 0; bit < 16; bit++) if (mask & (1 << bit)) sequences.push((id + bit + 1) & 0xffff);
  }
  return sequences;
}

function readBlocks(one: Buffer, start: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = start; blocks.length < count && at + 24 <= one.length; at += 24) {
    blocks.push({
      ssrc: one.readUInt32BE(at),
      fractionLost: one[at + 4] as number,
      cumulativeLost: one.readIntBE(at + 5, 3),
      highestSequence: one.readUInt32BE(at + 8),
      jitter: one.readUInt32BE(at + 12),
      lastSenderReport: one.readUInt32BE(at + 16),
      delaySinceLast: one.readUInt32BE(at + 20),
    });
  }
  return blocks;
}
