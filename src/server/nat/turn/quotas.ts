import { networkOf } from '../network-of.ts';
import { count, type QuotaName, type TurnCounters } from './counters.ts';
import type { TurnLimits } from './settings.ts';

/** So many a second, one second's worth at once. */
class Rate {
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #at = 0;

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
    this.#most = perSecond;
    this.#left = perSecond;
  }

  has(amount: number, nowMs: number): boolean {
    if (nowMs > this.#at) {
      this.#left = Math.min(this.#most, this.#left + (nowMs - this.#at) * this.#perMs);
      this.#at = nowMs;
    }
    return this.#left >= amount;
  }

  take(amount: number): void {
    this.#left -= amount;
  }
}

/** What one participant or one address has and uses. */
class Share {
  allocations = 0;
  unusedSince = 0;
  readonly bytes: Rate;
  readonly packets: Rate;

  constructor(bytesPerSecond: number, packetsPerSecond: number) {
    this.bytes = new Rate(bytesPerSecond);
    this.packets = new Rate(packetsPerSecond);
  }
}

/** Who has nothing any more is forgotten after this long: not at once, or allocating anew would be a way to a full rate. */
const forgetAfterMs = 5000;

/** One allocation's claim on the quotas. */
export interface Claim {
  /** Whether a packet of this size may pass; counted when it may not. */
  admits(bytes: number, nowMs: number): boolean;
  release(nowMs: number): void;
}

/** Who may have how much: allocations, bytes and packets per second, per participant and per address. */
export class Quotas {
  readonly #limits: TurnLimits;
  readonly #counters: TurnCounters;
  readonly #participants = new Map<string, Share>();
  readonly #addresses = new Map<string, Share>();
  readonly #answers = new Map<string, number>();
  #allocations = 0;

  constructor(limits: TurnLimits, counters: TurnCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** @returns undefined when one of the limits is reached */
  claim(participantId: string, ip: string): Claim | undefined {
    const limits = this.#limits;
    const participant = shareOf(this.#participants, participantId, () => {
      return new Share(limits.bytesPerSecondPerParticipant, limits.packetsPerSecondPerParticipant);
    });
    const address = shareOf(this.#addresses, networkOf(ip), () => {
      return new Share(limits.bytesPerSecondPerAddress, limits.packetsPerSecondPerAddress);
    });
    const hit =
      this.#allocations >= limits.allocations
        ? 'allocations'
        : participant.allocations >= limits.allocationsPerParticipant
          ? 'participant-allocations'
          : address.allocations >= limits.allocationsPerAddress
            ? 'address-allocations'
            : undefined;
    if (hit) {
      this.hit(hit);
      return undefined;
    }
    this.#allocations += 1;
    participant.allocations += 1;
    address.allocations += 1;
    return this.#claimOf(participant, address);
  }

  hit(name: QuotaName): void {
    count(this.#counters.quotaHits, name);
  }

  /** Whether somebody without credentials gets an answer: else we would be a mirror for forged senders. */
  admitsStranger(ip: string): boolean {
    const network = networkOf(ip);
    const answers = this.#answers.get(network) ?? 0;
    // Bounded: a flood from countless forged addresses is not answered at all.
    if (answers >= this.#limits.strangerAnswersPerSecond || this.#answers.size > 20_000) {
      this.hit('strangers');
      return false;
    }
    this.#answers.set(network, answers + 1);
    return true;
  }

  /** To be called once a second. */
  sweep(nowMs: number): void {
    this.#answers.clear();
    for (const shares of [this.#participants, this.#addresses]) {
      for (const [name, share] of shares) {
        if (share.allocations === 0 && nowMs - share.unusedSince > forgetAfterMs) shares.delete(name);
      }
    }
  }

  #claimOf(participant: Share, address: Share): Claim {
    let released = false;
    return {
      admits: (bytes, nowMs) => {
        if (!participant.bytes.has(bytes, nowMs)) this.hit('participant-bytes');
        else if (!participant.packets.has(1, nowMs)) this.hit('participant-packets');
        else if (!address.bytes.has(bytes, nowMs)) this.hit('address-bytes');
        else if (!address.packets.has(1, nowMs)) this.hit('address-packets');
        else {
          for (const share of [participant, address]) {
            share.bytes.take(bytes);
            share.packets.take(1);
          }
          return true;
        }
        return false;
      },
      release: (nowMs) => {
        if (released) return;
        released = true;
        this.#allocations -= 1;
        for (const share of [participant, address]) {
          share.allocations -= 1;
          share.unusedSince = nowMs;
        }
      },
    };
  }
}

function shareOf(shares: Map<string, Share>, name: string, make: () => Share): Share {
  const share = shares.get(name) ?? make();
  shares.set(name, share);
  return share;
}
