import type { Kysely } from 'kysely';

export interface Migration {
  /** Sorts; never changed once released. */
  name: string;
  // The schema is in between two states here: no table type is right.
  up(db: Kysely<MigrationTables>): Promise<void>;
}

export interface MigrationTables {
  migrations: { name: string; applied_at: number };
}

/**
 * Applies what is missing, each migration with its bookkeeping in one transaction. Forward only: a database that knows a
 * migration this program does not was written by a newer version, and is left alone.
 * @returns the names applied now
 * @throws Error when the database is newer than this program
 */
export async function migrate(
  db: Kysely<MigrationTables>,
  migrations: readonly Migration[],
  now: number,
): Promise<string[]> {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .execute();
  const applied = new Set(
    (await db.selectFrom('migrations').select('name').execute()).map((row) => row.name),
  );
  const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `The database was written by a newer version of Plenum (it has ${unknown.join(', ')}). Update Plenum, or restore an older backup.`,
    );
  }
  const missing = migrations.filter((migration) => !applied.has(migration.name));
  for (const migration of missing) {
    await db.transaction().execute(async (transaction) => {
      await migration.up(transaction);
      await transaction.insertInto('migrations').values({ name: migration.name, applied_at: now }).execute();
    });
  }
  return missing.map((migration) => migration.name);
}
