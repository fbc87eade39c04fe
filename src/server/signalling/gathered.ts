import type { Clock } from '../../base/clock.ts';
import type { NotificationName } from '../../protocol/messages.ts';
import type { Notice } from '../../protocol/notice.ts';

/**
 * News that can wait a moment: when a school's class comes in, each of its people is told of all the others, and a frame for
 * each of these would cost the server and every client more than what is in it.
 */
const canWait: ReadonlySet<NotificationName> = new Set([
  'participantJoined',
  'participantLeft',
  'producerAdded',
  'producerChanged',
  'producerRemoved',
  'speakers',
  'connectionQuality',
]);

/** What one client is to be told, a frame at a time. The first after a quiet while goes at once, what follows is gathered. */
export class Gathered {
  readonly #clock: Clock;
  readonly #gatherMs: number;
  readonly #send: (notifications: Uint8Array[]) => void;
  #waiting: Uint8Array[] = [];
  #sentAt = Number.NEGATIVE_INFINITY;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, gatherMs: number, send: (notifications: Uint8Array[]) => void) {
    this.#clock = clock;
    this.#gatherMs = gatherMs;
    this.#send = send;
  }

  add({ notification, bytes }: Notice): void {
    this.#waiting.push(bytes);
    const quietFor = this.#clock.now() - this.#sentAt;
    if (!canWait.has(notification.name) || quietFor >= this.#gatherMs) this.flush();
    // A clock that was set back must not hold news up.
    else this.#stop ??= this.#clock.after(this.#gatherMs - Math.max(0, quietFor), () => this.flush());
  }

  /** Before anything else is sent: what has happened is told in order. */
  flush(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#waiting.length === 0) return;
    const notifications = this.#waiting;
    this.#waiting = [];
    this.#sentAt = this.#clock.now();
    this.#send(notifications);
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#waiting = [];
  }
}
