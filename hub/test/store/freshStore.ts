import type pg from 'pg';
import { createTestDatabase, type DatabaseKind } from '../../../test/services/database.ts';
import { hubRoleUrl, migrate, openDatabase, openStore, type Store } from '../../src/store/index.ts';

export interface FreshStore {
  readonly store: Store;
  readonly pool: pg.Pool;
  readonly url: string;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export const SITE = 'demo';

/** An empty, migrated database of its own. */
export async function createFreshStore(kind: DatabaseKind, tracksHours = 72): Promise<FreshStore> {
  const database = await createTestDatabase(kind);
  await migrate(database.url);
  const store = openStore({
    // The role that a hub works in, so that every test of the store shows that its rights are enough.
    url: (await hubRoleUrl(database.url)).url,
    site: SITE,
    tracksHours,
    zoneName: (floor, zone) => (floor === 'hall' && zone === 'table' ? 'The table' : (zone ?? floor)),
  });
  const pool = openDatabase(database.url, { connections: 2 });
  return {
    store,
    pool,
    url: database.url,
    empty: async () => {
      for (const table of ['track_segment', 'track_report', 'report_gap', 'person_segment'])
        await pool.query(`TRUNCATE ${table}`);
    },
    close: async () => {
      await store.close();
      await pool.end();
      await database.drop();
    },
  };
}
