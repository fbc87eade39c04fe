/** Whether this browser has what the page cannot do without: calls, popovers, and the youngest piece of language used. */
export function isSupportedBrowser(window: Window & typeof globalThis): boolean {
  return (
    typeof window.RTCPeerConnection === 'function' &&
    typeof window.WebSocket === 'function' &&
    'popover' in window.HTMLElement.prototype &&
    typeof window.Promise.withResolvers === 'function'
  );
}
