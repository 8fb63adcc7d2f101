/** Recorded walkers, real or simulated, in one form: everybody at the same moments, a fixed time apart. */

export interface Walker {
  readonly id: number;
  /** Index of the first moment. Later ones follow without a gap. */
  readonly from: number;
  /** Metres. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface Recording {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly walkers: readonly Walker[];
  /** Who walks together, by id; who is in none walks alone. */
  readonly companies: readonly (readonly number[])[];
}

interface Row {
  readonly t: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Reads `t,id,x,y`, t in seconds. Somebody who is missing for a while counts as another walker afterwards.
 * @throws RangeError that names the line.
 */
export function parseRecording(
  name: string,
  csv: string,
  intervalSeconds: number,
  companies: readonly (readonly number[])[] = [],
): Recording {
  const lines = csv.trim().split('\n');
  if (lines[0]?.trim() !== 't,id,x,y')
    throw new RangeError(`${name}: the first line is t,id,x,y; found "${lines[0] ?? ''}"`);
  const byId = new Map<number, Row[]>();
  for (const [i, line] of lines.entries()) {
    if (i === 0) continue;
    const [t, id, x, y] = line.split(',').map(Number) as [number, number, number, number];
    if (![t, id, x, y].every(Number.isFinite))
      throw new RangeError(`${name}, line ${i + 1}: four numbers; found "${line}"`);
    const rows = byId.get(id);
    if (rows) rows.push({ t, x, y });
    else byId.set(id, [{ t, x, y }]);
  }
  const walkers: Walker[] = [];
  for (const [id, rows] of byId) {
    rows.sort((a, b) => a.t - b.t);
    let begin = 0;
    for (let i = 1; i <= rows.length; i += 1) {
      const [before, row] = [rows[i - 1] as Row, rows[i]];
      if (row && row.t - before.t < 1.5 * intervalSeconds) continue;
      const part = rows.slice(begin, i);
      begin = i;
      walkers.push({
        id,
        from: Math.round((part[0] as Row).t / intervalSeconds),
        x: Float64Array.from(part, (r) => r.x),
        y: Float64Array.from(part, (r) => r.y),
      });
    }
  }
  return { name, intervalSeconds, walkers, companies };
}

/** Somebody at a moment, with a velocity by central differences. */
export interface Sighting {
  readonly id: number;
  /** Index in {@link Recording.companies}; -1: alone. */
  readonly company: number;
  readonly x: number;
  readonly y: number;
  /** m/s. */
  readonly vx: number;
  readonly vy: number;
  readonly speed: number;
}

/** Who is there, moment by moment; the first and the last sighting of everybody are left out, having no velocity. */
export function moments(recording: Recording): Sighting[][] {
  const companyOf = new Map<number, number>();
  for (const [index, ids] of recording.companies.entries()) for (const id of ids) companyOf.set(id, index);
  const result: Sighting[][] = [];
  for (const { id, from, x, y } of recording.walkers) {
    for (let i = 1; i + 1 < x.length; i += 1) {
      const vx = ((x[i + 1] as number) - (x[i - 1] as number)) / (2 * recording.intervalSeconds);
      const vy = ((y[i + 1] as number) - (y[i - 1] as number)) / (2 * recording.intervalSeconds);
      const sighting = {
        id,
        company: companyOf.get(id) ?? -1,
        x: x[i] as number,
        y: y[i] as number,
        vx,
        vy,
        speed: Math.hypot(vx, vy),
      };
      const moment = result[from + i];
      if (moment) moment.push(sighting);
      else result[from + i] = [sighting];
    }
  }
  return Array.from(result, (moment) => moment ?? []);
}
