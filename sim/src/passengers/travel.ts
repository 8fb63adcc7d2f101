/** How a company goes through its itinerary, stage by stage. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Itinerary, Spot, Stage } from '../terminal/terminal.ts';
import { type Act, type Script, untilDone } from './acts.ts';
import { type Company, type Floor, type Hosting, type Person, VANISH_METRES } from './floor.ts';
import type { Destination } from './motors.ts';
import { below, logNormal, pick } from './streams.ts';
import { circle, gather, leaveBy, onFloor, pause, queueUp, untilArrived, walk, walkTo } from './together.ts';

/** Assumed: one company in so many stops on a leg of the way to look at a telephone. */
const PHONE_STOP = 0.04;
/** Assumed: who does not find the way at once, per leg. */
const LOST = 0.006;
/** Assumed: who stays on a seat for hours when flights are delayed at night. */
const ASLEEP = 0.35;

export interface Travel {
  readonly itinerary: Itinerary;
  /** Door by which the flight comes in; else any of the stage's. */
  readonly door?: string;
  /** Somebody waits for them at the exit. */
  readonly met: boolean;
}

export function* travel(floor: Floor, act: Act, company: Company, { itinerary, door, met }: Travel): Script {
  for (const [index, stage] of itinerary.stages.entries()) {
    const people = company.members;
    if (index > 0 && !('leave' in stage)) yield* loseTheWay(floor, act, company);
    if ('enter' in stage) {
      yield* floor.enter(people, door && stage.enter.includes(door) ? door : pick(floor.random, stage.enter));
      if (people.length > 1) tellCompany(floor, 'company-formed', company);
    } else if ('leave' in stage) {
      const along: Person[] = [...people];
      if (met) yield* beMet(floor, act, company, along);
      yield* leaveBy(floor, act, along, stage.leave);
    } else {
      yield* goThrough(floor, act, company, stage);
      // Who has met their guests walks out with them, in a script of theirs.
      if (company.takenAlong) break;
    }
  }
  if (company.members.length > 1) tellCompany(floor, 'company-gone', company);
}

/** Any stage between entering and leaving. */
function* goThrough(floor: Floor, act: Act, company: Company, stage: Stage): Script {
  if ('queue' in stage) {
    yield* queueUp(floor, act, company.members, floor.shortestQueue(stage.queue));
  } else if ('visit' in stage) {
    yield* visit(floor, act, company, stage);
  } else if ('stay' in stage) {
    if (stage.probability === undefined || floor.random.chance(stage.probability))
      yield* stay(floor, act, company, stage);
  } else if ('pass' in stage) {
    yield* walk(floor, act, company.members, floor.places.toZone(stage.pass), { within: 0.8, stops: PHONE_STOP });
  }
}

function tellCompany(floor: Floor, type: 'company-formed' | 'company-gone', company: Company): void {
  floor.tell({
    type,
    t: floor.seconds,
    company: company.id,
    kind: company.kind,
    persons: company.members.map((person) => person.id),
  });
}

/** Back and forth: towards some sign or other, a look around, and again. */
function* loseTheWay(floor: Floor, act: Act, company: Company): Script {
  const leader = company.members[0];
  if (!leader || company.formation !== 'abreast' || !floor.random.chance(LOST)) return;
  const { x, y } = { x: floor.x(leader), y: floor.y(leader) };
  for (let turn = 1 + below(floor.random, 3); turn > 0; turn -= 1) {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const angle = floor.random.between(-Math.PI, Math.PI);
      const far = floor.random.between(6, 18);
      const tx = x + Math.cos(angle) * far;
      const ty = y + Math.sin(angle) * far;
      if (!floor.places.clear(x, y, tx, ty) || !floor.places.roomy(tx, ty, 0.6)) continue;
      const spots = circle(floor, tx, ty, company.members.length);
      yield* walkTo(floor, act, company.members, (index) => direct(spots[index] as PlanPoint));
      yield* pause(floor, company.members, floor.random.between(4, 20));
      break;
    }
  }
}

