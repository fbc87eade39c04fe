import { useEffect, useRef } from 'preact/hooks';
import { useApp } from './app-context.ts';

/**
 * Names the page and moves the focus to its heading when the screen changes, as a page load would.
 * @returns the ref for the screen's `<h1 tabIndex={-1}>`
 */
export function useScreen(title: string) {
  const app = useApp();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === '' ? 'Plenum' : `${title} · Plenum`;
  }, [title]);
  useEffect(() => {
    // On the very first screen the browser begins at the top of the page by itself.
    if (app.screenShown) heading.current?.focus({ preventScroll: true });
    app.screenShown = true;
  }, [app]);
  return heading;
}
