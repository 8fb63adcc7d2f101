/** The yardstick: the rows that ingest has stored, taken out as they are and put by COPY into tables of the same kind. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

const TABLES = ['track_report', 'track_segment'] as const;

async function copyOut(client: pg.PoolClient, table: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  const stream = client.query(copyTo(`COPY (SELECT * FROM ${table}) TO STDOUT WITH (FORMAT binary)`));
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return chunks;
}

/** Rows are in memory before the clock starts. @returns seconds for both tables, from the first byte to the commit. */
export async function copyRows(pool: pg.Pool): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('CREATE SCHEMA copied');
    for (const table of TABLES) {
      await client.query(`CREATE TABLE copied.${table} (LIKE public.${table} INCLUDING ALL)`);
    }
    const hypertables = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
    if (hypertables.rowCount === 1) {
      for (const table of TABLES) {
        await client.query(
          "SELECT create_hypertable($1::text::regclass, 'from_time', chunk_time_interval => interval '1 hour', create_default_indexes => false)",
          [`copied.${table}`],
        );
      }
    }
    const rows = new Map<string, Buffer[]>();
    for (const table of TABLES) rows.set(table, await copyOut(client, table));
    const started = performance.now();
    await client.query('BEGIN');
    for (const [table, chunks] of rows) {
      const sink = client.query(copyFrom(`COPY copied.${table} FROM STDIN WITH (FORMAT binary)`));
      await pipeline(Readable.from(chunks), sink);
    }
    await client.query('COMMIT');
    return (performance.now() - started) / 1000;
  } finally {
    for (const table of TABLES) await client.query(`DROP TABLE IF EXISTS copied.${table}`);
    await client.query('DROP SCHEMA IF EXISTS copied CASCADE');
    client.release();
  }
}