function direct([x, y]: PlanPoint): Destination {
  return { way: null, x, y, within: 0 };
}

/** More than these do not follow one of them to the door: they stay where they are until everybody is back. */
const MOST_WHO_COME_ALONG = 6;
/** Whoever waits keeps the door free, metres. */
const WAITING_METRES = { from: 6, to: 10 };

/** Some go in, the others wait at a distance from the door. */
function* visit(floor: Floor, act: Act, company: Company, stage: Extract<Stage, { visit: string[] }>): Script {
  const goes = company.members.filter(() => stage.probability === undefined || floor.random.chance(stage.probability));
  if (goes.length === 0) return;
  const doors = doorsNearby(floor, company.members[0] as Person, stage.visit);
  const meeting = floor.places.toDoor(doors[0] as string);
  const acts: Act[] = [];
  for (const person of company.members) {
    if (!goes.includes(person) && company.members.length > MOST_WHO_COME_ALONG) continue;
    const door = pick(floor.random, doors);
    const way = floor.places.toDoor(door);
    const script = goes.includes(person)
      ? function* (own: Act): Script {
          yield* walk(floor, own, [person], way, { within: VANISH_METRES - 0.3, speed: company.speed });
          yield* floor.away(person, door, logNormal(floor.random, stage.duration));
          // Clear of the door.
          yield* stepAside(floor, own, person);
        }
      : function* (own: Act): Script {
          const within = floor.random.between(WAITING_METRES.from, WAITING_METRES.to);
          yield* walk(floor, own, [person], meeting, { within, speed: company.speed });
        };
    acts.push(floor.start(script, act));
  }
  yield* untilDone(acts);
}

function* stepAside(floor: Floor, act: Act, person: Person): Script {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const angle = floor.random.between(-Math.PI, Math.PI);
    const far = floor.random.between(2, 4);
    const x = floor.x(person) + Math.cos(angle) * far;
    const y = floor.y(person) + Math.sin(angle) * far;
    if (!floor.places.clear(floor.x(person), floor.y(person), x, y) || !floor.places.roomy(x, y, 0.4)) continue;
    yield* walkTo(floor, act, [person], () => direct([x, y]));
    return;
  }
}

const scratch = new Float64Array(2);
/** Of two doors side by side one does not take the nearer. */
const HARDLY_FURTHER_METRES = 10;

/** The nearest first, and those that are hardly further. */
function doorsNearby(floor: Floor, person: Person, doors: readonly string[]): string[] {
  const far = doors
    .map((door) => ({ door, metres: floor.places.toDoor(door).direction(floor.x(person), floor.y(person), scratch) }))
    .sort((a, b) => a.metres - b.metres);
  const nearest = far[0]?.metres ?? 0;
  return far.filter(({ metres }) => metres - nearest <= HARDLY_FURTHER_METRES).map(({ door }) => door);
}

const SEATED: ReadonlySet<Spot['kind']> = new Set(['seat', 'cafe']);

/** Brings everybody to the places taken, all of the kind; who has none stands by the first. */
export function* settle(
  floor: Floor,
  act: Act,
  people: readonly Person[],
  kind: Spot['kind'],
  taken: readonly number[],
): Script {
  const first = floor.places.spots[taken[0] ?? -1];
  if (!first) return;
  const besides = circle(floor, first.at[0], first.at[1], people.length, 0.8);
  const seat = SEATED.has(kind);
  yield* walkTo(floor, act, people, (index) => {
    const spot = floor.places.spots[taken[index] ?? -1];
    const way = floor.places.toSpot(taken[index] ?? (taken[0] as number));
    if (spot) return { way, x: spot.at[0], y: spot.at[1], within: 0, seat };
    const [x, y] = besides[index] as PlanPoint;
    return { way, x, y, within: 0 };
  });
  for (const [index, person] of people.entries()) {
    const spot = floor.places.spots[taken[index] ?? -1];
    if (person.slot < 0) continue;
    if (spot?.headingDegrees !== undefined) floor.motors.face(person.slot, (spot.headingDegrees * Math.PI) / 180);
  }
}

