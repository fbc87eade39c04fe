import type { RemoteInfo } from 'node:dgram';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import { Allocation } from './allocation.ts';
import { authenticate, type Refused, type Requester } from './authentication.ts';
import type { ClientPath } from './client-path.ts';
import { count, noCounts, type TurnCounters } from './counters.ts';
import { realm } from './credentials.ts';
import { type MediaPeer, MediaPeers } from './media-peers.ts';
import { Nonces } from './nonces.ts';
import { Quotas } from './quotas.ts';
import { RelaySocket } from './relay-socket.ts';
import { Relaying } from './relaying.ts';
import { bindChannel, createPermissions, readAllocate, readRefresh, unknownAttributes } from './requests.ts';
import type { TurnLimits } from './settings.ts';
import { attributes, parseStun, type StunMessage, StunWriter } from './stun-message.ts';

const software = 'Plenum';
const nonceLifetimeMs = 10 * 60_000;
/** After the first few the log has said what there is to say. */
const failuresLogged = 20;

export interface TurnServerParts {
  secret: Uint8Array;
  limits: TurnLimits;
  allocationLifetimeSeconds: number;
  /** RFC 8489 §9.2; shorter in tests */
  nonceLifetimeMs?: number;
  clock: Clock;
  log: Log;
}

/**
 * A TURN server (RFC 8656) for UDP relays, without its listening sockets: gets whole messages with the path they came on.
 * It relays to this deployment's media only (media-peers.ts).
 */
export class TurnServer {
  readonly counters: TurnCounters = noCounts();
  readonly #parts: TurnServerParts;
  readonly #nonces: Nonces;
  readonly #peers = new MediaPeers();
  readonly #quotas: Quotas;
  readonly #relaying: Relaying;
  readonly #allocations = new Map<string, Allocation>();
  /** Paths whose relayed port is being opened. */
  readonly #opening = new Set<string>();
  readonly #stopSweeping: () => void;
  #closed = false;

  constructor(parts: TurnServerParts) {
    this.#parts = parts;
    this.#nonces = new Nonces(parts.nonceLifetimeMs ?? nonceLifetimeMs);
    this.#quotas = new Quotas(parts.limits, this.counters);
    this.#relaying = new Relaying(this.#peers, this.counters, () => parts.clock.now());
    this.#stopSweeping = parts.clock.every(1000, () => this.#sweep());
  }

  /** Where media is received from now on. */
  setPeers(peers: readonly MediaPeer[]): void {
    this.#peers.set(peers);
  }

  get quotas(): Quotas {
    return this.#quotas;
  }

  hasAllocation(path: ClientPath): boolean {
    return this.#allocations.has(path.key) || this.#opening.has(path.key);
  }

