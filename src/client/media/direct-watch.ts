import type { Clock } from '../../base/clock.ts';
import type { ParticipantId } from '../../protocol/messages.ts';
import type { DirectConnection } from '../engine/direct-engine.ts';
import type { MeetingEvents } from '../meeting.ts';

export interface DirectWatchParts {
  connection: Pick<DirectConnection, 'stats' | 'levels'>;
  clock: Clock;
  /** Whether the other one's microphone is on: then something comes all the time, in silence too. */
  speaks: () => boolean;
  /** Nothing comes any more: ICE would notice it seconds later. Called at most once. */
  silent: () => void;
  heard: (speakers: MeetingEvents['speakers']) => void;
  ids: { self: ParticipantId; other: ParticipantId };
}

const lookMs = 250;
/** Opus sends a packet every 0.4 s in silence (DTX); where far more came a moment ago, less patience is enough. */
const silentMs = { few: 1400, many: 800 };
/** packets in one look */
const many = 5;
/** dBov: as the server's own threshold */
const audible = -60;
/** Steps of the volume that are worth telling, dB. */
const step = 10;

/** While the server neither sends nor hears anything: whether the direct path still carries, and who speaks. */
export class DirectWatch {
  readonly #parts: DirectWatchParts;
  readonly #stop: () => void;
  #packets = -1;
  #cameAt: number;
  #patienceMs = silentMs.few;
  #told = '';
  #dominant: ParticipantId | undefined;
  #looking = false;
  #closed = false;

  constructor(parts: DirectWatchParts) {
    this.#parts = parts;
    this.#cameAt = parts.clock.now();
    this.#stop = parts.clock.every(lookMs, () => void this.#look());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    // From here on the server tells who speaks, when that changes.
    if (this.#told !== '') this.#tell([]);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const { connection, clock, speaks, silent } = this.#parts;
      const [stats, levels] = await Promise.all([connection.stats(), connection.levels()]);
      if (this.#closed) return;
      const packets = stats.received?.packetsReceived ?? 0;
      const now = clock.now();
      if (packets !== this.#packets || !speaks()) {
        this.#patienceMs = packets - this.#packets >= many ? silentMs.many : silentMs.few;
        this.#packets = packets;
        this.#cameAt = now;
      } else if (now - this.#cameAt > this.#patienceMs) {
        this.close();
        return silent();
      }
      this.#hear(levels);
    } catch {
      // The connection was closed while it was asked.
    } finally {
      this.#looking = false;
    }
  }

  #hear({ own, other }: { own: number | undefined; other: number | undefined }): void {
    const { ids } = this.#parts;
    const speakers = [
      { participantId: ids.self, volume: decibels(own) },
      { participantId: ids.other, volume: decibels(other) },
    ]
      .filter(({ volume }) => volume > audible)
      .sort((a, b) => b.volume - a.volume);
    this.#tell(speakers);
  }

  #tell(speakers: MeetingEvents['speakers']['speakers']): void {
    const key = speakers
      .map(({ participantId, volume }) => `${participantId} ${Math.round(volume / step)}`)
      .join();
    if (key === this.#told) return;
    this.#told = key;
    this.#dominant = speakers[0]?.participantId ?? this.#dominant;
    this.#parts.heard({ speakers, ...(this.#dominant ? { dominant: this.#dominant } : {}) });
  }
}

function decibels(level = 0): number {
  return Math.round(Math.max(-127, 20 * Math.log10(Math.max(level, 1e-7))));
}
