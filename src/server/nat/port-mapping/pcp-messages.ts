import { ipv6, mapped } from './ip-octets.ts';

/** RFC 6887. */
export interface PcpMapping {
  result: number;
  /** Granted; in a refusal, for how long it stands. */
  lifetimeSeconds: number;
  epochSeconds: number;
  nonce: Buffer;
  protocol: 'udp' | 'tcp';
  internalPort: number;
  externalPort: number;
  externalAddress: string;
}

const version = 2;
const mapOpcode = 1;
const answerBit = 0x80;
const numbers = { udp: 17, tcp: 6 } as const;
const headerOctets = 24;
const mapOctets = 60;
export const nonceOctets = 12;

export interface MapRequest {
  clientAddress: string;
  nonce: Buffer;
  protocol: 'udp' | 'tcp';
  internalPort: number;
  externalPort: number;
  /** 0 removes the mapping */
  lifetimeSeconds: number;
}

export function mapRequest(ask: MapRequest): Buffer {
  const request = Buffer.alloc(mapOctets);
  request.writeUInt8(version, 0);
  request.writeUInt8(mapOpcode, 1);
  request.writeUInt32BE(ask.lifetimeSeconds, 4);
  mapped(ask.clientAddress).copy(request, 8);
  ask.nonce.copy(request, headerOctets, 0, nonceOctets);
  request.writeUInt8(numbers[ask.protocol], 36);
  request.writeUInt16BE(ask.internalPort, 40);
  request.writeUInt16BE(ask.externalPort, 42);
  // Any IPv4 address, written as a mapped one (section 11.1).
  mapped('0.0.0.0').copy(request, 44);
  return request;
}

/** @returns undefined: not an answer to MAP; `other-version`: the router speaks NAT-PMP or another version only (section 9) */
export function readPcpMapping(answer: Buffer): PcpMapping | 'other-version' | undefined {
  // A router that speaks only NAT-PMP answers in its own version: result 1, "unsupported version".
  if (answer.length >= 8 && answer[0] === 0 && ((answer[1] ?? 0) & answerBit) !== 0) return 'other-version';
  if (answer.length < headerOctets || answer.length % 4 !== 0 || answer[1] !== (answerBit | mapOpcode))
    return undefined;
  if (answer[0] !== version) return 'other-version';
  if (answer.length < mapOctets) return undefined;
  const protocol = answer[36] === numbers.udp ? 'udp' : answer[36] === numbers.tcp ? 'tcp' : undefined;
  if (!protocol) return undefined;
  return {
    result: answer.readUInt8(3),
    lifetimeSeconds: answer.readUInt32BE(4),
    epochSeconds: answer.readUInt32BE(8),
    nonce: answer.subarray(headerOctets, headerOctets + nonceOctets),
    protocol,
    internalPort: answer.readUInt16BE(40),
    externalPort: answer.readUInt16BE(42),
    externalAddress: ipv6(answer.subarray(44, 60)),
  };
}

const results: readonly string[] = [
  'success',
  'unsupported version',
  'not authorized',
  'malformed request',
  'unsupported operation',
  'unsupported option',
  'malformed option',
  'the router itself has no connection',
  'no resources',
  'unsupported protocol',
  'too many mappings',
  'the external port cannot be provided',
  'another NAT is in between',
  'too many remote peers',
];

export function pcpRefusal(result: number): string {
  return `the router refuses: ${results[result] ?? `result ${result}`} (PCP)`;
}
