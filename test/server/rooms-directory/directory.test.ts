import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../src/base/clock.ts';
import { Refusal } from '../../../src/protocol/errors.ts';
import { RoomDirectory } from '../../../src/server/rooms/directory.ts';
import { RoomQueries } from '../../../src/server/rooms/queries.ts';
import { roomSettings } from '../../../src/server/rooms/settings.ts';
import { Store } from '../../../src/server/store/store.ts';

interface Context {
  dataDirectory: string;
  store: Store;
  directory: RoomDirectory;
  turnTo(now: number): void;
}
const test = suite<Context>('room directory');
const settings = roomSettings.parse({ lifetimeDays: 2, maxRooms: 3 });
const day = 24 * 60 * 60 * 1000;

test.before.each(async (context) => {
  let now = 1000;
  context.dataDirectory = mkdtempSync(join(tmpdir(), 'plenum-rooms-'));
  context.store = await Store.open(context.dataDirectory, now);
  context.turnTo = (time) => {
    now = time;
  };
  const clock = { ...systemClock, now: () => now };
  context.directory = new RoomDirectory({ queries: new RoomQueries(context.store.db), settings, clock });
});
test.after.each(async ({ store, dataDirectory }) => {
  await store.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.detail}`.trim();
    throw error;
  }
  return 'none';
}

test('a room is found by its id and by its code, however that was typed', async ({ directory }) => {
  const room = await directory.create('  Klasse 7b – Mathe 🧮  ');
  assert.is(room.name, 'Klasse 7b – Mathe 🧮');
  assert.match(room.id, /^[2-9a-z]{24}$/);
  assert.match(room.code, /^[2-9a-z]{4}-[2-9a-z]{4}-[2-9a-z]{4}$/);
  assert.not.ok(room.id.includes(room.code.replaceAll('-', '').slice(0, 6)));
  assert.equal(await directory.find(room.id), room);
  const typed = [
    room.code,
    room.code.toUpperCase(),
    room.code.replaceAll('-', ''),
    ` ${room.code.replaceAll('-', ' – ')} `,
  ];
  for (const code of typed) assert.equal(await directory.findByCode(code), room, code);
  assert.is(await directory.findByCode(''), undefined);
  assert.is(await directory.findByCode(`${room.code}x`), undefined);
  assert.is(await directory.findByCode("' or 1=1 --"), undefined);
  assert.is(await directory.find(room.code), undefined);
});

test('an ended room is gone for good', async ({ directory }) => {
  const room = await directory.create('A');
  await directory.end(room.id);
  await directory.end(room.id);
  assert.is(await directory.find(room.id), undefined);
  assert.is(await directory.findByCode(room.code), undefined);
});

test('an expired room is not found, and its name is not kept', async ({ directory, turnTo }) => {
  const room = await directory.create('A');
  assert.is(room.expiresAt, 1000 + 2 * day);
  turnTo(room.expiresAt - 1);
  assert.is(await directory.purgeExpired(), 0);
  assert.equal(await directory.find(room.id), room);
  turnTo(room.expiresAt);
  assert.is(await directory.find(room.id), undefined);
  assert.is(await directory.findByCode(room.code), undefined);
  assert.is(await directory.purgeExpired(), 1);
  assert.is(await directory.purgeExpired(), 0);
});

test('the number of meetings is bounded; expired and ended ones do not count', async ({
  directory,
  turnTo,
}) => {
  const first = await directory.create('1');
  await directory.create('2');
  await directory.create('3');
  assert.is(await refusalOf(directory.create('4')), 'too-many meetings');
  await directory.end(first.id);
  await directory.create('4');
  turnTo(1000 + 2 * day);
  await directory.create('5');
});

test('names: any Unicode, one visible line', async ({ directory }) => {
  for (const name of ['会議', 'اجتماع', 'e\u0301', '<script>alert(1)</script>', '👩‍👩‍👧‍👦']) {
    const room = await directory.create(name);
    assert.is(room.name, name.normalize('NFC'));
    assert.equal(await directory.find(room.id), room);
    await directory.end(room.id);
  }
  for (const name of [
    '',
    '   ',
    '\u200b\u200d',
    'a\nb',
    'a\u0000b',
    'a\u2028b',
    '\ud800',
    'x\u202ey',
    'x'.repeat(101),
    'x'.repeat(10_000_000),
  ]) {
    assert.match(
      await refusalOf(directory.create(name)),
      /^bad-request name: /,
      JSON.stringify(name.slice(0, 20)),
    );
  }
  await directory.create('x'.repeat(100));
});

test.run();
