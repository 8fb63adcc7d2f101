/** Days of the site, in hours and quarter-hours. Pure. */

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

/** A stretch of time that is counted and published as one: a day of the site, or an hour of it. */
export interface Block {
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether there is a total of the whole block beside those of its hours. */
  readonly day: boolean;
  readonly hours: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Begins of the quarter-hours; the last one of a block may be shorter where the clocks change. */
  readonly quarters: readonly number[];
  /** How many of the quarters belong to each hour. */
  readonly quartersOf: readonly number[];
}

function wallClock(timeZone: string, atMs: number): { year: number; month: number; day: number; offsetMs: number } {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [of('year'), of('month') - 1, of('day')];
  const wallMs = Date.UTC(year, month, day, of('hour'), of('minute'), of('second'));
  return { year, month, day, offsetMs: wallMs - Math.floor(atMs / 1000) * 1000 };
}

/** The moment at which a wall clock shows a midnight. Twice: the first guess may lie on the other side of a change of clocks. */
function midnightMs(timeZone: string, wallMs: number): number {
  let at = wallMs;
  for (let i = 0; i < 2; i++) at = wallMs - wallClock(timeZone, at).offsetMs;
  return at;
}

function blockOf(fromMs: number, toMs: number, day: boolean): Block {
  const hours: { fromMs: number; toMs: number }[] = [];
  const quarters: number[] = [];
  const quartersOf: number[] = [];
  for (let hour = fromMs; hour < toMs; hour += HOUR_MS) {
    const end = Math.min(toMs, hour + HOUR_MS);
    const before = quarters.length;
    for (let quarter = hour; quarter < end; quarter += QUARTER_MS) quarters.push(quarter);
    hours.push({ fromMs: hour, toMs: end });
    quartersOf.push(quarters.length - before);
  }
  return { fromMs, toMs, day, hours, quarters, quartersOf };
}

/** The day of a time zone that a moment lies in: 23, 24 or 25 hours. */
export function dayOf(timeZone: string, atMs: number): Block {
  const { year, month, day } = wallClock(timeZone, atMs);
  const from = midnightMs(timeZone, Date.UTC(year, month, day));
  const to = midnightMs(timeZone, Date.UTC(year, month, day + 1));
  return blockOf(from, to, true);
}

/** The hours of a day as blocks of their own. */
export const hoursOf = (day: Block): Block[] => day.hours.map(({ fromMs, toMs }) => blockOf(fromMs, toMs, false));
