import type { Clock } from '../../base/clock.ts';
import { limits } from '../../protocol/limits.ts';
import type { ProducerId, View } from '../../protocol/messages.ts';
import { LatestWish } from '../signalling/latest-wish.ts';
import type { Session } from '../signalling/session.ts';

/** A window that is being resized or a page that is being turned is told once. */
const settleMs = 150;
/** Device pixels: smaller differences do not change which layer fits. */
const step = 16;
const largest = 16_384;

/** Tells the server which videos are on the screen: what appears or is pinned at once, everything else when it has settled. */
export class ShownViews {
  readonly #clock: Clock;
  readonly #wish = new LatestWish('setViews');
  #next: View[] = [];
  #stopWaiting: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Everything that is visible now. */
  show(views: Iterable<View>): void {
    const next = tidy(views);
    const hurry = isUrgent(next, this.#wish.wanted?.views);
    this.#next = next;
    if (hurry) this.#tell();
    else this.#stopWaiting ??= this.#clock.after(settleMs, () => this.#tell());
  }

  joined(session: Session): void {
    this.#wish.joined(session);
  }

  close(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }

  #tell(): void {
    this.close();
    this.#wish.set({ views: this.#next });
  }
}

/** Somebody who has just come into view, or is wanted large, should not wait. */
function isUrgent(next: readonly View[], before: readonly View[] = []): boolean {
  const known = new Map<ProducerId, View>(before.map((view) => [view.producerId, view]));
  return next.some(({ producerId, pinned }) => {
    const view = known.get(producerId);
    return !view || (pinned && !view.pinned);
  });
}

/** In an order of its own, so that the same picture is the same message; bounded as the server bounds it. */
function tidy(views: Iterable<View>): View[] {
  const rounded = [...views].map((view) => ({
    ...view,
    width: round(view.width),
    height: round(view.height),
  }));
  return rounded
    .filter(({ width, height }) => width > 0 && height > 0)
    .sort(
      (a, b) =>
        Number(b.pinned) - Number(a.pinned) ||
        b.width * b.height - a.width * a.height ||
        (a.producerId < b.producerId ? -1 : 1),
    )
    .slice(0, limits.idsPerRequest);
}

function round(pixels: number): number {
  return Math.min(largest, Math.ceil(Math.max(0, pixels) / step) * step);
}
