/** RTP packets (RFC 3550 section 5.1) with one-byte header extensions (RFC 8285), read and written in place. */

/** What the receive path needs to know of a packet. One object is reused per receiver: no garbage per packet. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  /** 16 bit */
  sequence: number;
  /** 32 bit */
  timestamp: number;
  ssrc: number;
  /** Offset and end of the extension elements, equal when there are none. */
  extensionStart: number;
  extensionEnd: number;
  payloadStart: number;
  /** Padding is not part of the payload. */
  payloadEnd: number;
}

export function emptyRtpHeader(): RtpHeader {
  return {
    marker: false,
    payloadType: 0,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    extensionStart: 0,
    extensionEnd: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

/** RTCP packet types are 192 to 223 (RFC 5761 section 4): the second octet tells the two apart on one port. */
export function isRtcp(packet: Uint8Array): boolean {
  const second = packet[1] ?? 0;
  return second >= 192 && second <= 223;
}

/** @returns false when the packet is no well-formed RTP packet; the header is then undefined. */
export function readRtpHeader(packet: Buffer, into: RtpHeader): boolean {
  const size = packet.length;
  if (size < 12) return false;
  const first = packet[0] as number;
  if (first >> 6 !== 2) return false;
  const second = packet[1] as number;
  into.marker = second >= 128;
  into.payloadType = second & 127;
  into.sequence = packet.readUInt16BE(2);
  into.timestamp = packet.readUInt32BE(4);
  into.ssrc = packet.readUInt32BE(8);
  let offset = 12 + (first & 15) * 4;
  into.extensionStart = into.extensionEnd = offset;
  if (first & 16) {
    if (offset + 4 > size) return false;
    const oneByteProfile = packet.readUInt16BE(offset) === 0xbede;
    const end = offset + 4 + packet.readUInt16BE(offset + 2) * 4;
    if (end > size) return false;
    into.extensionStart = oneByteProfile ? offset + 4 : end;
    into.extensionEnd = end;
    offset = end;
  }
  const padding = first & 32 ? (packet[size - 1] as number) : 0;
  into.payloadStart = offset;
  into.payloadEnd = size - padding;
  return into.payloadEnd >= offset;
}

/** @returns where the value of the extension begins, or 0 when the packet does not carry it. */
export function findExtension(packet: Buffer, header: RtpHeader, id: number): number {
  let offset = header.extensionStart;
  while (offset < header.extensionEnd) {
    const element = packet[offset] as number;
    if (element === 0) {
      offset += 1;
      continue;
    }
    const elementId = element >> 4;
    if (elementId === 15) return 0;
    if (elementId === id) return offset + 1;
    offset += 2 + (element & 15);
  }
  return 0;
}

/** Ids of the header extensions in use; 0: not negotiated. */
export interface ExtensionIds {
  mid: number;
  rid: number;
  repairedRid: number;
  absSendTime: number;
  transportCc: number;
  audioLevel: number;
}

const uris: Record<keyof ExtensionIds, string> = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
};

export const knownExtensionUris: ReadonlySet<string> = new Set(Object.values(uris));

export function extensionIds(extensions: readonly { uri: string; id: number }[]): ExtensionIds {
  const idOf = (name: keyof ExtensionIds) => extensions.find(({ uri }) => uri === uris[name])?.id ?? 0;
  return {
    mid: idOf('mid'),
    rid: idOf('rid'),
    repairedRid: idOf('repairedRid'),
    absSendTime: idOf('absSendTime'),
    transportCc: idOf('transportCc'),
    audioLevel: idOf('audioLevel'),
  };
}
