import { randomBytes } from 'node:crypto';
import { classes, Message, methods, parseMessage } from 'werift';
import { randomId } from '../base/ids.ts';
import { PathProblem } from '../client/doctor/path-engine.ts';
import type { IceParameters } from '../protocol/media.ts';
import type { PacketPath } from './paths/packet-path.ts';

/** The worker forgets a peer that has been silent for its consent time out (15 s by default, RFC 7675). */
const consentEveryMs = 2500;
/** RFC 8445 section 14.3 has 500 ms doubled; the first ones sooner, because the limit is short. */
const retransmitAfterMs = [0, 150, 300, 600, 1200, 2400, 4800];
/** Of a peer reflexive candidate, RFC 8445 section 5.1.2.1. */
const priority = 1_845_501_695;

/** The controlling end of ICE towards an ICE-lite server on a single path: connectivity check with nomination, then consent. */
export class IceCheck {
  readonly #path: PacketPath;
  readonly #remote: IceParameters;
  readonly #username: string;
  readonly #tieBreaker = randomBytes(8);
  readonly #waiting = new Map<string, () => void>();
  #consent: NodeJS.Timeout | undefined;

  constructor(path: PacketPath, remote: IceParameters) {
    this.#path = path;
    this.#remote = remote;
    this.#username = `${remote.usernameFragment}:${randomId(8)}`;
  }

  /** @throws PathProblem `no-answer` */
  async connect(limitMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timers = retransmitAfterMs
      .filter((delay) => delay < limitMs)
      .map((delay) => setTimeout(() => this.#ask(resolve), delay));
    timers.push(setTimeout(() => reject(new PathProblem('no-answer')), limitMs));
    try {
      await promise;
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
    this.#consent = setInterval(() => this.#ask(() => undefined), consentEveryMs);
  }

  /** A packet that is STUN. */
  take(packet: Buffer): void {
    const message = parseMessage(packet, Buffer.from(this.#remote.password));
    if (!message || message.messageMethod !== methods.BINDING) return;
    if (message.messageClass !== classes.RESPONSE) return;
    const answered = this.#waiting.get(message.transactionIdHex);
    this.#waiting.delete(message.transactionIdHex);
    answered?.();
  }

  close(): void {
    clearInterval(this.#consent);
    this.#waiting.clear();
  }

  #ask(answered: () => void): void {
    const message = new Message(methods.BINDING, classes.REQUEST);
    message
      .setAttribute('USERNAME', this.#username)
      .setAttribute('PRIORITY', priority)
      .setAttribute('ICE-CONTROLLING', this.#tieBreaker.readBigUInt64BE())
      .setAttribute('USE-CANDIDATE', null);
    message.addMessageIntegrity(Buffer.from(this.#remote.password)).addFingerprint();
    this.#waiting.set(message.transactionIdHex, answered);
    this.#path.send(message.bytes);
  }
}
