/** Conditions in SQL that leave out what is past the limit of its zone. Written out, so that a hub without such limits pays nothing. */
import type { Polygon } from '@safe-passage/contract';
import pg from 'pg';
import type { RetainedTable } from '../privacy/retainedTables.ts';
import type { ZoneLimit } from '../privacy/zones.ts';
import { isoTime } from './database.ts';

const text = (value: string): string => pg.escapeLiteral(value);
const time = (ms: number): string => `'${isoTime(ms)}'::timestamptz`;

/** A polygon in metres as PostgreSQL writes it. */
export const polygonText = (polygon: Polygon): string =>
  `'(${polygon.map(([x, y]) => `(${Number(x)},${Number(y)})`).join(',')})'::polygon`;

/** Whether a row of positions has one in a polygon; on its edge counts as inside. @param row alias of the table. */
const positionIn = (row: string, polygon: Polygon): string =>
  `EXISTS (SELECT 1 FROM unnest(${row}.x_cm, ${row}.y_cm) AS at (x, y) WHERE ${polygonText(polygon)} @> point(at.x / 100.0, at.y / 100.0))`;

export interface PositionRow {
  /** Alias of the table with the positions. */
  readonly row: string;
  /** Where the floor stands, and the time that age is counted from. */
  readonly floor?: string;
  readonly at?: string;
}

/** ` AND ...`: rows of positions of which none lies in a zone in which it is past its time. */
export const withinZones = (
  zones: readonly ZoneLimit[],
  { row, floor = `${row}.floor`, at = `${row}.from_time` }: PositionRow,
): string =>
  zones
    .map(({ floor: of, polygon, oldestMs }) =>
      polygon === null
        ? ''
        : ` AND NOT (${at} < ${time(oldestMs)} AND ${floor} = ${text(of)} AND ${positionIn(row, polygon)})`,
    )
    .join('');

/** ` AND ...`: the same for rows that name their floor and zone. @param at the column that age is counted from. */
export const withinNamedZones = (zones: readonly ZoneLimit[], at: string): string =>
  zones
    .map(
      ({ floor, zone, oldestMs }) =>
        ` AND (${at} >= ${time(oldestMs)} OR floor <> ${text(floor)} OR zone IS DISTINCT FROM ${text(zone)})`,
    )
    .join('');

/** Side of the squares of `floor_cell`, metres. */
const SQUARE_METRES = 2;

function squaresIn(table: string, polygon: Polygon): string {
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  const first = (values: number[]): number => Math.floor(Math.min(...values) / SQUARE_METRES) - 1;
  const last = (values: number[]): number => Math.floor(Math.max(...values) / SQUARE_METRES);
  const corner = (n: number): string =>
    `point(${SQUARE_METRES} * (${table}.x + ${n}), ${SQUARE_METRES} * (${table}.y + ${n}))`;
  // The box first: most squares are told from it alone.
  return `${table}.x BETWEEN ${first(xs)} AND ${last(xs)} AND ${table}.y BETWEEN ${first(ys)} AND ${last(ys)}
    AND ${polygonText(polygon)} && polygon(box(${corner(0)}, ${corner(1)}))`;
}

/** Which rows of a table belong to a zone: a condition; null where none can. */
export function rowsInZone(
  { table, inZone }: Pick<RetainedTable, 'table' | 'inZone'>,
  { floor, zone, polygon }: Pick<ZoneLimit, 'floor' | 'zone' | 'polygon'>,
): string | null {
  const onFloor = `${table}.floor = ${text(floor)}`;
  switch (inZone) {
    case 'named':
      return `${onFloor} AND ${table}.zone = ${text(zone)}`;
    case 'either end':
      return `${onFloor} AND (${table}.from_zone = ${text(zone)} OR ${table}.to_zone = ${text(zone)})`;
    case 'positions':
      return polygon && `${onFloor} AND ${positionIn(table, polygon)}`;
    case 'held positions':
      return (
        polygon &&
        `EXISTS (SELECT 1 FROM evidence_hold AS h WHERE h.id = ${table}.hold AND h.floor = ${text(floor)}) AND ${positionIn(table, polygon)}`
      );
    case 'square':
      return polygon && `${onFloor} AND ${squaresIn(table, polygon)}`;
    default:
      return null;
  }
}
