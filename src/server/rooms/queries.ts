import type { Kysely, Selectable } from 'kysely';
import type { Tables } from '../store/tables.ts';

export type RoomRow = Selectable<Tables['rooms']>;

/** What the directory asks the database. */
export class RoomQueries {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async insert(row: RoomRow): Promise<void> {
    await this.#db.insertInto('rooms').values(row).execute();
  }

  byId(id: string, now: number): Promise<RoomRow | undefined> {
    return this.#alive(now).where('id', '=', id).executeTakeFirst();
  }

  byCode(code: string, now: number): Promise<RoomRow | undefined> {
    return this.#alive(now).where('code', '=', code).executeTakeFirst();
  }

  async count(now: number): Promise<number> {
    const row = await this.#db
      .selectFrom('rooms')
      .select((select) => select.fn.countAll().as('rooms'))
      .where('expires_at', '>', now)
      .executeTakeFirstOrThrow();
    return Number(row.rooms);
  }

  async delete(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('rooms').where('id', '=', id).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  /** @returns how many */
  async deleteExpired(now: number): Promise<number> {
    const result = await this.#db.deleteFrom('rooms').where('expires_at', '<=', now).executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  #alive(now: number) {
    return this.#db.selectFrom('rooms').selectAll().where('expires_at', '>', now);
  }
}
