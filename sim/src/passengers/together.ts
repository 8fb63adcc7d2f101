/** What a company does as one: walk, wait for each other, stand in a circle, queue, leave. Scripts use these as steps. */
import type { PlanPoint } from '@safe-passage/contract';
import { type Act, type Script, untilDone } from './acts.ts';
import { type Company, type Floor, type Person, VANISH_METRES } from './floor.ts';
import type { Way } from './ground.ts';
import type { Destination } from './motors.ts';
import { type QueueLine, Unit } from './queues.ts';
import { below } from './streams.ts';

/** Larger companies pass a desk one by one. */
const SERVED_TOGETHER = 6;
const GREETING_METRES = 0.55;

export function onFloor(people: readonly Person[]): Person[] {
  return people.filter((person) => person.slot >= 0);
}

/** How much further from the goal each one walks than who leads, metres. */
function rowOffset(company: Company, index: number): number {
  switch (company.formation) {
    case 'abreast':
      return index === 0 ? 0 : 0.15;
    case 'column':
      return 0.95 * Math.floor(index / 2);
    case 'guided':
      return index === 0 ? 0 : 1.6 + 0.8 * Math.floor((index - 1) / 3);
    case 'pushed':
      return 0.9 * index;
  }
}

export interface WalkOptions {
  /** Metres to go at which a walk to no exact point ends. */
  readonly within?: number;
  /** Chance that they stop on the way, to look at a telephone or a map. */
  readonly stops?: number;
  readonly speed?: number;
}

function arrivedAll(floor: Floor, people: readonly Person[]): boolean {
  for (const person of people) if (person.slot >= 0 && !floor.motors.arrived(person.slot)) return false;
  return true;
}

/** Until everybody has arrived, or has given up. */
export function* untilArrived(floor: Floor, people: readonly Person[]): Script {
  while (!arrivedAll(floor, people)) yield 30;
}

function setOff(
  floor: Floor,
  act: Act,
  people: readonly Person[],
  to: (index: number) => Destination,
  speed: number,
): void {
  const leader = people[0];
  if (!leader) return;
  for (const [index, person] of people.entries()) {
    if (person.slot < 0) continue;
    if (person.company.formation === 'pushed' && index === 1) {
      floor.following.link(person.slot, leader.slot, { how: 'beside', ahead: -0.85, left: 0 }, speed + 0.6);
      continue;
    }
    const offset = rowOffset(person.company, index);
    floor.motors.go(person.slot, to(index), speed, act, index === 0 ? -1 : leader.slot, offset);
  }
}

function endOfPushing(floor: Floor, people: readonly Person[]): void {
  for (const person of people)
    if (person.slot >= 0 && person.company.formation === 'pushed') floor.following.unlink(person.slot);
}

function pace(people: readonly Person[]): number {
  const first = people[0] as Person;
  return people.length === 1 ? first.speed : first.company.speed;
}

/** All walk the same way, in their formation. */
export function* walk(
  floor: Floor,
  act: Act,
  people: readonly Person[],
  way: Way,
  { within = 1, stops = 0, speed }: WalkOptions = {},
): Script {
  const leader = people[0];
  if (!leader) return;
  const fast = speed ?? pace(people);
  // Many do not all fit where the first one halts.
  const room = 0.3 * Math.sqrt(people.length - 1);
  const ends = people.map(
    (person, index) => within + rowOffset(person.company, index) + floor.random.between(0, 0.4 + room),
  );
  const to = (index: number): Destination => ({ way, x: Number.NaN, y: Number.NaN, within: ends[index] as number });
  setOff(floor, act, people, to, fast);
  if (floor.random.chance(stops)) {
    yield floor.random.between(4, 25);
    if (!arrivedAll(floor, people)) {
      yield* pause(floor, people, floor.random.between(8, 50));
      setOff(floor, act, people, to, fast);
    }
  }
  yield* untilArrived(floor, people);
  endOfPushing(floor, people);
}

/** Each to an exact place of their own. */
export function* walkTo(
  floor: Floor,
  act: Act,
  people: readonly Person[],
  to: (index: number) => Destination,
  speed?: number,
): Script {
  const leader = people[0];
  if (!leader) return;
  setOff(floor, act, people, to, speed ?? pace(people));
  yield* untilArrived(floor, people);
  endOfPushing(floor, people);
}

/** Everybody halts for a while. */
export function* pause(floor: Floor, people: readonly Person[], seconds: number): Script {
  for (const person of people) if (person.slot >= 0) floor.motors.halt(person.slot);
  yield seconds;
}

/** A place to stand for each around the middle, on free floor and in sight of it. */
export function circle(floor: Floor, x: number, y: number, count: number, radius = GREETING_METRES): PlanPoint[] {
  const wide = Math.max(radius, (count * 0.62) / (2 * Math.PI));
  const turn = floor.random.between(0, 2 * Math.PI);
  return Array.from({ length: count }, (_, index): PlanPoint => {
    const angle = turn + (2 * Math.PI * index) / count;
    for (const shrink of [1, 0.7, 0.4]) {
      const px = x + Math.cos(angle) * wide * shrink;
      const py = y + Math.sin(angle) * wide * shrink;
      if (floor.places.clear(x, y, px, py) && floor.places.roomy(px, py, 0.3)) return [px, py];
    }
    return [x, y];
  });
}

