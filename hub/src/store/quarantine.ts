/** What was refused: how often and why, never what it said. */
import type pg from 'pg';
import type { QuarantineEntry, QuarantineStore } from './store.ts';

const HOUR_MS = 3_600_000;

const ADD = `
INSERT INTO quarantine AS q (hour, topic, reason, count)
SELECT hour, topic, reason, sum(count)::bigint
FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[]) AS g (hour, topic, reason, count)
GROUP BY hour, topic, reason
ORDER BY hour, topic, reason
ON CONFLICT (hour, topic, reason) DO UPDATE SET count = q.count + excluded.count`;

export function createQuarantineStore(pool: pg.Pool): QuarantineStore {
  return {
    add: async (entries) => {
      if (entries.length === 0) return;
      await pool.query(ADD, [
        entries.map((e) => new Date(Math.floor(e.hourMs / HOUR_MS) * HOUR_MS).toISOString()),
        entries.map((e) => e.topic),
        entries.map((e) => e.reason),
        entries.map((e) => e.count),
      ]);
    },
    list: async (sinceMs) => {
      const result = await pool.query<{ hour: Date; topic: string; reason: string; count: number }>(
        'SELECT hour, topic, reason, count FROM quarantine WHERE hour >= $1 ORDER BY hour DESC, count DESC, topic, reason LIMIT 1000',
        [new Date(Math.floor(sinceMs / HOUR_MS) * HOUR_MS)],
      );
      return result.rows.map(
        (row): QuarantineEntry => ({
          hourMs: row.hour.getTime(),
          topic: row.topic,
          reason: row.reason,
          count: row.count,
        }),
      );
    },
  };
}
