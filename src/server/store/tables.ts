import type { Generated } from 'kysely';

/** The schema as the newest migration leaves it. Times are ms since the Unix epoch. */
export interface Tables {
  rooms: RoomsTable;
}

export interface RoomsTable {
  id: string;
  name: string;
  /** Without hyphens. */
  code: string;
  created_at: number;
  expires_at: number;
  /** 0: media always goes through the server. */
  p2p: Generated<number>;
}
