import type { Clock } from '../../base/clock.ts';
import type { ProducerId } from '../../protocol/messages.ts';
import type { ReceiverStats } from '../engine/engine.ts';

/** One source of the other participant, which changes from one path to another. */
export interface Change {
  producerId: ProducerId;
  isVideo: boolean;
  /** Nothing is to come of it. */
  paused: boolean;
  /** Where it plays from now, and from which path it shall. */
  from: () => Promise<ReceiverStats | undefined>;
  to: () => Promise<ReceiverStats | undefined>;
}

export interface ChangeoverParts {
  clock: Clock;
  /** What has not changed over yet; asked again and again, because people publish and mute meanwhile. */
  pending: () => readonly Change[];
  change: (producerId: ProducerId) => void;
  /** Everything plays from the new path, and whoever shows it had time to put it there. */
  done: () => void;
  /** Not in time. */
  failed: () => void;
}

const lookMs = 80;
/**
 * So long both paths go on after the last change: a page shows and plays the new one before it lets go of the old, and a
 * stream that comes after a pause takes a second to run smoothly.
 */
const crossMs = 2200;
const longestMs = 9000;
/** A path from which nothing has come for so long has nothing to wait for. */
const stillMs = 1500;
/** Every encoder begins small: a little patience for the size that is shown already. */
const growMs = 3000;
const fewest = { audio: 3, video: 2 };

interface Watch {
  /** Of the new path when it was first looked at, and since when it has flowed. */
  first: number;
  flowsSince: number | undefined;
  from: number;
  fromGrewAt: number;
}

/** Lets each source change over as soon as it flows on the new path, and not before: make before break. */
export class Changeover {
  readonly #parts: ChangeoverParts;
  readonly #watches = new Map<ProducerId, Watch>();
  readonly #startedAt: number;
  #stopTimer: (() => void) | undefined;
  #doneAt: number | undefined;
  #closed = false;

  constructor(parts: ChangeoverParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
    void this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  async #look(): Promise<void> {
    const { pending, change, clock, done, failed } = this.#parts;
    const changes = pending();
    const ready = await Promise.all(changes.map((one) => this.#isReady(one).catch(() => false)));
    if (this.#closed) return;
    for (const [index, { producerId }] of changes.entries()) if (ready[index]) change(producerId);
    const now = clock.now();
    if (pending().length > 0) this.#doneAt = undefined;
    else this.#doneAt ??= now;
    if (this.#doneAt !== undefined && now - this.#doneAt >= crossMs) {
      this.close();
      return done();
    }
    if (this.#doneAt === undefined && now - this.#startedAt > longestMs) {
      this.close();
      return failed();
    }
    this.#stopTimer = clock.after(lookMs, () => void this.#look());
  }

  async #isReady({ producerId, isVideo, paused, from, to }: Change): Promise<boolean> {
    if (paused) return true;
    const [old, fresh] = await Promise.all([from(), to()]);
    const now = this.#parts.clock.now();
    const [before, after] = [progress(old, isVideo), progress(fresh, isVideo)];
    const watch = this.#watches.get(producerId) ?? {
      first: after,
      flowsSince: undefined,
      from: before,
      fromGrewAt: now,
    };
    this.#watches.set(producerId, watch);
    if (before > watch.from) Object.assign(watch, { from: before, fromGrewAt: now });
    if (after - watch.first >= fewest[isVideo ? 'video' : 'audio']) watch.flowsSince ??= now;
    if (now - watch.fromGrewAt > stillMs) return true;
    if (watch.flowsSince === undefined) return false;
    return (fresh?.width ?? 0) >= (old?.width ?? 0) || now - watch.flowsSince > growMs;
  }
}

function progress(stats: ReceiverStats | undefined, isVideo: boolean): number {
  return (isVideo ? (stats?.framesDecoded ?? stats?.packetsReceived) : stats?.packetsReceived) ?? 0;
}
