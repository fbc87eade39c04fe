import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataDirectory } from '../../../src/server/store/data-directory.ts';
import { type MigrationTables, migrate } from '../../../src/server/store/migrate.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import { Store } from '../../../src/server/store/store.ts';

const test = suite<{ directory: string }>('store');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'plenum-store-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('the data directory and everything in the database are the owner’s only', async ({ directory }) => {
  const data = openDataDirectory(join(directory, 'deep', 'data'));
  assert.is(modeOf(data), 0o700);
  const store = await Store.open(data, 1);
  for (const file of ['plenum.sqlite', 'plenum.sqlite-wal', 'plenum.sqlite-shm'])
    assert.is(modeOf(join(data, file)), 0o600, file);
  await store.close();
});

test('a directory that cannot be used is named, with the setting to change', ({ directory }) => {
  writeFileSync(join(directory, 'file'), '');
  assert.throws(() => openDataDirectory(join(directory, 'file')), /file cannot be used .*PLENUM_DATA_DIR/);
  symlinkSync(join(directory, 'nowhere', 'x'), join(directory, 'broken'));
  assert.throws(() => openDataDirectory(join(directory, 'broken')), /cannot be used/);
});

test('opens twice in a row, keeps what was written, and tells whether it answers', async ({ directory }) => {
  const first = await Store.open(directory, 1);
  const row = { id: 'a', name: 'Ö', code: 'c', created_at: 1, expires_at: 2 ** 41, p2p: 1 };
  await first.db.insertInto('rooms').values(row).execute();
  assert.is(await first.isReady(), true);
  await first.close();
  await first.close();
  assert.is(await first.isReady(), false);
  const second = await Store.open(directory, 2);
  assert.equal({ ...(await second.db.selectFrom('rooms').selectAll().executeTakeFirstOrThrow()) }, row);
  await second.close();
});

test('every commit is synced: WAL with synchronous=FULL', async ({ directory }) => {
  const store = await Store.open(directory, 1);
  const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db);
  assert.is(rows[0]?.synchronous, 2);
  assert.ok(existsSync(join(directory, 'plenum.sqlite-wal')));
  await store.close();
});

test('a failed migration leaves nothing behind, and later ones go on where it stopped', async ({
  directory,
}) => {
  const db = openSqlite(join(directory, 'm.sqlite')) as unknown as Kysely<MigrationTables>;
  const table = (name: string, fails = false) => ({
    name,
    async up(on: Kysely<MigrationTables>) {
      await on.schema.createTable(name).addColumn('id', 'text').execute();
      if (fails) throw new Error('broken migration');
    },
  });
  await rejects(migrate(db, [table('m1'), table('m2', true)], 1), /broken migration/);
  assert.equal(await migrate(db, [table('m1'), table('m2'), table('m3')], 1), ['m2', 'm3']);
  assert.equal(await migrate(db, [table('m1'), table('m2'), table('m3')], 1), []);
  await rejects(migrate(db, [table('m1')], 1), /newer version of Plenum \(it has m2, m3\)/);
  await db.destroy();
});

test('a file that is no database is not overwritten', async ({ directory }) => {
  writeFileSync(
    join(directory, 'plenum.sqlite'),
    'my shopping list, which is long enough to be read as a header'.repeat(20),
  );
  await rejects(Store.open(directory, 1), /not a database/);
  assert.throws(
    () => new DatabaseSync(join(directory, 'plenum.sqlite')).prepare('select * from rooms'),
    /not a database/,
  );
});

async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.match(String(error), pattern);
}

test.run();
