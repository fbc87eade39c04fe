/** Which microphones everybody hears in a large room. Pure. */

/** ms that somebody stays open after having been among the loudest: between two sentences nobody is cut off. */
const holdMs = 2500;

export interface VoicesState {
  /** ms: until when, by producer */
  open: ReadonlyMap<string, number>;
}

/**
 * The loudest get in at once; whoever is open and silent leaves when the time is over, or when somebody louder needs the place.
 * @param levels loudest first, only who is audible
 * @param limit how many voices at a time
 */
export function openVoices(
  state: VoicesState,
  levels: readonly { producerId: string; volume: number }[],
  limit: number,
  now: number,
): VoicesState {
  const open = new Map<string, number>();
  for (const { producerId } of levels.slice(0, limit)) open.set(producerId, now + holdMs);
  const held = [...state.open]
    .filter(([producerId, until]) => !open.has(producerId) && until > now)
    .sort(([, a], [, b]) => b - a);
  for (const [producerId, until] of held) {
    if (open.size >= limit) break;
    open.set(producerId, until);
  }
  return { open };
}
