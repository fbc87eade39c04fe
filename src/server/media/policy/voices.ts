/**
 * Which microphones are forwarded in a large room. Pure; times in ms.
 *
 * Everybody who receives everybody would be a consumer for each pair of people. So in a room with more microphones than there
 * are places, only who has a place is received at all. A microphone in silence costs next to nothing (DTX), and giving a
 * place to one that begins to speak costs its first syllables: a voice is noticed a look later. So there are more places than
 * voices, and those have them who are likely to speak next: who has just unmuted, and who spoke last. Each change of places
 * is work for everybody in the room, so nobody gives one up before somebody else needs it.
 */

export interface VoicesState {
  /** by producer: when it was among the loudest last */
  heardAt: ReadonlyMap<string, number>;
  /** by producer: since when it is unmuted */
  unmutedAt: ReadonlyMap<string, number>;
  muted: ReadonlySet<string>;
  /** Who can be received; undefined: everybody. */
  placed: ReadonlySet<string> | undefined;
  /** Unmuted, and forwarded to who receives it. */
  open: ReadonlySet<string>;
}

export interface Microphone {
  id: string;
  muted: boolean;
}

export interface VoicesSigns {
  now: number;
  microphones: readonly Microphone[];
  /** who is audible, loudest first */
  levels: readonly { producerId: string; volume: number }[];
}

export interface VoicesLimits {
  /** up to so many microphones there is no limit */
  above: number;
  /** with more: how many are received */
  places: number;
  /** and how many of them are heard at a time */
  voices: number;
}

/** dB that somebody must be louder to take the place of one who is being heard. */
const bonus = 6;
/** Between two sentences somebody still counts as speaking. */
const holdMs = 2500;

export const noVoices: VoicesState = {
  heardAt: new Map(),
  unmutedAt: new Map(),
  muted: new Set(),
  placed: undefined,
  open: new Set(),
};

export function openVoices(state: VoicesState, signs: VoicesSigns, limits: VoicesLimits): VoicesState {
  const { now, microphones, levels } = signs;
  const unmuted = microphones.filter(({ muted }) => !muted).map(({ id }) => id);
  const unmutedAt = new Map(unmuted.map((id) => [id, state.unmutedAt.get(id) ?? now]));
  const limited = microphones.length > limits.above;
  const voices = limited ? limits.voices : unmuted.length;
  const rank = ({ producerId, volume }: (typeof levels)[number]) =>
    volume + (isHeard(state, producerId, now) ? bonus : 0);
  const audible = levels
    .filter(({ producerId }) => unmutedAt.has(producerId))
    .toSorted((a, b) => rank(b) - rank(a))
    .map(({ producerId }) => producerId);
  const heard = new Set(audible.slice(0, voices));
  const known = new Set(microphones.map(({ id }) => id));
  const heardAt = new Map([...state.heardAt].filter(([id]) => known.has(id)));
  for (const id of heard) heardAt.set(id, now);
  const muted = new Set(microphones.filter((one) => one.muted).map(({ id }) => id));

  const placed = limited ? place(state, { microphones, heard, heardAt, unmutedAt }, limits) : undefined;
  const tooMany = new Set(audible.slice(voices));
  const open = new Set(unmuted.filter((id) => !tooMany.has(id) && (placed?.has(id) ?? true)));
  return { heardAt, unmutedAt, muted, placed, open };
}

interface Standing {
  microphones: readonly Microphone[];
  heard: ReadonlySet<string>;
  heardAt: ReadonlyMap<string, number>;
  unmutedAt: ReadonlyMap<string, number>;
}

function place(state: VoicesState, standing: Standing, { places, voices }: VoicesLimits): Set<string> {
  const { microphones, heard, heardAt, unmutedAt } = standing;
  const likelyAt = (id: string) => Math.max(heardAt.get(id) ?? 0, unmutedAt.get(id) ?? 0);
  const had = (id: string) => state.placed?.has(id) ?? (state.unmutedAt.has(id) || state.muted.has(id));
  // Who unmutes is about to speak; when a whole school does, it is not all of them.
  const resumed = new Set(
    microphones
      .filter(({ id, muted }) => !muted && state.muted.has(id))
      .slice(-voices)
      .map(({ id }) => id),
  );
  const claim = ({ id, muted }: Microphone) => {
    if (heard.has(id)) return 5;
    if (resumed.has(id)) return 4;
    if (!muted) return had(id) ? 3 : 2;
    return had(id) ? 1 : 0;
  };
  return new Set(
    microphones
      .toSorted((a, b) => claim(b) - claim(a) || likelyAt(b.id) - likelyAt(a.id))
      .slice(0, places)
      .map(({ id }) => id),
  );
}

/** Whether it is sent to those who receive it; one that is not known yet is, unless places are scarce. */
export function isForwarded({ muted, open, placed, unmutedAt }: VoicesState, id: string): boolean {
  // One that is muted sends nothing, and nobody should wait for the server when it is unmuted.
  if (muted.has(id) || open.has(id)) return true;
  return !unmutedAt.has(id) && placed === undefined;
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
