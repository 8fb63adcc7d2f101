/** Makes the counts of each day that is over, and publishes what may be known. */
import { setImmediate } from 'node:timers/promises';
import type { FloorPlan, Zone } from '@safe-passage/contract';
import type { RetentionLimits } from '../privacy/limits.ts';
import type { ZoneLimit } from '../privacy/zones.ts';
import { recurring } from '../recurring.ts';
import { type AggregateCount, type AggregatePeriod, type AggregateStore, ALL_ZONES } from '../store/aggregates.ts';
import { type Block, dayOf, hoursOf } from './calendar.ts';
import { tallyAll } from './counted.ts';
import { suppressing } from './suppress.ts';
import { type Tables, timesOf } from './tally.ts';

const HOUR_MS = 3_600_000;
const LOOK_SECONDS = 600;
/** What arrives later than this after a block is not in it any more. */
const SETTLED_MS = HOUR_MS;
/** Stays kept shorter than this are gone before a day of theirs is over: then hours are published, without totals of days. */
const DAY_NEEDS_MS = 28 * HOUR_MS;
/** ... and shorter than this, nothing is. */
const HOUR_NEEDS_MS = 3 * HOUR_MS;
/** A hub that was away catches up with this many days. */
const CATCH_UP_DAYS = 7;
/** What one person can add to a quarter-hour, seconds: as much is left uncertain about the time of few people. */
const SECONDS_WIDTH = 900;

export interface AggregateOptions {
  readonly store: Pick<AggregateStore, 'since' | 'published' | 'stays' | 'counted' | 'forgetCounted' | 'publish'>;
  readonly floors: readonly FloorPlan[];
  readonly timeZone: string;
  readonly limits: Pick<RetentionLimits, 'keptMs' | 'zones'>;
  /** Several hubs may share a site: one of them does this. */
  readonly mayRun?: () => boolean;
  /** Counts from fewer people are not published. Asked at every block. */
  readonly k: () => number;
  readonly now?: () => number;
}

