import { ipv4 } from './ip-octets.ts';

/** RFC 6886. */
export type NatPmpAnswer =
  | { operation: 'address'; result: number; epochSeconds: number; address: string }
  | {
      operation: 'udp' | 'tcp';
      result: number;
      epochSeconds: number;
      internalPort: number;
      externalPort: number;
      lifetimeSeconds: number;
    };

const opcodes = { address: 0, udp: 1, tcp: 2 } as const;

export function addressRequest(): Buffer {
  return Buffer.from([0, opcodes.address]);
}

/** @param lifetimeSeconds 0 removes it; the external port is to be 0 then */
export function mappingRequest(
  protocol: 'udp' | 'tcp',
  internalPort: number,
  externalPort: number,
  lifetimeSeconds: number,
): Buffer {
  const request = Buffer.alloc(12);
  request.writeUInt8(opcodes[protocol], 1);
  request.writeUInt16BE(internalPort, 4);
  request.writeUInt16BE(externalPort, 6);
  request.writeUInt32BE(lifetimeSeconds, 8);
  return request;
}

/** @returns undefined: not an answer in this protocol. An answer that is no success may be cut after the result. */
export function readNatPmp(answer: Buffer): NatPmpAnswer | undefined {
  if (answer.length < 8 || answer[0] !== 0) return undefined;
  const opcode = (answer[1] ?? 0) - 128;
  const operation = (['address', 'udp', 'tcp'] as const)[opcode];
  const result = answer.readUInt16BE(2);
  const epochSeconds = answer.readUInt32BE(4);
  if (!operation) return undefined;
  if (operation === 'address') {
    if (answer.length < 12)
      return result === 0 ? undefined : { operation, result, epochSeconds, address: '' };
    return { operation, result, epochSeconds, address: ipv4(answer.subarray(8, 12)) };
  }
  if (answer.length < 16) {
    if (result === 0 || answer.length < 12) return undefined;
    return {
      operation,
      result,
      epochSeconds,
      internalPort: answer.readUInt16BE(8),
      externalPort: 0,
      lifetimeSeconds: 0,
    };
  }
  return {
    operation,
    result,
    epochSeconds,
    internalPort: answer.readUInt16BE(8),
    externalPort: answer.readUInt16BE(10),
    lifetimeSeconds: answer.readUInt32BE(12),
  };
}

const results: Readonly<Record<number, string>> = {
  1: 'unsupported version',
  2: 'not authorized',
  3: 'the router itself has no connection',
  4: 'out of resources',
  5: 'unsupported operation',
};

export function natPmpRefusal(result: number): string {
  return `the router refuses: ${results[result] ?? `result ${result}`} (NAT-PMP)`;
}
