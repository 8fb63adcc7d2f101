/** Movements of several people, brought up to date while they last. */
import type pg from 'pg';
import type { ReadLimits } from '../privacy/limits.ts';
import { isoTime } from './database.ts';
import { createEpisodeReads, type EpisodeTable, worthKeeping } from './episodeReads.ts';
import type { MovementRecord, MovementStore } from './store.ts';
import { withinNamedZones } from './zoneConditions.ts';

const UPSERT = `
INSERT INTO movement_episode AS e (id, site, floor, zone, pattern, from_time, to_time, open, score, detail)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                     $8::boolean[], $9::double precision[], $10::jsonb[])
ON CONFLICT (id, from_time) DO UPDATE SET
  zone = excluded.zone, to_time = excluded.to_time, open = excluded.open, score = excluded.score,
  detail = excluded.detail
WHERE e.open OR NOT excluded.open OR excluded.to_time > e.to_time`;

interface MovementRow {
  id: string;
  floor: string;
  zone: string | null;
  pattern: string;
  from_time: Date;
  to_time: Date;
  open: boolean;
  score: number;
  detail: object;
}

const COLUMNS = 'id, floor, zone, pattern, from_time, to_time, open, score, detail';

const recordOf = (row: MovementRow): MovementRecord => ({
  id: row.id,
  floor: row.floor,
  zone: row.zone,
  pattern: row.pattern,
  fromMs: row.from_time.getTime(),
  toMs: row.to_time.getTime(),
  open: row.open,
  score: row.score,
  detail: row.detail,
});

const TABLE: EpisodeTable<MovementRow, MovementRecord> = { name: 'movement_episode', columns: COLUMNS, recordOf };

export function createMovementStore(pool: pg.Pool, site: string, limits: ReadLimits): MovementStore {
  const oldestMs = () => limits.oldestMs('episodes');
  return {
    ...createEpisodeReads(pool, site, limits, TABLE),
    upsert: async (movements) => {
      const last = worthKeeping(limits, movements);
      if (last.length === 0) return;
      await pool.query(UPSERT, [
        last.map((m) => m.id),
        last.map(() => site),
        last.map((m) => m.floor),
        last.map((m) => m.zone),
        last.map((m) => m.pattern),
        last.map((m) => isoTime(m.fromMs)),
        last.map((m) => isoTime(m.toMs)),
        last.map((m) => m.open),
        last.map((m) => m.score),
        last.map((m) => JSON.stringify(m.detail)),
      ]);
    },
    list: async ({ floor, pattern, sinceMs, limit }) => {
      const result = await pool.query<MovementRow>(
        `SELECT ${COLUMNS} FROM movement_episode
         WHERE site = $1 AND ($2::text IS NULL OR floor = $2) AND ($3::text IS NULL OR pattern = $3) AND from_time >= $4
           ${withinNamedZones(limits.zones('episodes'), 'from_time')}
         ORDER BY from_time DESC, id LIMIT $5`,
        [
          site,
          floor ?? null,
          pattern ?? null,
          new Date(Math.max(sinceMs, oldestMs())),
          Math.min(limit ?? 1000, 10_000),
        ],
      );
      return result.rows.map(recordOf);
    },
  };
}
