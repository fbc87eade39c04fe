import { type ReadonlySignal, signal } from '@preact/signals';
import type { DeviceStorage } from './device-storage.ts';

export interface RecentMeeting {
  roomId: string;
  name: string;
  /** Path and fragment; the fragment is a key to the meeting, so this never leaves the device. */
  path: string;
  moderator: boolean;
  /** epoch ms */
  visitedAt: number;
}

const kept = 8;

export class RecentMeetings {
  readonly #storage: DeviceStorage;
  readonly #list = signal<readonly RecentMeeting[]>([]);

  constructor(storage: DeviceStorage) {
    this.#storage = storage;
    this.#list.value = readRecent(storage.read('recent'));
  }

  /** The latest first. */
  get list(): ReadonlySignal<readonly RecentMeeting[]> {
    return this.#list;
  }

  add(meeting: RecentMeeting): void {
    this.#replace(withMeeting(this.#list.peek(), meeting));
  }

  forget(roomId: string): void {
    this.#replace(this.#list.peek().filter((meeting) => meeting.roomId !== roomId));
  }

  clear(): void {
    this.#replace([]);
  }

  #replace(list: readonly RecentMeeting[]): void {
    this.#list.value = list;
    this.#storage.write('recent', list.length === 0 ? undefined : list);
  }
}

/** A moderator link is not replaced by the participant link of the same meeting: it would be lost. */
export function withMeeting(
  list: readonly RecentMeeting[],
  meeting: RecentMeeting,
): readonly RecentMeeting[] {
  const known = list.find((other) => other.roomId === meeting.roomId);
  const better =
    known?.moderator && !meeting.moderator
      ? { ...known, name: meeting.name, visitedAt: meeting.visitedAt }
      : meeting;
  return [better, ...list.filter((other) => other.roomId !== meeting.roomId)].slice(0, kept);
}

function readRecent(stored: unknown): readonly RecentMeeting[] {
  return Array.isArray(stored) ? stored.filter(isRecentMeeting).slice(0, kept) : [];
}

function isRecentMeeting(value: unknown): value is RecentMeeting {
  if (typeof value !== 'object' || value === null) return false;
  const { roomId, name, path, moderator, visitedAt } = value as Record<string, unknown>;
  return (
    typeof roomId === 'string' &&
    typeof name === 'string' &&
    typeof path === 'string' &&
    // Only ever our own pages: this becomes a link.
    path.startsWith('/m/') &&
    typeof moderator === 'boolean' &&
    typeof visitedAt === 'number'
  );
}
