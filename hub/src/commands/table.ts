/** Reads rows of a CSV file of any size, and says of each that is wrong where, what and what to do. */
import { createReadStream } from 'node:fs';
import { OperatorError } from '@safe-passage/cli';

const LIMIT_METRES = 1e6;
const LIMIT_SECONDS = 8.64e12;
const CHUNK_BYTES = 1 << 20;

/** What a file must look like. */
export interface Table {
  /** What the file is, as in "the trajectories cannot be read". */
  readonly what: string;
  /** Its first line: the names of the columns. */
  readonly header: string;
  /** What the columns hold, for whoever has another header. */
  readonly units: string;
}

/** Where a field stands, to name it. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

function numberField({ path, line }: Place, field: string, text: string, limit: number, unit: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && Math.abs(value) <= limit) return value;
  throw new OperatorError(
    `${path}, line ${line}: ${field} is "${text.slice(0, 40)}", not a number of ${unit} between ${-limit} and ${limit}`,
    'Mend or remove this row; decimals take a point, and columns are separated by commas.',
  );
}

/** A time in seconds, as milliseconds. */
export const timeField = (place: Place, field: string, text: string): number =>
  Math.round(numberField(place, field, text, LIMIT_SECONDS, 'seconds') * 1000);

export const metresField = (place: Place, field: string, text: string): number =>
  numberField(place, field, text, LIMIT_METRES, 'metres');

/** Any text without a comma. */
export function nameField({ path, line }: Place, field: string, text: string, ofWhat: string): string {
  const name = text.trim();
  if (name !== '') return name;
  throw new OperatorError(
    `${path}, line ${line}: ${field} is empty`,
    `Give every row the ${field} of its ${ofWhat}: any text without a comma.`,
  );
}

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

function splitRow(table: Table, place: Place, text: string): string[] {
  const fields = text.split(',');
  const wanted = table.header.split(',').length;
  if (fields.length === wanted) return fields;
  throw new OperatorError(
    `${place.path}, line ${place.line}: the row is "${text.slice(0, 60)}", not ${COUNTS[wanted] ?? wanted} fields`,
    `Every row has the fields of the header: ${table.header}.`,
  );
}

function checkHeader(table: Table, path: string, text: string): void {
  const found = text
    .replace(/^\uFEFF/, '')
    .replaceAll(' ', '')
    .replaceAll('"', '')
    .toLowerCase();
  if (found === table.header) return;
  throw new OperatorError(
    `${path}, line 1: the header is "${text.slice(0, 60)}", not "${table.header}"`,
    `The first line names the columns: ${table.header} (${table.units}).`,
  );
}

function unreadable(table: Table, path: string, problem: unknown): OperatorError {
  const why = problem instanceof Error ? problem.message : String(problem);
  return new OperatorError(
    `the ${table.what} "${path}" cannot be read: ${why}`,
    'Name an existing CSV file that you may read.',
    {
      cause: problem,
    },
  );
}

/**
 * Reads the file once, from beginning to end, and tells every row in the order of the file.
 *
 * @param onBytes told after each chunk, with the bytes read so far.
 * @throws OperatorError that names line, field, value and remedy.
 */
export async function readTable(
  path: string,
  table: Table,
  row: (fields: readonly string[], place: Place) => void,
  onBytes: (bytes: number) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: CHUNK_BYTES });
  let rest = '';
  let line = 0;
  const take = (text: string): void => {
    line++;
    const trimmed = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (line === 1) checkHeader(table, path, trimmed);
    else if (trimmed.trim() !== '') {
      const place = { path, line };
      row(splitRow(table, place, trimmed), place);
    }
  };
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const text = rest + chunk;
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        take(text.slice(start, end));
        start = end + 1;
      }
      rest = text.slice(start);
      if (rest.length > CHUNK_BYTES) take(rest);
      await onBytes(stream.bytesRead);
      if (signal.aborted)
        throw new OperatorError('stopped before the end of the file', 'Start again to take all of it.');
    }
    if (rest !== '') take(rest);
  } catch (problem) {
    throw problem instanceof Error && 'syscall' in problem ? unreadable(table, path, problem) : problem;
  } finally {
    stream.destroy();
  }
  if (line === 0) checkHeader(table, path, '');
}

/** Enough intervals to know the typical one. */
const INTERVALS_SAMPLED = 100_000;

/** What a first reading finds out about a file. */
export interface Survey {
  readonly rows: number;
  /** Whether no row is earlier than the one before. */
  readonly sorted: boolean;
  /** The median time between two rows of one id; 0 where no id has two. */
  readonly sampleSeconds: number;
}

/** Takes the rows of a first reading. */
export class Surveyor {
  #rows = 0;
  #sorted = true;
  #beforeMs = Number.NEGATIVE_INFINITY;
  readonly #last = new Map<string, number>();
  readonly #intervals: number[] = [];

  row(timeMs: number, id: string): void {
    this.#rows++;
    if (timeMs < this.#beforeMs) this.#sorted = false;
    this.#beforeMs = timeMs;
    if (this.#intervals.length >= INTERVALS_SAMPLED) return;
    const interval = timeMs - (this.#last.get(id) ?? timeMs);
    if (interval > 0) this.#intervals.push(interval);
    this.#last.set(id, timeMs);
  }

  survey(): Survey {
    const intervals = this.#intervals.sort((a, b) => a - b);
    return {
      rows: this.#rows,
      sorted: this.#sorted,
      sampleSeconds: (intervals[intervals.length >> 1] ?? 0) / 1000,
    };
  }
}

/** Rows held in memory, for files that are not in order of time: 12 bytes a row and 8 for each number. */
export class RowColumns {
  readonly #time: Float64Array;
  readonly #numbers: readonly Float64Array[];
  readonly #id: Uint32Array;
  readonly #ids: string[] = [];
  readonly #idNumbers = new Map<string, number>();
  #length = 0;

  /** @param numbers how many numbers each row has beside its time and id. */
  constructor(rows: number, numbers: number) {
    this.#time = new Float64Array(rows);
    this.#numbers = Array.from({ length: numbers }, () => new Float64Array(rows));
    this.#id = new Uint32Array(rows);
  }

  add(timeMs: number, id: string, ...numbers: number[]): void {
    let number = this.#idNumbers.get(id);
    if (number === undefined) {
      number = this.#ids.length;
      this.#idNumbers.set(id, number);
      this.#ids.push(id);
    }
    const at = this.#length++;
    this.#time[at] = timeMs;
    this.#id[at] = number;
    this.#numbers.forEach((column, k) => {
      column[at] = numbers[k] ?? 0;
    });
  }

  /** The median time between two rows of one id in order of time, seconds; 0 where no id has two. */
  sampleSeconds(): number {
    const surveyor = new Surveyor();
    for (const { timeMs, id } of this.inOrder()) surveyor.row(timeMs, id);
    return surveyor.survey().sampleSeconds;
  }

  /** Tells the rows in order of time; rows of the same time in the order of the file. */
  *inOrder(): Generator<{ readonly timeMs: number; readonly id: string; readonly numbers: readonly number[] }> {
    const time = this.#time;
    const order = Uint32Array.from({ length: this.#length }, (_, i) => i);
    order.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0) || a - b);
    for (const at of order) {
      yield {
        timeMs: time[at] ?? 0,
        id: this.#ids[this.#id[at] ?? 0] ?? '',
        numbers: this.#numbers.map((column) => column[at] ?? 0),
      };
    }
  }
}