/** The shoelace formula: what a polygon encloses. */
function squareMetres({ polygon }: Pick<Zone, 'polygon'>): number {
  let twice = 0;
  polygon.forEach(([x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length] ?? [x, y];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

interface Time {
  readonly period: AggregatePeriod;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The times of a block in the order of the cells. */
function times(block: Block): Time[] {
  return [
    ...block.quarters.map((fromMs, i): Time => {
      const toMs = block.quarters[i + 1] ?? block.toMs;
      return { period: 'quarter', fromMs, toMs };
    }),
    ...block.hours.map((hour): Time => ({ period: 'hour', ...hour })),
    ...(block.day ? [{ period: 'day', fromMs: block.fromMs, toMs: block.toMs } as const] : []),
  ];
}

/** Suppression in steps, between which the hub takes messages. */
async function suppressed(zones: number, block: Block, table: Tables['footfall'], k: number, width: number) {
  const steps = suppressing(zones, block, table, { k, width });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await setImmediate();
  }
}

/** What may be known of a block: every cell of every zone and of all zones, with null where it may not. */
async function countsOf(plan: FloorPlan, block: Block, tables: Tables, k: number): Promise<AggregateCount[]> {
  const zones = plan.zones.filter(({ kind }) => kind !== 'blind');
  const areas = zones.map(squareMetres);
  const [footfall, seconds] = [
    await suppressed(zones.length, block, tables.footfall, k, k),
    await suppressed(zones.length, block, tables.personSeconds, k, SECONDS_WIDTH),
  ];
  const places = [...zones.map(({ id }) => id), ALL_ZONES];
  const all = timesOf(block);
  return places.flatMap((zone, place) =>
    times(block).map((time, i): AggregateCount => {
      const cell = place * all + i;
      return {
        floor: plan.id,
        zone,
        ...time,
        footfall: footfall[cell] === 1 ? null : (tables.footfall.values[cell] ?? null),
        personSeconds: seconds[cell] === 1 ? null : (tables.personSeconds.values[cell] ?? null),
        squareMetres: areas[place] ?? areas.reduce((sum, area) => sum + area, 0),
        k,
      };
    }),
  );
}

/** Blocks that are over and whose stays are all there still, the oldest first. */
function dueBlocks(timeZone: string, keptMs: number, nowMs: number): Block[] {
  const days: Block[] = [];
  for (let day = dayOf(timeZone, nowMs), i = 0; i <= CATCH_UP_DAYS; i++, day = dayOf(timeZone, day.fromMs - 1))
    days.unshift(day);
  const blocks = keptMs >= DAY_NEEDS_MS ? days : keptMs >= HOUR_NEEDS_MS ? days.flatMap(hoursOf) : [];
  return blocks.filter(({ fromMs, toMs }) => toMs + SETTLED_MS <= nowMs && fromMs >= nowMs - keptMs);
}

/**
 * A plan without its blind zones, and without those whose stays are gone before the block is counted: half of them would be
 * a wrong count. All zones together are then the others.
 */
function wholeZones(plan: FloorPlan, shorter: readonly ZoneLimit[], block: Block, nowMs: number): FloorPlan {
  const needsMs = block.day ? DAY_NEEDS_MS : HOUR_NEEDS_MS;
  const gone = (id: string): boolean =>
    shorter.some(
      ({ floor, zone, keptMs }) =>
        floor === plan.id && zone === id && (keptMs < needsMs || block.fromMs < nowMs - keptMs),
    );
  return { ...plan, zones: plan.zones.filter(({ id, kind }) => kind !== 'blind' && !gone(id)) };
}

/** One look at everything that is due. @returns how many blocks were published. */
export async function publishAggregates(options: AggregateOptions): Promise<number> {
  const { store, floors, timeZone, limits, k, now = Date.now } = options;
  // A day on which no hub ran was not measured: it has no cells, not even those that say that there were few.
  const sinceMs = (await store.since()) ?? Number.POSITIVE_INFINITY;
  let made = 0;
  for (const block of dueBlocks(timeZone, limits.keptMs('episodes'), now())) {
    if (block.toMs <= sinceMs) continue;
    if (block.fromMs < now() - limits.keptMs('aggregates')) continue;
    for (const plan of floors) {
      const stretch = [plan.id, block.fromMs, block.toMs] as const;
      const whole = wholeZones(plan, limits.zones('episodes'), block, now());
      const zones = whole.zones.map(({ id }) => id);
      if (zones.length > 0 && !(await store.published(...stretch))) {
        const [stays, counted] = [await store.stays(...stretch), await store.counted(...stretch)];
        await store.publish(await countsOf(whole, block, tallyAll(block, zones, stays, counted), k()), now());
        made++;
      }
      // The small numbers have done their work. A hub that was killed in between does it the next time, and what comes late goes too.
      await store.forgetCounted(...stretch);
    }
  }
  return made;
}

export interface AggregatePublisher {
  runNow(): Promise<void>;
  stop(): Promise<void>;
}

/** Looks at once and then every ten minutes. */
export function startAggregates(
  options: AggregateOptions,
  logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  },
): AggregatePublisher {
  let warned = false;
  const once = async (): Promise<void> => {
    if (options.mayRun?.() === false) return;
    try {
      if (options.limits.keptMs('episodes') < HOUR_NEEDS_MS && !warned) {
        warned = true;
        logger.warn({}, 'episodes are kept for less than three hours: there are no aggregates');
      }
      const blocks = await publishAggregates(options);
      if (blocks > 0) logger.info({ blocks }, 'published counts by zone and time');
    } catch (problem) {
      const reason = problem instanceof Error ? problem.message : String(problem);
      logger.error({ reason }, 'counts by zone and time could not be made: trying again');
    }
  };
  const { now: runNow, stop } = recurring(once, LOOK_SECONDS);
  void runNow();
  return { runNow, stop };
}
