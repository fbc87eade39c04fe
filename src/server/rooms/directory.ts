import type { Clock } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import { Refusal } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { RoomId } from '../../protocol/messages.ts';
import { plainName } from './plain-name.ts';
import type { RoomQueries, RoomRow } from './queries.ts';
import type { RoomSettings } from './settings.ts';

export interface RoomRecord {
  id: RoomId;
  name: string;
  /** For typing in, xxxx-xxxx-xxxx. A secret of its own: whoever may only view knows the id but not this. */
  code: string;
  /** ms since the epoch */
  createdAt: number;
  expiresAt: number;
  /** false: media always goes through the server */
  p2p: boolean;
}

export interface RoomDirectoryParts {
  queries: RoomQueries;
  settings: RoomSettings;
  clock: Clock;
}

const codeLength = 12;
const dayMs = 24 * 60 * 60 * 1000;

/** Which meetings exist, whether anybody is in them or not. */
export class RoomDirectory {
  readonly #queries: RoomQueries;
  readonly #settings: RoomSettings;
  readonly #clock: Clock;

  constructor(parts: RoomDirectoryParts) {
    this.#queries = parts.queries;
    this.#settings = parts.settings;
    this.#clock = parts.clock;
  }

  /** @throws Refusal `bad-request` on a bad name, `too-many` when the deployment is full */
  async create(name: string, options: { p2p?: boolean } = {}): Promise<RoomRecord> {
    const now = this.#clock.now();
    const row: RoomRow = {
      id: randomId(24),
      name: plainName(name, limits.roomNameLength, 'name'),
      code: randomId(codeLength),
      created_at: now,
      expires_at: now + this.#settings.lifetimeDays * dayMs,
      p2p: options.p2p === false ? 0 : 1,
    };
    if ((await this.#queries.count(now)) >= this.#settings.maxRooms)
      throw new Refusal('too-many', 'meetings');
    await this.#queries.insert(row);
    return toRecord(row);
  }

  async find(id: string): Promise<RoomRecord | undefined> {
    const row = await this.#queries.byId(id, this.#clock.now());
    return row && toRecord(row);
  }

  /** Case, spaces and hyphens do not matter. */
  async findByCode(code: string): Promise<RoomRecord | undefined> {
    const plain = code.replace(/[\s\p{Pd}]/gu, '').toLowerCase();
    if (plain.length !== codeLength) return undefined;
    const row = await this.#queries.byCode(plain, this.#clock.now());
    return row && toRecord(row);
  }

  /** A moderator ended it: its links are dead from now on. */
  async end(id: string): Promise<void> {
    await this.#queries.delete(id);
  }

  /** @returns how many were forgotten */
  purgeExpired(): Promise<number> {
    return this.#queries.deleteExpired(this.#clock.now());
  }
}

function toRecord(row: RoomRow): RoomRecord {
  return {
    id: row.id as RoomId,
    name: row.name,
    code: row.code.replace(/(.{4})(?=.)/g, '$1-'),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    p2p: row.p2p !== 0,
  };
}
