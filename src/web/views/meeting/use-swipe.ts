import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const leastDistance = 60;

/** Pages by a horizontal swipe; there are buttons and keys for the same. */
export function useSwipe(area: RefObject<HTMLElement>, onSwipe: (by: 1 | -1) => void): void {
  const latest = useRef(onSwipe);
  latest.current = onSwipe;
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    let start: Touch | undefined;
    const begin = (event: TouchEvent) => {
      start = event.touches.length === 1 ? event.touches[0] : undefined;
    };
    const end = (event: TouchEvent) => {
      const last = event.changedTouches[0];
      if (!start || !last) return;
      const [dx, dy] = [last.clientX - start.clientX, last.clientY - start.clientY];
      if (Math.abs(dx) > leastDistance && Math.abs(dx) > 2 * Math.abs(dy)) latest.current(dx < 0 ? 1 : -1);
      start = undefined;
    };
    element.addEventListener('touchstart', begin, { passive: true });
    element.addEventListener('touchend', end, { passive: true });
    return () => {
      element.removeEventListener('touchstart', begin);
      element.removeEventListener('touchend', end);
    };
  }, [area]);
}
