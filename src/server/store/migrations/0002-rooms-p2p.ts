import type { Migration } from '../migrate.ts';

export const roomsP2p: Migration = {
  name: '0002-rooms-p2p',
  async up(db) {
    await db.schema
      .alterTable('rooms')
      .addColumn('p2p', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
  },
};
