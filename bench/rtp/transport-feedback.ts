import { SequenceUnwrapper } from './sequence.ts';

/** Arrivals in one message at most: beyond that a receiver has been asleep, and one packet must stay below the MTU. */
const perMessage = 400;
const deltaUnitMs = 0.25;
const referenceUnitMs = 64;

/**
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01): tells the server when
 * each packet arrived. Without it mediasoup's estimate stays at its start value and starves simulcast.
 */
export class TransportFeedback {
  readonly #unwrapper = new SequenceUnwrapper();
  /** extended sequence → arrival in ms */
  readonly #arrivals = new Map<number, number>();
  /** The next extended sequence to report: what is missing between two messages is reported lost. */
  #next: number | undefined;
  #count = 0;

  add(sequence: number, arrivalMs: number): void {
    const extended = this.#unwrapper.unwrap(sequence);
    // Reported before (as lost): too late to count.
    if (this.#next !== undefined && extended < this.#next) return;
    this.#arrivals.set(extended, arrivalMs);
  }

  get pending(): number {
    return this.#arrivals.size;
  }

  /** @returns one RTCP packet for each run of arrivals since the last call, none when nothing has arrived */
  flush(senderSsrc: number, mediaSsrc: number): Buffer[] {
    if (this.#arrivals.size === 0) return [];
    const sequences = [...this.#arrivals.keys()].sort((a, b) => a - b);
    const last = sequences.at(-1) as number;
    const messages: Buffer[] = [];
    let from = Math.max(this.#next ?? (sequences[0] as number), last - 4 * perMessage);
    while (from <= last) {
      const message = this.#message(senderSsrc, mediaSsrc, from, Math.min(last, from + perMessage - 1));
      messages.push(message.packet);
      from = message.next;
    }
    this.#next = last + 1;
    this.#arrivals.clear();
    return messages;
  }

  #message(
    senderSsrc: number,
    mediaSsrc: number,
    from: number,
    to: number,
  ): { packet: Buffer; next: number } {
    const statuses: number[] = [];
    const deltas: number[] = [];
    let reference: number | undefined;
    let clock = 0;
    let next = from;
    for (; next <= to; next++) {
      const arrival = this.#arrivals.get(next);
      if (arrival === undefined) {
        statuses.push(0);
        continue;
      }
      if (reference === undefined) {
        reference = Math.floor(arrival / referenceUnitMs);
        clock = reference * referenceUnitMs;
      }
      const delta = Math.round((arrival - clock) / deltaUnitMs);
      // Too far apart for 16 bits of 250 µs: the rest goes into a message with a reference time of its own.
      if (delta < -32768 || delta > 32767) break;
      clock += delta * deltaUnitMs;
      statuses.push(delta >= 0 && delta <= 255 ? 1 : 2);
      deltas.push(delta);
    }
    const fields = { senderSsrc, mediaSsrc, base: from, reference: reference ?? 0, feedback: this.#count++ };
    return { packet: writeMessage(fields, statuses, deltas), next };
  }
}

function writeMessage(
  fields: { senderSsrc: number; mediaSsrc: number; base: number; reference: number; feedback: number },
  statuses: readonly number[],
  deltas: readonly number[],
): Buffer {
  const chunks = writeChunks(statuses);
  const deltaOctets = deltas.reduce((sum, delta) => sum + (delta >= 0 && delta <= 255 ? 1 : 2), 0);
  const used = 20 + chunks.length * 2 + deltaOctets;
  const octets = Math.ceil(used / 4) * 4;
  const packet = Buffer.alloc(octets);
  packet[0] = 0x8f | (octets > used ? 0x20 : 0);
  packet[1] = 205;
  packet.writeUInt16BE(octets / 4 - 1, 2);
  packet.writeUInt32BE(fields.senderSsrc, 4);
  packet.writeUInt32BE(fields.mediaSsrc, 8);
  packet.writeUInt16BE(fields.base & 0xffff, 12);
  packet.writeUInt16BE(statuses.length, 14);
  packet.writeUIntBE(fields.reference & 0xffffff, 16, 3);
  packet[19] = fields.feedback & 255;
  let at = 20;
  for (const chunk of chunks) at = packet.writeUInt16BE(chunk, at);
  for (const delta of deltas)
    at = delta >= 0 && delta <= 255 ? packet.writeUInt8(delta, at) : packet.writeInt16BE(delta, at);
  if (octets > used) packet[octets - 1] = octets - used;
  return packet;
}

/** Run-length chunks for long runs, vectors of seven two-bit symbols for the rest. */
function writeChunks(statuses: readonly number[]): number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < statuses.length) {
    const symbol = statuses[at] as number;
    let run = 1;
    while (at + run < statuses.length && statuses[at + run] === symbol && run < 8191) run += 1;
    if (run >= 7 || at + run === statuses.length) {
      chunks.push((symbol << 13) | run);
      at += run;
      continue;
    }
    let chunk = 0xc000;
    for (let i = 0; i < 7; i++) chunk |= (statuses[at + i] ?? 0) << (12 - 2 * i);
    chunks.push(chunk);
    at += 7;
  }
  return chunks;
}
