import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { Lifecycle } from '../../base/lifecycle.ts';
import { type MigrationTables, migrate } from './migrate.ts';
import { rooms } from './migrations/0001-rooms.ts';
import { roomsP2p } from './migrations/0002-rooms-p2p.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

const migrations = [rooms, roomsP2p];

/** The database, migrated and ready. Only `queries.ts` files speak to `db`. */
export class Store {
  readonly db: Kysely<Tables>;
  readonly #lifecycle = new Lifecycle<void>(() => this.db.destroy());

  /** @param dataDirectory exists; see data-directory.ts */
  static async open(dataDirectory: string, now: number): Promise<Store> {
    const db = openSqlite(join(dataDirectory, 'plenum.sqlite'));
    try {
      await migrate(db as unknown as Kysely<MigrationTables>, migrations, now);
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return new Store(db);
  }

  private constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  /** Whether it answers. */
  async isReady(): Promise<boolean> {
    if (!this.#lifecycle.isOpen) return false;
    try {
      await sql`select 1`.execute(this.db);
      return true;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    return this.#lifecycle.close();
  }
}
