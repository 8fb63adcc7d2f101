/** Dwell episodes, brought up to date while they last. */
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import { isoTime } from './database.ts';
import { createEpisodeReads, type EpisodeTable, worthKeeping } from './episodeReads.ts';
import type { EpisodeRecord, EpisodeStore } from './store.ts';
import { withinNamedZones } from './zoneConditions.ts';

const UPSERT = `
INSERT INTO dwell_episode AS e (id, site, floor, zone, person, from_time, to_time, seconds, open, detail)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                     $8::double precision[], $9::boolean[], $10::jsonb[])
ON CONFLICT (id, from_time) DO UPDATE SET
  to_time = excluded.to_time, seconds = excluded.seconds, open = excluded.open, detail = excluded.detail
WHERE e.open OR NOT excluded.open OR excluded.to_time > e.to_time`;

interface EpisodeRow {
  id: string;
  floor: string;
  zone: string;
  person: string;
  from_time: Date;
  to_time: Date;
  seconds: number;
  open: boolean;
  detail: object;
}

const COLUMNS = 'id, floor, zone, person, from_time, to_time, seconds, open, detail';

const recordOf = (row: EpisodeRow): EpisodeRecord => ({
  id: row.id,
  floor: row.floor,
  zone: row.zone,
  person: row.person,
  fromMs: row.from_time.getTime(),
  toMs: row.to_time.getTime(),
  seconds: row.seconds,
  open: row.open,
  detail: row.detail,
});

const TABLE: EpisodeTable<EpisodeRow, EpisodeRecord> = { name: 'dwell_episode', columns: COLUMNS, recordOf };

export function createEpisodeStore(pool: pg.Pool, site: string, limits: ReadLimits): EpisodeStore {
  const oldestMs = () => limits.oldestMs('episodes');
  return {
    ...createEpisodeReads(pool, site, limits, TABLE),
    upsert: async (episodes) => {
      const last = worthKeeping(limits, episodes);
      if (last.length === 0) return;
      await pool.query(UPSERT, [
        last.map((e) => e.id),
        last.map(() => site),
        last.map((e) => e.floor),
        last.map((e) => e.zone),
        last.map((e) => e.person),
        last.map((e) => isoTime(e.fromMs)),
        last.map((e) => isoTime(e.toMs)),
        last.map((e) => e.seconds),
        last.map((e) => e.open),
        last.map((e) => JSON.stringify(e.detail)),
      ]);
    },
    list: async ({ floor, sinceMs, limit }) => {
      const result = await pool.query<EpisodeRow>(
        `SELECT ${COLUMNS} FROM dwell_episode
         WHERE site = $1 AND ($2::text IS NULL OR floor = $2) AND from_time >= $3${withinNamedZones(limits.zones('episodes'), 'from_time')}
         ORDER BY from_time DESC, id LIMIT $4`,
        [site, floor ?? null, new Date(Math.max(sinceMs, oldestMs())), Math.min(limit ?? 1000, 10_000)],
      );
      return result.rows.map(recordOf);
    },
  };
}
