import type { Migration } from '../migrate.ts';

export const rooms: Migration = {
  name: '0001-rooms',
  async up(db) {
    await db.schema
      .createTable('rooms')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('code', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('rooms_expires_at').on('rooms').column('expires_at').execute();
  },
};
