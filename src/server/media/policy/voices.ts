/**
 * Which microphones are forwarded in a large room. Pure; times in ms.
 *
 * A microphone in silence costs next to nothing (DTX), and opening one that begins to speak costs its first syllable: a
 * voice is noticed a look later. So as many stay open as a room may have before this begins at all, those first who are
 * likely to speak next: who has just unmuted, and who spoke last. Only of those who are heard at the same time there are few.
 */

export interface VoicesState {
  /** by producer: when it was among the loudest last */
  heardAt: ReadonlyMap<string, number>;
  /** by producer: since when it is unmuted */
  unmutedAt: ReadonlyMap<string, number>;
  open: ReadonlySet<string>;
}

export interface VoicesSigns {
  now: number;
  /** every microphone that is not muted */
  microphones: readonly string[];
  /** who is audible, loudest first */
  levels: readonly { producerId: string; volume: number }[];
}

export interface VoicesLimits {
  /** open at a time */
  places: number;
  /** of them heard at a time */
  voices: number;
}

/** dB that somebody must be louder to take the place of one who is being heard. */
const bonus = 6;
/** Between two sentences somebody still counts as speaking. */
const holdMs = 2500;

export const noVoices: VoicesState = { heardAt: new Map(), unmutedAt: new Map(), open: new Set() };

export function openVoices(state: VoicesState, signs: VoicesSigns, limits: VoicesLimits): VoicesState {
  const { now, microphones, levels } = signs;
  const unmutedAt = new Map(microphones.map((id) => [id, state.unmutedAt.get(id) ?? now]));
  const rank = ({ producerId, volume }: (typeof levels)[number]) =>
    volume + (isHeard(state, producerId, now) ? bonus : 0);
  const audible = levels
    .filter(({ producerId }) => unmutedAt.has(producerId))
    .toSorted((a, b) => rank(b) - rank(a))
    .map(({ producerId }) => producerId);
  const heard = audible.slice(0, limits.voices);
  const heardAt = new Map([...state.heardAt].filter(([id]) => unmutedAt.has(id)));
  for (const id of heard) heardAt.set(id, now);

  const tooMany = new Set(audible.slice(limits.voices));
  const likelyAt = (id: string) => Math.max(heardAt.get(id) ?? 0, unmutedAt.get(id) ?? 0);
  const next = microphones.filter((id) => !tooMany.has(id)).sort((a, b) => likelyAt(b) - likelyAt(a));
  // A set: who is heard stands in front already.
  const open = new Set([...new Set([...heard, ...next])].slice(0, limits.places));
  return { heardAt, unmutedAt, open };
}

/** Who spoke last, so many of those who are open: for a line that cannot carry everybody's silence. */
export function lastSpeakers({ heardAt, open }: VoicesState, count: number): ReadonlySet<string> {
  const at = (id: string) => heardAt.get(id) ?? Number.NEGATIVE_INFINITY;
  return new Set([...open].sort((a, b) => (at(b) > at(a) ? 1 : -1)).slice(0, count));
}

/** How many are being heard, or were a moment ago. */
export function voicesHeard(state: VoicesState, now: number): number {
  return [...state.heardAt.keys()].filter((id) => isHeard(state, id, now)).length;
}

function isHeard({ heardAt }: VoicesState, id: string, now: number): boolean {
  return now - (heardAt.get(id) ?? Number.NEGATIVE_INFINITY) < holdMs;
}
