/**
 * Who comes when. Arrivals come by flights of 80 to 300, the flights in banks; departures some time before their flights;
 * the others evenly. Each hour brings exactly so many passengers as were asked for: what a flight brings after the hour's end
 * comes at the hour's beginning instead, as the rest of an earlier flight would.
 */
import type { Random } from '../random.ts';
import type { Itinerary, Terminal } from '../terminal/terminal.ts';
import { adult, type Composition, drawCompany, type Shares } from './companies.ts';
import { below, normalWithin, pick, pickWeighted, stream } from './streams.ts';

const HOUR = 3600;
const PASSENGERS: ReadonlySet<Itinerary['of']> = new Set(['arrival', 'departure', 'transfer']);
const FLIGHT = { least: 80, usual: 170, most: 300 };
/** People who leave an aircraft by one door, per minute; then they walk at their own pace. */
const OUT_PER_MINUTE = 18;
/** Half a bank's length, seconds. */
const BANK_SPREAD = 420;
/** Departing passengers come so long before their flight, seconds. */
const AHEAD = { mean: 6300, sigma: 1500, least: 2400, most: 10_800 };
/** Assumed: one arriving company in so many is met by somebody, as far as somebody waits. */
const MET = 0.22;
/** Share of the day's passengers in a night hour with delays. */
const NIGHT_SHARE = 0.12;

export interface Coming {
  readonly seconds: number;
  readonly itinerary: Itinerary;
  readonly composition: Composition;
  /** Door of the flight, for arrivals. */
  readonly door: string | undefined;
  readonly met: boolean;
}

export interface DemandOptions {
  readonly seed: number;
  /** Arriving, departing and transferring people who enter the floor per hour. */
  readonly passengersPerHour: number;
  readonly shares: Shares;
  readonly night: boolean;
}

export class Demand {
  readonly #terminal: Terminal;
  readonly #options: DemandOptions;
  readonly #perHour: number;
  #hour = -1;
  #coming: Coming[] = [];
  #next = 0;
  /** Fractions of people not yet come, by what brings them. */
  readonly #owed = new Map<string, number>();

  constructor(terminal: Terminal, options: DemandOptions) {
    this.#terminal = terminal;
    this.#options = options;
    this.#perHour = options.passengersPerHour * (options.night ? NIGHT_SHARE : 1);
  }

