/** What stays and movements of several people have in common: how they are kept while they last, and read after a start. */
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import { pastInZone } from '../privacy/zones.ts';
import { lastWords } from './database.ts';
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

interface Placed {
  readonly id: string;
  readonly floor: string;
  readonly zone: string | null;
  readonly fromMs: number;
}

/** The last word about each, but nothing that is past its time already: that must not come back to the disk. */
export function worthKeeping<Episode extends Placed>(limits: ReadLimits, told: readonly Episode[]): Episode[] {
  const zones = limits.zones('episodes');
  const oldestMs = limits.oldestMs('episodes');
  return lastWords(told).filter(
    ({ floor, zone, fromMs }) => fromMs >= oldestMs && !pastInZone(zones, floor, zone, fromMs),
  );
}