/** They stand around a point and face each other. */
export function* gather(floor: Floor, people: readonly Person[], x: number, y: number, seconds: number): Script {
  const present = onFloor(people);
  const spots = circle(floor, x, y, present.length);
  for (const [index, person] of present.entries()) {
    const [px, py] = spots[index] as PlanPoint;
    floor.motors.stand(person.slot, px, py, Math.atan2(y - py, x - px));
  }
  yield seconds;
}

/** Joins the line, waits, is served, and goes on to where one leaves the desk. */
export function* queueUp(floor: Floor, act: Act, people: readonly Person[], line: QueueLine): Script {
  const units = people.length <= SERVED_TOGETHER ? [people] : people.map((person) => [person]);
  if (units.length === 1) {
    yield* queueAsUnit(floor, act, people, line);
    return;
  }
  const acts = units.map((unit, index) =>
    floor.start(function* (own) {
      // In the order in which they walk, so that the line is not stormed.
      yield index * 0.4;
      yield* queueAsUnit(floor, own, unit, line);
      const person = unit[0] as Person;
      if (person.slot < 0) return;
      // Aside, and wait for the rest.
      const [x, y] = besideDesk(floor, line, person);
      yield* walkTo(floor, own, unit, () => ({ way: null, x, y, within: 0 }));
    }, act),
  );
  yield* untilDone(acts);
}

function besideDesk(floor: Floor, line: QueueLine, person: Person): PlanPoint {
  const { walkers } = floor;
  const px = walkers.x[person.slot] as number;
  const py = walkers.y[person.slot] as number;
  const desk = line.desks[0];
  if (!desk) return [px, py];
  const onX = desk.leaveBy[0] - desk.at[0];
  const onY = desk.leaveBy[1] - desk.at[1];
  const length = Math.hypot(onX, onY) || 1;
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const far = floor.random.between(1.5, 6);
    const aside = floor.random.between(-2.5, 2.5);
    const x = px + (onX * far - onY * aside) / length;
    const y = py + (onY * far + onX * aside) / length;
    if (floor.places.clear(px, py, x, y) && floor.places.roomy(x, y, 0.4)) return [x, y];
  }
  return [px, py];
}

function* queueAsUnit(floor: Floor, act: Act, people: readonly Person[], line: QueueLine): Script {
  const unit = new Unit(people, act);
  const first = people[0] as Person;
  do {
    const within = line.joinWithin;
    setOff(floor, act, people, () => ({ way: line.toTail, x: Number.NaN, y: Number.NaN, within }), pace(people));
    while (first.slot >= 0 && !floor.motors.arrived(first.slot)) yield 30;
    // In line as soon as the first is there and the others are not far: who waits longer is in the way of all.
    for (let tries = 0; tries < 8 && people.some((person) => floor.distance(first, person) > 2.2); tries += 1)
      yield 0.5;
    if (line.join(unit)) break;
    yield 20;
  } while (!line.join(unit));
  while (!unit.desk) yield 600;
  const desk = unit.desk;
  const [ux, uy] = desk.towards;
  const [ax, ay] = desk.at;
  yield* walkTo(
    floor,
    act,
    people,
    (index) => {
      // Side by side where there is room, else one behind the other.
      const side = index === 0 ? 0 : (index % 2 === 1 ? 1 : -1) * 0.6;
      let x = ax - uy * side - ux * 0.55 * Math.floor(index / 3);
      let y = ay + ux * side - uy * 0.55 * Math.floor(index / 3);
      if (index > 0 && !(floor.places.clear(ax, ay, x, y) && floor.places.roomy(x, y, 0.4))) {
        x = ax - ux * 0.6 * index;
        y = ay - uy * 0.6 * index;
      }
      return { way: desk.toDesk, x, y, within: 0 };
    },
    Math.max(0.9, Math.min(...people.map((person) => person.speed))),
  );
  const facing = Math.atan2(uy, ux);
  for (const person of people) if (person.slot >= 0) floor.motors.face(person.slot, facing);
  yield line.serviceSeconds(unit);
  line.done(unit, floor.stepNumber);
  yield* walk(floor, act, people, desk.toLeave, { within: 0.6 });
}

/** Walks to one of the doors and vanishes there, each on arrival. */
export function* leaveBy(floor: Floor, act: Act, people: readonly Person[], doors: readonly string[]): Script {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const left = onFloor(people);
    if (left.length === 0) return;
    const door = doors[(below(floor.random, doors.length) + attempt) % doors.length] as string;
    const way = floor.places.toDoor(door);
    setOff(floor, act, left, () => ({ way, x: Number.NaN, y: Number.NaN, within: VANISH_METRES }), pace(left));
    while (!arrivedAll(floor, left)) {
      removeArrived(floor, left, door);
      yield 30;
    }
    removeArrived(floor, left, door);
    endOfPushing(floor, left);
    for (const person of left) if (person.slot >= 0 && person.company.formation === 'pushed') floor.leave(person, door);
  }
  for (const person of onFloor(people)) {
    floor.counts.lost += 1;
    floor.leave(person, doors[0] as string);
  }
}

function removeArrived(floor: Floor, people: readonly Person[], door: string): void {
  for (const [index, person] of people.entries()) {
    const slot = person.slot;
    if (slot < 0 || !floor.motors.arrived(slot) || floor.motors.failed[slot] === 1) continue;
    // Who is pushed goes together with who pushes.
    if (person.company.formation === 'pushed' && index > 0) continue;
    floor.leave(person, door);
  }
}
