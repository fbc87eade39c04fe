/**
 * Tells when this machine has come to another network: a socket that was open then is as good as dead, and waiting
 * makes no sense any more. Silent in Node, which has no such events.
 * @returns a function that stops watching
 */
export function watchNetwork(changed: () => void): () => void {
  const connection = (globalThis.navigator as { connection?: { type?: string } } | undefined)?.connection;
  let type = connection?.type;
  const stops = [
    listen(globalThis, 'online', changed),
    // Also tells every new estimate of the bandwidth; only mobile browsers tell the kind of network.
    listen(connection, 'change', () => {
      if (connection?.type === type) return;
      type = connection?.type;
      changed();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function listen(target: unknown, event: string, listener: () => void): () => void {
  const events = target as Partial<EventTarget> | undefined;
  if (typeof events?.addEventListener !== 'function') return () => undefined;
  events.addEventListener(event, listener);
  return () => events.removeEventListener?.(event, listener);
}
