import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { bytesOfIp, familyCodes, familyOf, ipOfBytes, type TransportAddress } from './addresses.ts';

// STUN and TURN messages as bytes: RFC 8489 §5 and §14, RFC 8656 §18.

export const magicCookie = 0x2112a442;
const headerLength = 20;
const fingerprintMask = 0x5354554e;
/** Nothing real has more; each is an object. */
const mostAttributes = 32;

export const methods = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;
export type Method = keyof typeof methods;
const methodNames = new Map<number, Method>(
  Object.entries(methods).map(([name, code]) => [code, name as Method]),
);

const classes = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 } as const;
export type MessageClass = keyof typeof classes;
const classNames = new Map<number, MessageClass>(
  Object.entries(classes).map(([name, bits]) => [bits, name as MessageClass]),
);

export const attributes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  evenPort: 0x0018,
  requestedTransport: 0x0019,
  dontFragment: 0x001a,
  xorMappedAddress: 0x0020,
  reservationToken: 0x0022,
  software: 0x8022,
  fingerprint: 0x8028,
} as const;

export interface StunMessage {
  method: Method;
  class: MessageClass;
  /** 12 octets */
  transactionId: Buffer;
  /** In their order; those behind MESSAGE-INTEGRITY are not there, they could be anybody's. */
  attributes: readonly { type: number; value: Buffer }[];
  hasFingerprint: boolean;
  /** What MESSAGE-INTEGRITY covers, the header's length as it must be for that; undefined without that attribute. */
  signed: { bytes: Buffer; mac: Buffer } | undefined;
}

/** @returns undefined for everything that is no well-formed message of a method we know */
export function parseStun(bytes: Buffer): StunMessage | undefined {
  if (bytes.length < headerLength || bytes.readUInt32BE(4) !== magicCookie) return undefined;
  const type = bytes.readUInt16BE(0);
  const length = bytes.readUInt16BE(2);
  if (type > 0x3fff || length % 4 !== 0 || bytes.length !== headerLength + length) return undefined;
  const messageClass = classNames.get(type & 0x110);
  const method = methodNames.get((type & 0x00f) | ((type & 0x0e0) >> 1) | ((type & 0x3e00) >> 2));
  if (!method || !messageClass) return undefined;
  const message: StunMessage = {
    method,
    class: messageClass,
    transactionId: bytes.subarray(8, 20),
    attributes: [],
    hasFingerprint: false,
    signed: undefined,
  };
  return readAttributes(bytes, message) ? message : undefined;
}

function readAttributes(bytes: Buffer, message: StunMessage): boolean {
  const found: { type: number; value: Buffer }[] = [];
  let offset = headerLength;
  while (offset < bytes.length) {
    // Lengths are multiples of four, so four octets are there.
    const type = bytes.readUInt16BE(offset);
    const length = bytes.readUInt16BE(offset + 2);
    const value = bytes.subarray(offset + 4, offset + 4 + length);
    if (value.length !== length || found.length >= mostAttributes) return false;
    if (type === attributes.fingerprint) {
      // It is the last one, or it is not what it says.
      if (length !== 4 || offset + 8 !== bytes.length) return false;
      if (value.readUInt32BE(0) !== fingerprintOf(bytes.subarray(0, offset))) return false;
      message.hasFingerprint = true;
    } else if (type === attributes.messageIntegrity && !message.signed) {
      if (length !== 20) return false;
      message.signed = { bytes: withLength(bytes.subarray(0, offset), offset + 24), mac: value };
    } else if (!message.signed) {
      found.push({ type, value });
    }
    offset += 4 + length + padding(length);
  }
  message.attributes = found;
  return offset === bytes.length;
}

export function attributeOf(message: StunMessage, type: number): Buffer | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value;
}

export function isIntact({ signed }: StunMessage, key: Buffer): boolean {
  return signed !== undefined && timingSafeEqual(integrityOf(signed.bytes, key), signed.mac);
}

/** @returns undefined when it is no address */
export function readXorAddress(value: Buffer, transactionId: Buffer): TransportAddress | undefined {
  const family = value[1];
  const size = family === familyCodes.ipv4 ? 4 : family === familyCodes.ipv6 ? 16 : 0;
  if (size === 0 || value.length !== 4 + size) return undefined;
  const port = value.readUInt16BE(2) ^ (magicCookie >>> 16);
  return { ip: ipOfBytes(xored(value.subarray(4), transactionId)), port };
}

/** Writes a message: attributes in the order of the calls, then sealed. */
export class StunWriter {
  readonly #header = Buffer.alloc(headerLength);
  readonly #transactionId: Buffer;
  readonly #parts: Buffer[] = [];

  constructor(method: Method, messageClass: MessageClass, transactionId: Buffer) {
    const code = methods[method];
    const bits = (code & 0x00f) | ((code & 0x070) << 1) | ((code & 0xf80) << 2) | classes[messageClass];
    this.#header.writeUInt16BE(bits, 0);
    this.#header.writeUInt32BE(magicCookie, 4);
    transactionId.copy(this.#header, 8);
    this.#transactionId = transactionId;
    this.#parts.push(this.#header);
  }

  attribute(type: number, value: Buffer | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    const whole = Buffer.alloc(4 + bytes.length + padding(bytes.length));
    whole.writeUInt16BE(type, 0);
    whole.writeUInt16BE(bytes.length, 2);
    bytes.copy(whole, 4);
    this.#parts.push(whole);
    return this;
  }

  number(type: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value, 0);
    return this.attribute(type, bytes);
  }

  xorAddress(type: number, { ip, port }: TransportAddress): this {
    const head = Buffer.from([0, familyCodes[familyOf(ip)], 0, 0]);
    head.writeUInt16BE(port ^ (magicCookie >>> 16), 2);
    return this.attribute(type, Buffer.concat([head, xored(bytesOfIp(ip), this.#transactionId)]));
  }

  error(code: number, reason: string): this {
    const head = Buffer.from([0, 0, Math.floor(code / 100), code % 100]);
    return this.attribute(attributes.errorCode, Buffer.concat([head, Buffer.from(reason)]));
  }

  /** @param key signs it with MESSAGE-INTEGRITY */
  finish({ key, fingerprint = false }: { key?: Buffer | undefined; fingerprint?: boolean } = {}): Buffer {
    if (key) {
      const covered = this.#joined(24);
      this.attribute(attributes.messageIntegrity, integrityOf(covered, key));
    }
    if (fingerprint) this.number(attributes.fingerprint, fingerprintOf(this.#joined(8)));
    return this.#joined(0);
  }

  #joined(further: number): Buffer {
    const bytes = Buffer.concat(this.#parts);
    return withLength(bytes, bytes.length + further);
  }
}

function integrityOf(bytes: Buffer, key: Buffer): Buffer {
  return createHmac('sha1', key).update(bytes).digest();
}

function fingerprintOf(bytes: Buffer): number {
  return (crc32(bytes) ^ fingerprintMask) >>> 0;
}

/** A copy whose header tells the length of a message of `total` octets. */
function withLength(bytes: Buffer, total: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(total - headerLength, 2);
  return copy;
}

function xored(bytes: Buffer, transactionId: Buffer): Buffer {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(magicCookie, 0);
  transactionId.copy(mask, 4);
  return Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

export function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
