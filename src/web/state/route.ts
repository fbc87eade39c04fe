import { type ReadonlySignal, signal } from '@preact/signals';

export type Route =
  | { name: 'start' }
  /** Whether meetings work from here. */
  | { name: 'check' }
  | { name: 'meeting'; roomId: string; token: string; path: string }
  /** A meeting link whose fragment is missing: cut off while copying. */
  | { name: 'incomplete' }
  | { name: 'not-found' };

/** @param hash with its leading #, or empty */
export function parseRoute(pathname: string, hash: string): Route {
  if (pathname === '/' || pathname === '/index.html') return { name: 'start' };
  if (/^\/check\/?$/.test(pathname)) return { name: 'check' };
  const roomId = /^\/m\/([\w-]{1,64})\/?$/.exec(pathname)?.[1];
  if (roomId === undefined) return { name: 'not-found' };
  const token = hash.slice(1);
  if (token === '') return { name: 'incomplete' };
  return { name: 'meeting', roomId, token, path: `/m/${roomId}#${token}` };
}

/** The address bar as a signal. */
export class Router {
  readonly #window: Window;
  readonly #route = signal<Route>({ name: 'start' });
  readonly #changed = () => {
    this.#route.value = parseRoute(this.#window.location.pathname, this.#window.location.hash);
  };

  constructor(window: Window) {
    this.#window = window;
    this.#changed();
    window.addEventListener('popstate', this.#changed);
  }

  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  get origin(): string {
    return this.#window.location.origin;
  }

  /** The absolute address of one of our paths. */
  absolute(path: string): string {
    return new URL(path, this.origin).href;
  }

  go(path: string): void {
    const { pathname, hash } = this.#window.location;
    if (path !== pathname + hash) this.#window.history.pushState(null, '', path);
    this.#changed();
    this.#window.scrollTo(0, 0);
  }

  reload(): void {
    this.#window.location.reload();
  }
}
