/** A connection with the rights of Grafana's login, and the choices that a person would make. */
import pg from 'pg';
import type { AskedQuery } from './askedQueries.ts';
import { dashboards } from './build.ts';
import { expand, type Surroundings } from './postgres/expand.ts';

export interface Reader {
  ask(query: AskedQuery, surroundings: Surroundings): Promise<pg.QueryResult<Record<string, unknown>>>;
  /** How many pages of 8 kB are looked at for an answer: its cost, whatever else a machine has to do. */
  pages(query: AskedQuery, surroundings: Surroundings): Promise<number>;
  /** Whether stretches can be cut by time_bucket. */
  hasTimescale(): Promise<boolean>;
  close(): Promise<void>;
}

export async function openReader(url: string): Promise<Reader> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET ROLE safe_passage_grafana; SET default_transaction_read_only = on');
  } catch (problem) {
    await client.end();
    throw problem;
  }
  return {
    ask: async ({ sql }, surroundings) => await client.query<Record<string, unknown>>(expand(sql, surroundings)),
    pages: async ({ sql }, surroundings) => {
      const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ Plan: Record<string, number> }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${expand(sql, surroundings)}`,
      );
      const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
      return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
    },
    hasTimescale: async () =>
      (await client.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")).rowCount === 1,
    close: () => client.end(),
  };
}

export type Choices = Readonly<Record<string, string | readonly string[]>>;

/** Fills the variables of a dashboard one after another, as Grafana does: the first value, or all where several may be chosen. */
export async function choose(
  reader: Reader,
  title: string,
  surroundings: Omit<Surroundings, 'variables'>,
): Promise<Choices> {
  const model = Object.values(dashboards()).find((one) => one.title === title);
  const choices: Record<string, string | readonly string[]> = {};
  for (const variable of model?.templating?.list ?? []) {
    const query: AskedQuery = {
      dashboard: title,
      kind: 'variable',
      name: variable.name,
      panelType: null,
      format: 'table',
      sql: String(variable.query),
      repeat: null,
      mostPoints: null,
      leastIntervalMs: 0,
    };
    const { rows } = await reader.ask(query, { ...surroundings, variables: choices });
    const values = rows.map((row) => String(row.__value));
    choices[variable.name] = variable.multi ? values : (values[0] ?? '');
  }
  return choices;
}
