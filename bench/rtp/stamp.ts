/**
 * The time of sending, at the end of every payload: forwarders change the header and the payload descriptor, never the
 * last octets. Every load process of one machine reads the same clock (CLOCK_MONOTONIC), so the difference at the
 * receiver is the forwarding latency.
 */
export const stampSize = 12;
const magic = 0x504c454e;

export function writeStamp(target: Buffer, end: number, timeMs: number): void {
  target.writeUInt32BE(magic, end - 12);
  target.writeDoubleBE(timeMs, end - 8);
}

/** @returns ms on the machine clock, or undefined for a payload that no load client made (probes, padding). */
export function readStamp(packet: Buffer, payloadStart: number, payloadEnd: number): number | undefined {
  if (payloadEnd - payloadStart < stampSize || packet.readUInt32BE(payloadEnd - 12) !== magic)
    return undefined;
  return packet.readDoubleBE(payloadEnd - 8);
}
