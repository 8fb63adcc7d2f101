/**
 * The oldest row of each table, asked of the database itself: this shares with the retention engine nothing but the list
 * that says which class a table belongs to, and finds tables that the list has forgotten.
 */
import type { DataClass } from '../../privacy/policy.ts';
import { RETAINED_TABLES } from '../../privacy/retainedTables.ts';
import type { ZoneLimit } from '../../privacy/zones.ts';
import type { Queryable } from '../database.ts';
import { rowsInZone } from '../zoneConditions.ts';

/** What is kept as long as the system: who may sign in, devices, the policies themselves; the audit has a clock of its own. */
const NOT_TIMED = new Set([
  'access_token',
  'alert_event',
  'audit_checkpoint',
  'audit_pruning',
  'device',
  'device_since',
  'hub_state',
  'privacy_agreement',
  'privacy_policy',
  'schema_migration',
  'summary_progress',
]);

export interface TableAge {
  readonly table: string;
  /** null: it belongs to none, and nothing destroys what is in it. */
  readonly dataClass: DataClass | null;
  readonly oldestMs: number | null;
}

/** Alerts whose evidence is held stay on purpose: `hub privacy holds` lists them. */
const NOT_HELD = 'id NOT IN (SELECT alert FROM evidence_hold WHERE ended_at IS NULL)';

/** Every table with a time in it, in order of name. */
export async function measureOldest(database: Queryable): Promise<TableAge[]> {
  const { rows: columns } = await database.query<{ table: string; times: string[] }>(
    `SELECT c.table_name AS "table", array_agg(c.column_name::text ORDER BY c.ordinal_position) AS times
     FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('timestamp with time zone', 'timestamp without time zone')
     GROUP BY c.table_name ORDER BY c.table_name`,
  );
  const ages: TableAge[] = [];
  for (const { table, times } of columns) {
    if (NOT_TIMED.has(table)) continue;
    const known = RETAINED_TABLES.find((one) => one.table === table);
    const column = known?.time ?? times[0] ?? '';
    const held = table === 'alert' ? ` WHERE ${NOT_HELD}` : '';
    const { rows } = await database.query<{ at: Date | null }>(`SELECT min("${column}") AS at FROM "${table}"${held}`);
    ages.push({
      table,
      dataClass: known?.dataClass ?? (table === 'audit' ? 'audit' : null),
      oldestMs: rows[0]?.at?.getTime() ?? null,
    });
  }
  return ages;
}

export interface ZoneAge extends TableAge {
  readonly dataClass: DataClass;
  readonly floor: string;
  readonly zone: string;
  readonly limitMs: number;
}

/** The oldest row of each zone that has a limit of its own, in each table of the class. @param limits of one class. */
export async function measureOldestInZones(
  database: Queryable,
  dataClass: DataClass,
  limits: readonly ZoneLimit[],
): Promise<ZoneAge[]> {
  const ages: ZoneAge[] = [];
  for (const limit of limits) {
    for (const table of RETAINED_TABLES.filter((one) => one.dataClass === dataClass)) {
      const condition = rowsInZone(table, limit);
      if (condition === null) continue;
      const held = table.table === 'alert' ? ` AND ${NOT_HELD}` : '';
      const { rows } = await database.query<{ at: Date | null }>(
        `SELECT min("${table.time}") AS at FROM "${table.table}" WHERE ${condition}${held}`,
      );
      const { floor, zone, keptMs } = limit;
      const oldestMs = rows[0]?.at?.getTime() ?? null;
      ages.push({ table: table.table, dataClass, floor, zone, limitMs: keptMs, oldestMs });
    }
  }
  return ages;
}
