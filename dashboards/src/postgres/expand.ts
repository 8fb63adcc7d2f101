/**
 * What Grafana makes of a query before PostgreSQL sees it: variables first, by its interpolation, then macros, by the data
 * source. Written after the documentation of both, for tests, pictures and the benchmark.
 */

export interface Surroundings {
  readonly fromMs: number;
  readonly toMs: number;
  /** Milliseconds between two points of a series, as the panel asks for them. */
  readonly intervalMs: number;
  /** By name; a list where several may be chosen. */
  readonly variables: Readonly<Record<string, string | readonly string[]>>;
  /** Whether the data source is told that there is TimescaleDB: then stretches are cut by time_bucket. */
  readonly timescale: boolean;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** `5m`, `90s`: the largest unit that makes a whole number. */
export function intervalText(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each && ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** @throws where it is no duration that Grafana knows. */
export function intervalMs(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|M|y)$/.exec(text.trim().replaceAll(/^['"]|['"]$/g, '')) ?? [];
  const sizes: Readonly<Record<string, number>> = {
    ...Object.fromEntries(UNITS),
    w: 7 * 86_400_000,
    M: 30 * 86_400_000,
    y: 365 * 86_400_000,
  };
  const size = unit === undefined ? undefined : sizes[unit];
  if (count === undefined || size === undefined) throw new Error(`${text} is no interval`);
  return Number(count) * size;
}

/** What Grafana rounds to: below the first, the second is taken. */
const ROUNDED: readonly (readonly [below: number, taken: number])[] = [
  [1500, 1000],
  [3500, 2000],
  [7500, 5000],
  [12_500, 10_000],
  [17_500, 15_000],
  [25_000, 20_000],
  [45_000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
];

/** The interval of a panel that shows a time range in so many points at most, milliseconds, as Grafana chooses it from a second on. */
export function panelIntervalMs(rangeMs: number, mostPoints: number, leastMs: number): number {
  const exact = rangeMs / mostPoints;
  return Math.max(leastMs, ROUNDED.find(([below]) => exact < below)?.[1] ?? 86_400_000);
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

function formatted(value: string | readonly string[], format: string | undefined): string {
  const values = typeof value === 'string' ? [value] : value;
  switch (format) {
    case 'sqlstring':
    case undefined:
      // Without a format this data source quotes where several may be chosen, and leaves a single value as it is.
      return format === undefined && typeof value === 'string' ? value : values.map(quoted).join(',');
    case 'singlequote':
      return values.map((one) => `'${one.replaceAll("'", "\\'")}'`).join(',');
    case 'csv':
      return values.join(',');
    case 'raw':
      return values.join(',');
    default:
      throw new Error(`the format ${format} is not used here`);
  }
}

/** `$name`, `${name}`, `${name:format}`; what is no variable is left. */
function withVariables(sql: string, { fromMs, toMs, intervalMs: stepMs, variables }: Surroundings): string {
  const built: Readonly<Record<string, string>> = {
    __interval: intervalText(stepMs),
    __interval_ms: String(stepMs),
    __from: String(fromMs),
    __to: String(toMs),
  };
  return sql.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::(\w+))?\})/g,
    (whole, bare: string | undefined, name: string | undefined, format: string | undefined) => {
      const called = bare ?? name ?? '';
      const value = built[called] ?? variables[called];
      return value === undefined ? whole : formatted(value, format);
    },
  );
}

/** The end of the call that opens at `open`, brackets within it and quotes observed. */
function closing(sql: string, open: number): number {
  let depth = 0;
  let quote = false;
  for (let i = open; i < sql.length; i++) {
    const char = sql[i];
    if (char === "'") quote = !quote;
    if (quote) continue;
    if (char === '(') depth++;
    if (char === ')' && --depth === 0) return i;
  }
  throw new Error(`a bracket is not closed: ${sql.slice(open, open + 60)}`);
}

function argumentsOf(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let current = '';
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) {
      found.push(current.trim());
      current = '';
    } else current += char;
  }
  return [...found, current.trim()].filter((one) => one !== '');
}

function macro(name: string, given: readonly string[], { fromMs, toMs, timescale }: Surroundings): string {
  const [column = '', step = ''] = given;
  const [from, to] = [fromMs, toMs].map((ms) => quoted(new Date(ms).toISOString().replace(/\.000Z$/, 'Z')));
  const [fromS, toS] = [fromMs, toMs].map((ms) => Math.floor(ms / 1000));
  const need = (count: number): void => {
    if (given.length < count) throw new Error(`$__${name} takes ${count} arguments, not ${given.length}`);
  };
  switch (name) {
    case 'time':
      need(1);
      return `${column} AS "time"`;
    case 'timeEpoch':
      need(1);
      return `extract(epoch from ${column}) as "time"`;
    case 'timeFilter':
      need(1);
      return `${column} BETWEEN ${from} AND ${to}`;
    case 'timeFrom':
      return from ?? '';
    case 'timeTo':
      return to ?? '';
    case 'timeGroup': {
      need(2);
      const seconds = intervalMs(step) / 1000;
      return timescale
        ? `time_bucket('${seconds.toFixed(3)}s',${column})`
        : `floor(extract(epoch from ${column})/${seconds})*${seconds}`;
    }
    case 'timeGroupAlias':
      return `${macro('timeGroup', given, { fromMs, toMs, timescale, intervalMs: 0, variables: {} })} AS "time"`;
    case 'unixEpochFilter':
      need(1);
      return `${column} >= ${fromS} AND ${column} <= ${toS}`;
    case 'unixEpochFrom':
      return String(fromS);
    case 'unixEpochTo':
      return String(toS);
    case 'unixEpochGroup': {
      need(2);
      const seconds = intervalMs(step) / 1000;
      return timescale ? `time_bucket('${seconds.toFixed(3)}s',${column})` : `floor((${column})/${seconds})*${seconds}`;
    }
    case 'unixEpochGroupAlias':
      return `${macro('unixEpochGroup', given, { fromMs, toMs, timescale, intervalMs: 0, variables: {} })} AS "time"`;
    default:
      throw new Error(`there is no macro $__${name}`);
  }
}

/** Every `$__name(…)`. @throws where there is no such macro or an argument is missing. */
function withMacros(sql: string, surroundings: Surroundings): string {
  let text = sql;
  for (let at = text.search(/\$__\w+\(/); at >= 0; at = text.search(/\$__\w+\(/)) {
    const open = text.indexOf('(', at);
    const end = closing(text, open);
    const name = text.slice(at + 3, open);
    const value = macro(name, argumentsOf(text.slice(open + 1, end)), surroundings);
    text = text.slice(0, at) + value + text.slice(end + 1);
  }
  return text;
}

/** The query as the database gets it. @throws where something of Grafana's is left in it. */
export function expand(sql: string, surroundings: Surroundings): string {
  const text = withMacros(withVariables(sql, surroundings), surroundings);
  const left = /\$\{?[A-Za-z_]\w*/.exec(text)?.[0];
  if (left) throw new Error(`${left} is neither a variable nor a macro`);
  return text;
}
