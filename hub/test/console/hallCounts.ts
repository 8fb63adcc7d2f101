/** What the hall has added up of its last hours, and published of the days before: as if it had been open all along. */
import type pg from 'pg';
import type { AggregateCount } from '../../src/store/aggregates.ts';
import type { Store } from '../../src/store/index.ts';
import { randomFrom } from './hallPeople.ts';
import { HALL_PLAN, HALL_SITE } from './hallPlan.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STEP_MS = 5 * MINUTE_MS;
const DAYS = 20;

/** Zones by how many come in during an hour, and how long they stay, seconds. */
const BUSY: readonly (readonly [zone: string, entered: number, seconds: number])[] = [
  ['border-queue', 240, 380],
  ['belts', 210, 760],
  ['customs', 205, 60],
  ['meeting-point', 120, 420],
  ['cafe', 48, 1500],
  ['car-hire', 24, 540],
  ['taxi-doors', 130, 45],
  ['lifts', 60, 70],
  // Too few to publish.
  ['east-exit', 9, 20],
];

const WAYS: readonly (readonly [from: string, to: string, people: number])[] = [
  ['border-queue', 'belts', 228],
  ['belts', 'customs', 199],
  ['customs', 'meeting-point', 84],
  ['customs', 'taxi-doors', 76],
  ['meeting-point', 'taxi-doors', 41],
  ['meeting-point', 'cafe', 23],
  ['cafe', 'taxi-doors', 18],
  ['customs', 'car-hire', 17],
  ['meeting-point', 'lifts', 31],
  ['customs', 'lifts', 22],
  ['lifts', 'east-exit', 7],
];

export async function seedCounts(store: Store, pool: pg.Pool, nowMs: number): Promise<void> {
  const zones = new Set(HALL_PLAN.zones.map(({ id }) => id));
  const busy = BUSY.filter(([zone]) => zones.has(zone));
  const floor = HALL_PLAN.id;
  const newestMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
  for (const [zone, entered, seconds] of busy) {
    // Some are ahead: whoever looks for a while sees a hall that goes on.
    for (let step = -4; step < 26; step++) {
      const each = entered / 12;
      await pool.query(
        `INSERT INTO zone_interval (step_seconds, from_time, site, floor, zone, people, entered, stays, stay_seconds, longest_seconds)
         VALUES (300, $1, $2, $3, $4, $5, $6, $6, $7, $7)`,
        [
          new Date(newestMs - step * STEP_MS),
          HALL_SITE,
          floor,
          zone,
          (each * seconds) / 300,
          Math.round(each),
          Math.round(each) * seconds,
        ],
      );
    }
  }
  // This hour's: they are told of in the next one, too.
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  for (const [from, to, people] of WAYS) {
    if (!zones.has(from) || !zones.has(to)) continue;
    await pool.query('INSERT INTO zone_flow VALUES ($1, $2, $3, $4, $5, $6)', [
      new Date(hourMs),
      HALL_SITE,
      floor,
      from,
      to,
      people,
    ]);
  }
  const random = randomFrom(11);
  const [[minX, minY], [maxX, maxY]] = HALL_PLAN.bounds;
  for (let x = Math.floor(minX / 2); x < maxX / 2; x++) {
    for (let y = Math.floor(minY / 2); y < maxY / 2; y++) {
      // Most where the belts are, few at the walls.
      const near = Math.exp(-((2 * x - 18) ** 2 + (2 * y - 18) ** 2) / 160) + Math.exp(-((2 * x - 26) ** 2) / 30) / 3;
      await pool.query('INSERT INTO floor_cell VALUES (3600, $1, $2, $3, $4, $5, $6)', [
        new Date(hourMs),
        HALL_SITE,
        floor,
        x,
        y,
        7000 * near * (0.6 + 0.8 * random()),
      ]);
    }
  }
  await pool.query(`INSERT INTO summary_progress VALUES ($1, 'cells', $2)`, [HALL_SITE, new Date(nowMs - 30_000)]);
  await store.aggregates.publish(published(busy, hourMs, random), nowMs);
}

/** This hour and the next of every day before. */
function published(busy: typeof BUSY, hourMs: number, random: () => number): AggregateCount[] {
  const counts: AggregateCount[] = [];
  for (let day = 1; day <= DAYS; day++) {
    for (const [zone, entered, seconds] of busy) {
      for (const ahead of [0, HOUR_MS]) {
        const fromMs = hourMs + ahead - day * 24 * HOUR_MS;
        const footfall = Math.round(entered * (0.6 + 0.5 * random()));
        const told = footfall >= 10 && !(zone === 'lifts' && day % 9 === 0);
        counts.push({
          floor: HALL_PLAN.id,
          zone,
          period: 'hour',
          fromMs,
          toMs: fromMs + HOUR_MS,
          footfall: told ? footfall : null,
          personSeconds: told ? Math.round(footfall * seconds * 0.95) : null,
          squareMetres: 40,
          k: 10,
        });
      }
    }
  }
  return counts;
}