/** Everybody gets up, and the places are free again. */
export function* leavePlaces(floor: Floor, act: Act, people: readonly Person[], taken: readonly number[]): Script {
  for (const person of people) if (person.slot >= 0) floor.motors.rise(person.slot, act);
  yield* untilArrived(floor, people);
  floor.places.free(taken);
}

function* stay(floor: Floor, act: Act, company: Company, stage: Extract<Stage, { stay: string }>): Script {
  let seconds = logNormal(floor.random, stage.duration);
  if (floor.night && stage.stay === 'seat' && floor.random.chance(ASLEEP)) seconds = floor.random.between(1, 4) * 3600;
  const taken = floor.places.take(floor.random, stage.stay, stage.zones, company.members.length);
  if (taken.length === 0) return;
  yield* settle(floor, act, company.members, stage.stay, taken);
  if (stage.stay === 'meeting-point' || stage.stay === 'driver')
    yield* awaitGuests(floor, act, company, taken, seconds);
  else {
    yield seconds;
    yield* leavePlaces(floor, act, company.members, taken);
  }
}

/** Waits to be found by whoever arrives; in vain after so many seconds. */
function* awaitGuests(floor: Floor, act: Act, company: Company, taken: number[], seconds: number): Script {
  const hosting: Hosting = { act, spot: taken[0] as number, guests: null, greeted: false };
  company.hosting = hosting;
  floor.hosts.push(company);
  const until = floor.seconds + seconds;
  while (!hosting.guests && floor.seconds < until) yield until - floor.seconds;
  // Whoever has seen them is waited for.
  while (hosting.guests && !hosting.greeted) yield 120;
  const index = floor.hosts.indexOf(company);
  if (index >= 0) floor.hosts.splice(index, 1);
  yield* leavePlaces(floor, act, company.members, taken);
  if (hosting.guests) floor.acts.wake(hosting.guests);
  company.hosting = null;
}

function reachable(floor: Floor, person: Person, spot: number): boolean {
  return floor.places.toSpot(spot).direction(floor.x(person), floor.y(person), scratch) < Infinity;
}

/** Walks up to somebody who waits and greets. Gives them: from now on they go where the guests go. */
function* beMet(floor: Floor, act: Act, company: Company, along: Person[]): Script {
  const leader = company.members[0] as Person;
  const index = floor.hosts.findIndex(({ hosting: one }) => one && reachable(floor, leader, one.spot));
  const [host] = index < 0 ? [] : floor.hosts.splice(index, 1);
  const hosting = host?.hosting;
  if (!host || !hosting) return;
  hosting.guests = act;
  host.takenAlong = true;
  const [x, y] = (floor.places.spots[hosting.spot] as Spot).at;
  yield* walk(floor, act, company.members, floor.places.toSpot(hosting.spot), { within: 1 });
  for (const person of onFloor(host.members))
    floor.motors.face(person.slot, Math.atan2(floor.y(leader) - y, floor.x(leader) - x));
  floor.tell({
    type: 'company-met',
    t: floor.seconds,
    company: company.id,
    kind: company.kind,
    persons: onFloor([...host.members, ...company.members]).map((person) => person.id),
    other: host.id,
  });
  const seconds = floor.random.between(8, 45);
  yield* gather(floor, company.members, (x + floor.x(leader)) / 2, (y + floor.y(leader)) / 2, seconds);
  hosting.greeted = true;
  floor.acts.wake(hosting.act);
  while (host.hosting) yield 10;
  for (const person of onFloor(host.members)) {
    floor.walkers.company(person.slot, company.id);
    along.push(person);
  }
  for (const person of onFloor(company.members)) floor.walkers.company(person.slot, company.id);
}
