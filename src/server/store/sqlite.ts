import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import type { Tables } from './tables.ts';

/** Opens or creates the database file; only its owner may read it (SQLite gives the journal files the same mode). */
export function openSqlite(path: string): Kysely<Tables> {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  // defensive: no SQL can write to the file behind SQLite's back.
  const database = new DatabaseSync(path, {
    timeout: 5000,
    enableForeignKeyConstraints: true,
    defensive: true,
  });
  try {
    // FULL: what was answered "done" survives a power cut, not only a crash.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off;');
    return new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapt(database) }) });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Kysely speaks to better-sqlite3's interface; Node's differs in `reader` and in spreading parameters. */
function adapt(database: DatabaseSync) {
  return {
    close: () => database.close(),
    prepare(text: string) {
      const statement = database.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
}
