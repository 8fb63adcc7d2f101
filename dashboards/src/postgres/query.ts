/** Queries of Grafana's PostgreSQL data source, for which the foundation SDK has no builder. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

export interface DataSourceRef {
  readonly type: string;
  readonly uid: string;
}

/** `postgres` is what Grafana 9 knows and what later ones take for `grafana-postgresql-datasource`; they look for the uid. */
export const DATA_SOURCE: DataSourceRef = { type: 'postgres', uid: 'safe-passage' };

/** As Grafana keeps a query of this data source. */
export interface PostgresTarget {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  /** `time_series`: a column `time`, in order, and values; with a column `metric`, one series for each of its values. */
  readonly format: 'table' | 'time_series';
  readonly rawSql: string;
  readonly rawQuery: true;
  readonly editorMode: 'code';
}

export class PostgresQuery implements Builder<Dataquery> {
  #refId = 'A';
  #format: PostgresTarget['format'] = 'table';
  readonly #named: string[] = [];
  readonly #columns: string[] = [];
  readonly #sources: string[] = [];
  readonly #conditions: string[] = [];
  readonly #groups: string[] = [];
  readonly #having: string[] = [];
  readonly #orders: string[] = [];
  #limit: number | null = null;

  /** @param columns names of the answer, each with its expression. In Grafana a name is a title: it may have spaces. */
  select(columns: Readonly<Record<string, string>>): this {
    for (const [name, expression] of Object.entries(columns)) {
      this.#columns.push(`${expression} AS "${name.replaceAll('"', '""')}"`);
    }
    return this;
  }

  /** A query that goes before, to be named in `from`. */
  with(name: string, sql: string | PostgresQuery): this {
    this.#named.push(`${name} AS (\n${typeof sql === 'string' ? sql : sql.sql()}\n)`);
    return this;
  }

  from(source: string): this {
    this.#sources.push(source);
    return this;
  }

  leftJoin(source: string, on: string): this {
    this.#sources.push(`LEFT JOIN ${source} ON ${on}`);
    return this;
  }

  where(...conditions: readonly string[]): this {
    this.#conditions.push(...conditions);
    return this;
  }

  groupBy(...expressions: readonly string[]): this {
    this.#groups.push(...expressions);
    return this;
  }

  having(condition: string): this {
    this.#having.push(condition);
    return this;
  }

  orderBy(...expressions: readonly string[]): this {
    this.#orders.push(...expressions);
    return this;
  }

  limit(rows: number): this {
    this.#limit = rows;
    return this;
  }

  refId(refId: string): this {
    this.#refId = refId;
    return this;
  }

  asTimeSeries(): this {
    this.#format = 'time_series';
    return this;
  }

  /** @throws where nothing is selected. */
  sql(): string {
    if (this.#columns.length === 0) throw new Error('a query selects at least one column');
    const clause = (word: string, parts: readonly string[], between: string) =>
      parts.length === 0 ? [] : [`${word} ${parts.join(between)}`];
    return [
      ...clause('WITH', this.#named, ', '),
      ...clause('SELECT', this.#columns, ',\n       '),
      ...clause('FROM', this.#sources, '\n'),
      ...clause('WHERE', this.#conditions, '\n  AND '),
      ...clause('GROUP BY', this.#groups, ', '),
      ...clause('HAVING', this.#having, '\n  AND '),
      ...clause('ORDER BY', this.#orders, ', '),
      ...(this.#limit === null ? [] : [`LIMIT ${this.#limit}`]),
    ].join('\n');
  }

  target(): PostgresTarget {
    return {
      refId: this.#refId,
      datasource: DATA_SOURCE,
      format: this.#format,
      rawSql: this.sql(),
      rawQuery: true,
      editorMode: 'code',
    };
  }

  build(): Dataquery {
    // The SDK marks its own queries with a method that JSON does not show.
    return this.target() as unknown as Dataquery;
  }
}

export const query = (): PostgresQuery => new PostgresQuery();

/** The chosen values of a variable with several, none included: an empty list must be no error of syntax. */
export const among = (column: string, variable: string): string =>
  `${column} = ANY (ARRAY[\${${variable}:sqlstring}]::text[])`;

/** The chosen value of a variable with one. */
export const is = (column: string, variable: string): string => `${column} = \${${variable}:sqlstring}`;

/**
 * The step of what was added up that a panel needs: the longer one where points are ten minutes apart or more, so that a month is
 * read as fast as a morning.
 */
export const step = (shorter: number, longer: number): string =>
  `step_seconds = CASE WHEN $__interval_ms >= 600000 THEN ${longer} ELSE ${shorter} END`;