  /** The next to come up to this time, or null. */
  next(seconds: number): Coming | null {
    while (true) {
      const coming = this.#coming[this.#next];
      if (coming) {
        if (coming.seconds > seconds) return null;
        this.#next += 1;
        return coming;
      }
      if (seconds < (this.#hour + 1) * HOUR) return null;
      this.#hour += 1;
      this.#coming = this.#plan(this.#hour);
      this.#next = 0;
    }
  }

  #plan(hour: number): Coming[] {
    const random = stream(this.#options.seed, `demand ${hour}`);
    const weightOf = (of: Itinerary['of']): number =>
      this.#terminal.itineraries.filter((one) => one.of === of).reduce((sum, one) => sum + one.weight, 0);
    const kinds = [...new Set(this.#terminal.itineraries.map((one) => one.of))];
    const all = kinds.filter((of) => PASSENGERS.has(of)).reduce((sum, of) => sum + weightOf(of), 0);
    // A floor without passengers has only those who work there: the rate is theirs.
    const total = all > 0 ? all : kinds.reduce((sum, of) => sum + weightOf(of), 0);
    const coming: Coming[] = [];
    for (const brings of kinds) {
      const owed = (this.#owed.get(brings) ?? 0) + (this.#perHour * weightOf(brings)) / total;
      const people = Math.floor(owed + 1e-9);
      let come = 0;
      const itineraries = this.#terminal.itineraries.filter((one) => one.of === brings);
      if (brings === 'arrival') come = this.#flights(random, hour, people, itineraries, coming);
      else come = this.#others(random, hour, people, brings, itineraries, coming);
      this.#owed.set(brings, owed - come);
    }
    return coming.sort((a, b) => a.seconds - b.seconds);
  }

  #compose(random: Random, of: Itinerary['of'], most: number): Composition {
    if (of === 'driver') return { kind: 'driver', formation: 'abreast', members: [adult(random, 'driver')] };
    if (of === 'cleaner')
      return { kind: 'cleaner', formation: 'abreast', members: [adult(random, 'cleaner', { speed: 1.05 })] };
    if (of === 'staff')
      return { kind: 'staff', formation: 'abreast', members: [adult(random, 'staff', { speed: 1.45 })] };
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const composition = drawCompany(random, this.#options.shares);
      if (composition.members.length > most) continue;
      if (of !== 'visitor' || ['single', 'couple', 'family'].includes(composition.kind)) return composition;
    }
    return { kind: 'single', formation: 'abreast', members: [adult(random, 'single')] };
  }

  #flights(random: Random, hour: number, people: number, itineraries: readonly Itinerary[], into: Coming[]): number {
    const doors = [
      ...new Set(itineraries.flatMap((one) => one.stages.flatMap((stage) => ('enter' in stage ? stage.enter : [])))),
    ];
    const sizes = flightSizes(random, people);
    const banks = 2 + below(random, 2);
    const first = random.between(0, HOUR / banks);
    let come = 0;
    for (const [index, size] of sizes.entries()) {
      const bank = first + (HOUR / banks) * (index % banks);
      const onBlocks = bank + random.between(-BANK_SPREAD, BANK_SPREAD);
      const door = doors.length > 0 ? pick(random, doors) : undefined;
      let out = 0;
      while (out < size) {
        const composition = this.#compose(random, 'arrival', size - out);
        const walkTime = Math.exp(random.normal(Math.log(50), 0.7));
        const seconds = onBlocks + (out / OUT_PER_MINUTE) * 60 + Math.min(400, walkTime);
        into.push(this.#one(random, hour, seconds, composition, itineraries, door));
        out += composition.members.length;
      }
      come += out;
    }
    return come;
  }

  #others(
    random: Random,
    hour: number,
    people: number,
    of: Itinerary['of'],
    itineraries: readonly Itinerary[],
    into: Coming[],
  ): number {
    const departures = Array.from({ length: 6 }, () => random.between(0, HOUR));
    let come = 0;
    while (come < people) {
      const composition = this.#compose(random, of, people - come);
      const seconds =
        of === 'departure'
          ? pick(random, departures) - normalWithin(random, AHEAD.mean, AHEAD.sigma, AHEAD.least, AHEAD.most)
          : random.between(0, HOUR);
      into.push(this.#one(random, hour, seconds, composition, itineraries, undefined));
      come += composition.members.length;
    }
    return come;
  }

  #one(
    random: Random,
    hour: number,
    seconds: number,
    composition: Composition,
    itineraries: readonly Itinerary[],
    door: string | undefined,
  ): Coming {
    const within = ((seconds % HOUR) + HOUR) % HOUR;
    return {
      seconds: hour * HOUR + within,
      itinerary: pickWeighted(random, itineraries, (one) => one.weight),
      composition,
      door,
      met: random.chance(MET),
    };
  }
}

/** Splits so many people into flights of 80 to 300; fewer than 80 are one flight. */
export function flightSizes(random: Random, people: number): number[] {
  if (people <= 0) return [];
  const flights = Math.max(1, Math.round(people / FLIGHT.usual), Math.ceil(people / FLIGHT.most));
  const sizes: number[] = [];
  let left = people;
  for (let flight = 0; flight < flights; flight += 1) {
    const after = flights - flight - 1;
    const least = Math.max(FLIGHT.least, left - after * FLIGHT.most);
    const most = Math.min(FLIGHT.most, left - after * FLIGHT.least);
    const size =
      after === 0
        ? left
        : Math.round(random.between(least, Math.max(least, Math.min(most, 2 * (left / (after + 1)) - least))));
    sizes.push(size);
    left -= size;
  }
  return sizes;
}
