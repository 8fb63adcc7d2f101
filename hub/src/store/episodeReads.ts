/** What stays and movements of several people have in common: how they are kept while they last, and read after a start. */
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import { withinNamedZones } from './zoneConditions.ts';

export interface EpisodeTable<Row, Episode> {
  readonly name: 'dwell_episode' | 'movement_episode';
  readonly columns: string;
  readonly recordOf: (row: Row) => Episode;
}

export interface EpisodeReads<Episode> {
  byIds(ids: readonly string[]): Promise<Episode[]>;
  ongoing(sinceMs: number): Promise<Episode[]>;
}

export function createEpisodeReads<Row extends pg.QueryResultRow, Episode>(
  pool: pg.Pool,
  site: string,
  limits: ReadLimits,
  { name, columns, recordOf }: EpisodeTable<Row, Episode>,
): EpisodeReads<Episode> {
  const where = async (condition: string, value: unknown): Promise<Episode[]> => {
    const result = await pool.query<Row>(
      `SELECT ${columns} FROM ${name} WHERE site = $1 AND ${condition} AND from_time >= $3${withinNamedZones(limits.zones('episodes'), 'from_time')} ORDER BY from_time, id`,
      [site, value, new Date(limits.oldestMs('episodes'))],
    );
    return result.rows.map(recordOf);
  };
  return {
    byIds: async (ids) => (ids.length === 0 ? [] : await where('id = ANY ($2::uuid[])', ids)),
    ongoing: async (sinceMs) => await where('(open OR to_time >= $2)', new Date(sinceMs)),
  };
}
