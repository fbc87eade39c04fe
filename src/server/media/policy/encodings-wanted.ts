/** How many encodings of a producer its publisher has to send. Pure. */
export interface EncodingsState {
  /** told to the publisher last */
  told: number;
  /** ms: since when fewer than `told` would do */
  fewerSince: number | undefined;
}

/** Layers are taken away only after a while: people look around, and a layer needs a key frame to come back. */
const patienceMs = 3000;

/**
 * @param needed encodings that receivers are to get now, from the lowest on; 0: nobody watches
 * @param now ms
 */
export function encodingsWanted(state: EncodingsState, needed: number, now: number): EncodingsState {
  if (needed >= state.told) return { told: needed, fewerSince: undefined };
  const fewerSince = state.fewerSince ?? now;
  return now - fewerSince >= patienceMs
    ? { told: needed, fewerSince: undefined }
    : { told: state.told, fewerSince };
}