  /** A message from a client, whatever it is. Never throws: what a stranger sends must not end anything. */
  receive(bytes: Buffer, path: ClientPath): void {
    try {
      const first = bytes[0];
      // The two bits that tell ChannelData from STUN: RFC 8656 §12.
      if (first !== undefined && first >= 0x40 && first < 0x80) {
        const allocation = this.#allocations.get(path.key);
        if (allocation) this.#relaying.channelData(bytes, allocation);
        else this.counters.malformed += 1;
        return;
      }
      const message = parseStun(bytes);
      if (message?.class === 'request') this.#request(message, path);
      else if (message?.class === 'indication') this.#indication(message, path);
      else this.counters.malformed += 1;
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The client's connection is gone, and with it what it had. */
  pathClosed(path: ClientPath): void {
    this.#opening.delete(path.key);
    const allocation = this.#allocations.get(path.key);
    if (allocation) this.#release(allocation);
  }

  close(): void {
    this.#closed = true;
    this.#stopSweeping();
    for (const allocation of [...this.#allocations.values()]) this.#release(allocation);
  }

  #request(message: StunMessage, path: ClientPath): void {
    if (message.method === 'binding') return this.#binding(message, path);
    const now = this.#parts.clock.now();
    const allocation = this.#allocations.get(path.key);
    const { secret } = this.#parts;
    const requester = authenticate(message, path, allocation, { secret, nonces: this.#nonces, now });
    if ('code' in requester) return this.#refuse(message, path, requester, undefined);
    const unknown = unknownAttributes(message);
    if (unknown.length > 0) return this.#refuseUnknown(message, path, unknown, requester.key);
    if (message.method === 'allocate') return this.#allocate(message, path, requester);
    const refused = allocation
      ? this.#onAllocation(message, allocation, requester, now)
      : ({ code: 437, text: 'Allocation Mismatch', reason: 'no-allocation' } as const);
    if (refused) this.#refuse(message, path, refused, requester.key);
  }

  #onAllocation(
    message: StunMessage,
    allocation: Allocation,
    requester: Requester,
    now: number,
  ): Refused | undefined {
    if (allocation.username !== requester.username)
      return { code: 441, text: 'Wrong Credentials', reason: 'foreign-allocation' };
    const { limits, allocationLifetimeSeconds } = this.#parts;
    const rules = { peers: this.#peers, quotas: this.#quotas, limits };
    const done = new StunWriter(message.method, 'success', message.transactionId);
    switch (message.method) {
      case 'refresh': {
        const lifetime = readRefresh(message, allocation, allocationLifetimeSeconds);
        if (typeof lifetime !== 'number') return lifetime;
        allocation.expiresAt = now + lifetime * 1000;
        if (lifetime === 0) this.#release(allocation);
        done.number(attributes.lifetime, lifetime);
        break;
      }
      case 'createPermission': {
        const refused = createPermissions(message, allocation, rules, now);
        if (refused) return refused;
        break;
      }
      case 'channelBind': {
        const refused = bindChannel(message, allocation, rules, now);
        if (refused) return refused;
        break;
      }
      default:
        // Send and Data are indications, never requests.
        return { code: 400, text: 'Bad Request', reason: 'bad-request' };
    }
    this.#answer(done, message, allocation.path, requester.key);
    return undefined;
  }

  #binding(message: StunMessage, path: ClientPath): void {
    if (!this.#quotas.admitsStranger(path.client.ip)) return;
    const unknown = unknownAttributes(message);
    if (unknown.length > 0) return this.#refuseUnknown(message, path, unknown, undefined);
    const done = new StunWriter('binding', 'success', message.transactionId);
    this.#answer(done.xorAddress(attributes.xorMappedAddress, path.client), message, path, undefined);
  }

  #allocate(message: StunMessage, path: ClientPath, requester: Requester): void {
    const existing = this.#allocations.get(path.key);
    if (existing?.answer && existing.transactionId.equals(message.transactionId)) {
      // The answer was lost, or is late.
      path.send(existing.answer);
      return;
    }
    const refuse = (refused: Refused) => this.#refuse(message, path, refused, requester.key);
    // While the port is being opened: a retransmission, which gets its answer in a moment.
    if (this.#opening.has(path.key)) return;
    if (existing) return refuse({ code: 437, text: 'Allocation Mismatch', reason: 'already-allocated' });
    const asked = readAllocate(message, this.#peers, this.#parts.allocationLifetimeSeconds);
    if ('code' in asked) return refuse(asked);
    const claim = this.#quotas.claim(requester.participant, path.client.ip);
    if (!claim) return refuse({ code: 486, text: 'Allocation Quota Reached', reason: 'quota' });
    this.#opening.add(path.key);
    let allocation: Allocation | undefined;
    const received = (packet: Buffer, from: RemoteInfo) => {
      if (allocation) this.#fromPeer(packet, from, allocation);
    };
    RelaySocket.open(asked.relayIp, asked.even, received).then(
      (socket) => {
        const isWanted = this.#opening.delete(path.key) && !this.#closed;
        if (!socket || !isWanted) {
          socket?.close();
          claim.release(this.#parts.clock.now());
          if (isWanted) refuse({ code: 508, text: 'Insufficient Capacity', reason: 'no-port' });
          return;
        }
        const { username, key } = requester;
        const { transactionId } = message;
        // A copy: the bytes of a message are part of a larger chunk.
        const made = { path, username, key, socket, claim, transactionId: Buffer.from(transactionId) };
        allocation = new Allocation(made);
        this.#opened(allocation, message, asked.lifetimeSeconds);
      },
      (error: unknown) => {
        this.#opening.delete(path.key);
        claim.release(this.#parts.clock.now());
        this.#failed(error);
      },
    );
  }

  #opened(allocation: Allocation, message: StunMessage, lifetimeSeconds: number): void {
    const { path, socket, key } = allocation;
    allocation.expiresAt = this.#parts.clock.now() + lifetimeSeconds * 1000;
    this.#allocations.set(path.key, allocation);
    this.counters.allocations[path.transport] += 1;
    this.counters.allocationsMade[path.transport] += 1;
    const done = new StunWriter('allocate', 'success', allocation.transactionId)
      .xorAddress(attributes.xorRelayedAddress, socket.address)
      .number(attributes.lifetime, lifetimeSeconds)
      .xorAddress(attributes.xorMappedAddress, path.client);
    allocation.answer = this.#answer(done, message, path, key);
  }

  #fromPeer(packet: Buffer, from: RemoteInfo, allocation: Allocation): void {
    try {
      this.#relaying.fromPeer(packet, from, allocation);
    } catch (error) {
      this.#failed(error);
    }
  }

  #indication(message: StunMessage, path: ClientPath): void {
    const allocation = this.#allocations.get(path.key);
    // RFC 8489 §6.3.2: what is not understood is dropped, never answered.
    if (message.method !== 'send' || !allocation || unknownAttributes(message).length > 0) {
      if (message.method !== 'binding') this.counters.malformed += 1;
      return;
    }
    this.#relaying.sendIndication(message, allocation);
  }

  #answer(
    writer: StunWriter,
    { hasFingerprint }: StunMessage,
    path: ClientPath,
    key: Buffer | undefined,
  ): Buffer {
    const bytes = writer
      .attribute(attributes.software, software)
      .finish({ key, fingerprint: hasFingerprint });
    path.send(bytes);
    return bytes;
  }

  /** @param key of somebody who has proven to know it */
  #refuse(message: StunMessage, path: ClientPath, refused: Refused, key: Buffer | undefined): void {
    count(this.counters.refusals, refused.reason);
    if (!key && !this.#quotas.admitsStranger(path.client.ip)) return;
    const writer = new StunWriter(message.method, 'error', message.transactionId);
    writer.error(refused.code, refused.text);
    if (refused.code === 401 || refused.code === 438) {
      const nonce = this.#nonces.make(path.client.ip, this.#parts.clock.now());
      writer.attribute(attributes.realm, realm).attribute(attributes.nonce, nonce);
    }
    this.#answer(writer, message, path, key);
  }

  #refuseUnknown(message: StunMessage, path: ClientPath, unknown: number[], key: Buffer | undefined): void {
    count(this.counters.refusals, 'unknown-attribute');
    const types = Buffer.alloc(unknown.length * 2);
    unknown.forEach((type, index) => {
      types.writeUInt16BE(type, index * 2);
    });
    const writer = new StunWriter(message.method, 'error', message.transactionId)
      .error(420, 'Unknown Attribute')
      .attribute(attributes.unknownAttributes, types);
    this.#answer(writer, message, path, key);
  }

  #sweep(): void {
    const now = this.#parts.clock.now();
    for (const allocation of [...this.#allocations.values()]) {
      if (allocation.expiresAt <= now) this.#release(allocation);
      else allocation.sweep(now, this.#peers);
    }
    this.#quotas.sweep(now);
  }

  #release(allocation: Allocation): void {
    if (!this.#allocations.delete(allocation.path.key)) return;
    this.counters.allocations[allocation.path.transport] -= 1;
    allocation.claim.release(this.#parts.clock.now());
    allocation.socket.close();
  }

  #failed(error: unknown): void {
    this.counters.failures += 1;
    if (this.counters.failures <= failuresLogged) this.#parts.log.error({ error }, 'TURN message failed');
  }
}
