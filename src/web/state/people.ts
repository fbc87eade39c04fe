import type { MediaSource, ParticipantId, ProducerId, RemoteParticipant, Role } from '../../client/index.ts';

/** One source of somebody, as the views show it. */
export interface Feed {
  producerId: ProducerId;
  paused: boolean;
  /** There once it is subscribed and plays. */
  track?: MediaStreamTrack;
}
/** Somebody else in the meeting, as an immutable snapshot. */
export interface Person {
  id: ParticipantId;
  name: string;
  role: Role;
  feeds: Partial<Record<MediaSource, Feed>>;
}

export function snapshot(participant: RemoteParticipant): Person {
  const feeds: Partial<Record<MediaSource, Feed>> = {};
  for (const { id, source, paused, track } of participant.producers.values()) {
    feeds[source] = { producerId: id, paused, ...(track ? { track } : {}) };
  }
  return { id: participant.id, name: participant.displayName, role: participant.role, feeds };
}

export function isOn(feed: Feed | undefined): boolean {
  return feed !== undefined && !feed.paused;
}

/** First letters of the first and the last word, whole characters of any script: "Ada Lovelace" → "AL", "山田" → "山". */
export function initials(name: string): string {
  const all = name.trim().split(/\s+/u);
  const spelled = all.filter((word) => /\p{L}/u.test(word));
  const words = spelled.length > 0 ? spelled : all;
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) =>
    firstLetter(word ?? ''),
  );
  return letters.join('').toLocaleUpperCase() || '?';
}

function firstLetter(word: string): string {
  return word.match(/[\p{L}\p{N}]\p{M}*/u)?.[0] ?? '';
}

/** A steady colour for a name: one of `count`. */
export function hueOf(name: string, count: number): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
}

/** Moderators first, then by name as the reader's language sorts; viewers last. */
export function sortPeople<T extends { name: string; role: Role }>(
  people: readonly T[],
  locale: string,
): T[] {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true });
  const rank: Record<Role, number> = { moderator: 0, participant: 1, viewer: 2 };
  return people.toSorted((a, b) => rank[a.role] - rank[b.role] || collator.compare(a.name, b.name));
}
