/**
 * Joins what devices of level `counts` counted to what is tallied from stays. Pure.
 *
 * Where several see one zone, one of them counts in each quarter-hour: the one that saw most presence there. They see the same
 * people, and a sum would make few of them look like many. How many people are behind a number is a lower bound throughout, never
 * a sum over cameras, over starts of an agent or over zones: too low a bound hides more, too high a one would tell of few.
 */
import { ALL_ZONES, type CountedQuarter } from '../store/aggregates.ts';
import type { Block } from './calendar.ts';
import { type Stay, type Table, type Tables, tally, timesOf } from './tally.ts';

/** What one stretch of counting says of one zone in one quarter-hour. */
interface Entry extends CountedQuarter {
  readonly quarter: number;
}

/** Which camera counts in which zone and quarter: by `zone * quarters + quarter`; nothing where stays do. */
type Winners = ReadonlyMap<number, string>;

function winnersOf(
  block: Block,
  places: ReadonlyMap<string, number>,
  entries: readonly Entry[],
  stays: Table,
): Winners {
  const quarters = block.quarters.length;
  const seconds = new Map<number, Map<string, number>>();
  for (const { zone, quarter, camera, personSeconds } of entries) {
    const place = places.get(zone);
    if (place === undefined) continue;
    const cell = place * quarters + quarter;
    const cameras = seconds.get(cell) ?? new Map<string, number>();
    seconds.set(cell, cameras);
    cameras.set(camera, (cameras.get(camera) ?? 0) + personSeconds);
  }
  const winners = new Map<number, string>();
  for (const [cell, cameras] of seconds) {
    const place = Math.floor(cell / quarters);
    let most = stays.values[place * timesOf(block) + (cell % quarters)] ?? 0;
    // In order of name, so that the same counts give the same table.
    for (const camera of [...cameras.keys()].sort()) {
      const total = cameras.get(camera) ?? 0;
      if (total <= most) continue;
      most = total;
      winners.set(cell, camera);
    }
  }
  return winners;
}

/** Adds a value of a quarter to every sum that it belongs to. */
function add(table: Table, block: Block, place: number, total: number, quarter: number, value: number): void {
  const times = timesOf(block);
  const hourOf = block.quartersOf.flatMap((count, hour) => new Array<number>(count).fill(hour));
  const inTimes = [quarter, block.quarters.length + (hourOf[quarter] ?? 0), ...(block.day ? [times - 1] : [])];
  for (const one of [place, total]) {
    for (const time of inTimes) table.values[one * times + time] = (table.values[one * times + time] ?? 0) + value;
  }
}

/** How many people at least are behind the numbers of one stretch of counting: in each quarter, hour and the day. */
function raise(
  table: Table,
  block: Block,
  places: readonly number[],
  entries: readonly Entry[],
  fromFirst: 'people' | 'newcomers',
): void {
  const times = timesOf(block);
  let first = 0;
  const stretches: (readonly [time: number, from: number, to: number])[] = block.quarters.map((_, i) => [i, i, i + 1]);
  block.quartersOf.forEach((count, hour) => {
    stretches.push([block.quarters.length + hour, first, first + count]);
    first += count;
  });
  if (block.day) stretches.push([times - 1, 0, block.quarters.length]);
  for (const [time, from, to] of stretches) {
    // Whoever is new was in none of the intervals before: those of the first, and all who were new later, are different people.
    const [head, ...rest] = entries.filter(({ quarter }) => quarter >= from && quarter < to);
    if (!head) continue;
    const bound = rest.reduce((sum, { newcomers }) => sum + newcomers, head[fromFirst]);
    for (const place of places) {
      const cell = place * times + time;
      table.people[cell] = Math.max(table.people[cell] ?? 0, bound);
    }
  }
}

function grouped<T>(all: readonly T[], key: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return [...groups.values()];
}

/**
 * Counts of a block from stays and from devices that count.
 *
 * @param zones the identifiers of the zones, in the order of the places. What is in others is left out.
 * @param counted of the block, in order of sequence for each camera.
 */
export function tallyAll(
  block: Block,
  zones: readonly string[],
  stays: readonly Stay[],
  counted: readonly CountedQuarter[],
): Tables {
  const fromStays = tally(block, zones, stays);
  const entries = counted
    .filter(({ fromMs }) => fromMs >= block.fromMs && fromMs < block.toMs)
    .map((one): Entry => ({ ...one, quarter: block.quarters.findLastIndex((from) => from <= one.fromMs) }));
  if (entries.length === 0) return fromStays;
  const quarters = block.quarters.length;
  const places = new Map(zones.map((zone, place) => [zone, place]));
  const winners = winnersOf(block, places, entries, fromStays.personSeconds);
  const placeOf = ({ zone }: Entry): number => places.get(zone) ?? -1;
  const won = (one: Entry): boolean => winners.get(placeOf(one) * quarters + one.quarter) === one.camera;

  const tables = tally(block, zones, stays, (place, quarter) => winners.has(place * quarters + quarter));
  const { footfall, personSeconds } = tables;
  const taken = entries.filter((one) => placeOf(one) >= 0 && won(one));
  for (const one of taken) {
    add(footfall, block, placeOf(one), zones.length, one.quarter, one.newcomers);
    add(personSeconds, block, placeOf(one), zones.length, one.quarter, one.personSeconds);
  }
  const stretch = ({ camera, epoch }: Entry): string => `${camera} ${epoch}`;
  for (const group of grouped(taken, (one) => `${stretch(one)} ${one.zone}`)) {
    const place = placeOf(group[0] as Entry);
    // Whoever is in a zone is on the floor as well.
    raise(footfall, block, [place, zones.length], group, 'newcomers');
    raise(personSeconds, block, [place, zones.length], group, 'people');
  }
  // Of several zones a camera knows how many different people that is; it counts where all that it saw counts.
  const partly = new Set(
    entries.filter((one) => one.zone !== ALL_ZONES && !won(one)).map(({ camera, quarter }) => `${camera} ${quarter}`),
  );
  const everywhere = entries.filter(
    ({ zone, camera, quarter }) => zone === ALL_ZONES && !partly.has(`${camera} ${quarter}`),
  );
  for (const group of grouped(everywhere, stretch)) {
    raise(footfall, block, [zones.length], group, 'newcomers');
    raise(personSeconds, block, [zones.length], group, 'people');
  }
  return tables;
}
