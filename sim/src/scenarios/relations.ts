/**
 * How people of a scenario relate to each other while they do what anybody does: walk, queue, stay, leave. The same way with
 * another relation is another scenario, or its look-alike.
 */
import { type Act, type Script, untilDone } from '../passengers/acts.ts';
import type { Floor, Person } from '../passengers/floor.ts';
import type { Way } from '../passengers/ground.ts';
import { below, logNormal, pick } from '../passengers/streams.ts';
import { gather, leaveBy, onFloor, pause, queueUp, walk } from '../passengers/together.ts';
import { leavePlaces, settle } from '../passengers/travel.ts';
import type { Spot, Stage } from '../terminal/terminal.ts';
import type { ScenarioTruth } from './record.ts';

/** Who finds no place so near stands by instead. */
const NEAR_METRES = 2.2;

export abstract class Relation {
  readonly floor: Floor;
  readonly truth: ScenarioTruth;
  /** Whoever decides where to go is first. */
  readonly people: readonly Person[];
  readonly phase: string;

  constructor(floor: Floor, truth: ScenarioTruth, phase: string, people: readonly Person[]) {
    this.floor = floor;
    this.truth = truth;
    this.phase = phase;
    this.people = people;
  }

  /** Bodies begin to relate; called before each walk. */
  protected abstract bind(): void;
  /** And each on its own again, for a line or a seat. */
  protected abstract unbind(): void;
  /** Walks while related; the first by the way. */
  protected abstract walkOn(act: Act, way: Way, within: number): Script;

  /** Whom the phase of walking concerns, in the order that its name gives. */
  protected get concerned(): readonly Person[] {
    return this.people;
  }

  get #all(): boolean {
    return this.people.every((person) => person.slot >= 0);
  }

  *go(act: Act, way: Way, within = 1): Script {
    if (!this.#all) return;
    this.bind();
    this.truth.open(this.phase, ...this.concerned);
    yield* this.walkOn(act, way, within);
    this.truth.close(this.phase);
  }

  /** The order in which they stand in a line. */
  protected get inLine(): readonly Person[] {
    return this.people;
  }

  *queue(act: Act, ids: readonly string[]): Script {
    const line = this.floor.shortestQueue(ids);
    yield* this.go(act, line.toTail, line.joinWithin + 1.5);
    this.unbind();
    yield* queueUp(this.floor, act, this.inLine, line);
  }

  *stay(act: Act, kind: Spot['kind'], zones: readonly string[] | undefined, seconds: number): Script {
    const { places, random } = this.floor;
    const taken = places.take(random, kind, zones, this.people.length, NEAR_METRES);
    const first = taken[0];
    if (first === undefined) return;
    // Most of the way as they are, the last metres each to a place.
    yield* this.go(act, places.toSpot(first), 3);
    this.unbind();
    yield* settle(this.floor, act, this.people, kind, taken);
    yield seconds;
    yield* leavePlaces(this.floor, act, this.people, taken);
  }

  /** The stages of an itinerary between entering and leaving. */
  *through(act: Act, stages: readonly Stage[]): Script {
    for (const stage of stages) {
      if ('queue' in stage) yield* this.queue(act, stage.queue);
      else if ('pass' in stage) yield* this.go(act, this.floor.places.toZone(stage.pass));
      else if ('stay' in stage && (stage.probability === undefined || this.floor.random.chance(stage.probability)))
        yield* this.stay(act, stage.stay, stage.zones, Math.min(900, logNormal(this.floor.random, stage.duration)));
    }
  }

  *leave(act: Act, doors: readonly string[]): Script {
    const door = pick(this.floor.random, doors);
    yield* this.go(act, this.floor.places.toDoor(door), 2.5);
    this.release();
    yield* leaveBy(this.floor, act, onFloor(this.people), [door]);
  }

  /** The relation ends here; everybody stands. */
  release(): void {
    this.unbind();
  }
}

/** Whoever leads stops for who has been held up this far behind. */
const HELD_UP_METRES = 2.8;

function heldUp(floor: Floor, leader: Person, others: readonly Person[]): boolean {
  return others.some((other) => other.slot >= 0 && floor.distance(leader, other) > HELD_UP_METRES);
}

/** Walks with stops: who is first halts now and then for some seconds. Others do what their relation makes them do. */
function* walkWithStops(
  floor: Floor,
  act: Act,
  [leader, ...others]: readonly [Person, ...Person[]],
  way: Way,
  within: number,
  stopsPerMinute: number,
): Script {
  while (leader.slot >= 0) {
    const stopAt = floor.seconds - (60 / stopsPerMinute) * Math.log(1 - floor.random.next());
    const walker = floor.start(function* (own) {
      yield* walk(floor, own, [leader], way, { within, speed: leader.company.speed });
    }, act);
    while (!walker.done && floor.seconds < stopAt && !heldUp(floor, leader, others)) yield 0.5;
    if (walker.done) return;
    yield* pause(floor, [leader], 0.1);
    // A halted walker counts as arrived: this part of the walk is over.
    floor.acts.wake(walker);
    yield* untilDone([walker]);
    yield floor.random.between(4, 14);
    const until = floor.seconds + 20;
    while (heldUp(floor, leader, others) && floor.seconds < until) yield 1;
  }
}

/** A follower behind a leader: at 0.8 to 1.5 m, doing what the leader did half a second to one and a half ago. */
export class Led extends Relation {
  readonly #metres: number;
  readonly #lagSeconds: number;
  readonly #stopsPerMinute: number;

  constructor(floor: Floor, truth: ScenarioTruth, leader: Person, follower: Person, stopsPerMinute = 1.2) {
    super(floor, truth, 'led', [leader, follower]);
    this.#metres = floor.random.between(0.9, 1.35);
    this.#lagSeconds = Math.min(1.2, Math.max(0.5, this.#metres / Math.max(0.9, leader.company.speed)));
    this.#stopsPerMinute = stopsPerMinute;
  }

  protected override get concerned(): readonly Person[] {
    return [this.people[1] as Person, this.people[0] as Person];
  }

  protected override bind(): void {
    const [leader, follower] = this.people as [Person, Person];
    const follow = { how: 'behind', metres: this.#metres, lagSeconds: this.#lagSeconds } as const;
    this.floor.following.link(follower.slot, leader.slot, follow, leader.company.speed + 0.5);
  }

  protected override unbind(): void {
    const follower = this.people[1] as Person;
    if (follower.slot >= 0) this.floor.following.unlink(follower.slot);
  }

  protected override *walkOn(act: Act, way: Way, within: number): Script {
    yield* walkWithStops(this.floor, act, this.people as [Person, ...Person[]], way, within, this.#stopsPerMinute);
  }
}

/** One between two who keep beside whatever the middle one does. */
export class Flanked extends Relation {
  readonly #side: number;

  constructor(floor: Floor, truth: ScenarioTruth, middle: Person, left: Person, right: Person) {
    super(floor, truth, 'flanked', [middle, left, right]);
    this.#side = floor.random.between(0.62, 0.8);
  }

  protected override bind(): void {
    const [middle, left, right] = this.people as [Person, Person, Person];
    const fastest = middle.company.speed + 0.6;
    const { following } = this.floor;
    following.link(left.slot, middle.slot, { how: 'beside', ahead: -0.12, left: this.#side }, fastest);
    following.link(right.slot, middle.slot, { how: 'beside', ahead: -0.12, left: -this.#side }, fastest);
  }

  protected override unbind(): void {
    for (const person of this.people.slice(1)) if (person.slot >= 0) this.floor.following.unlink(person.slot);
  }

  protected override *walkOn(act: Act, way: Way, within: number): Script {
    yield* walkWithStops(this.floor, act, this.people as [Person, ...Person[]], way, within, 0.8);
  }

  protected override get inLine(): readonly Person[] {
    const [middle, left, right] = this.people as [Person, Person, Person];
    return [left, middle, right];
  }
}

/** Side by side as people who know each other are; stops begin with either. Also pushed, where their company is so. */
export class Abreast extends Relation {
  constructor(floor: Floor, truth: ScenarioTruth, people: readonly Person[], phase = 'abreast') {
    super(floor, truth, phase, people);
  }

  protected override bind(): void {
    const first = this.people[0] as Person;
    for (const person of this.people) if (person.slot >= 0) this.floor.walkers.company(person.slot, first.company.id);
  }

  protected override unbind(): void {}

  protected override *walkOn(act: Act, way: Way, within: number): Script {
    // Another one is in front each time.
    const turned = [...this.people];
    const first = this.people[0] as Person;
    if (first.company.formation === 'abreast')
      turned.push(...turned.splice(0, below(this.floor.random, turned.length)));
    yield* walk(this.floor, act, turned, way, { within, stops: 0.5, speed: first.company.speed });
  }
}

/** Somebody shows the way and looks back; whoever is shown it halts where there is something to see, and is waited for. */
export class Shown extends Relation {
  constructor(floor: Floor, truth: ScenarioTruth, guide: Person, tourist: Person) {
    super(floor, truth, 'shown', [guide, tourist]);
  }

  protected override bind(): void {}
  protected override unbind(): void {}

  protected override *walkOn(act: Act, way: Way, within: number): Script {
    const [guide, tourist] = this.people as [Person, Person];
    const { floor } = this;
    const speed = guide.company.speed;
    const until = (person: Person, end: number, delay: number): Act =>
      floor.start(function* (own) {
        yield delay;
        yield* walk(floor, own, [person], way, { within: end, speed });
      }, act);
    while (guide.slot >= 0 && tourist.slot >= 0) {
      const stopAt = floor.seconds + floor.random.between(12, 50);
      const walks = [until(guide, within, 0), until(tourist, within + 0.8, floor.random.between(0.4, 2.6))];
      while (!walks.every((one) => one.done) && floor.seconds < stopAt) yield Math.max(0.1, stopAt - floor.seconds);
      if (walks.every((one) => one.done)) return;
      // The tourist halts first; the guide notices, and turns up beside.
      yield* pause(floor, [tourist], floor.random.between(1, 3));
      yield* pause(floor, [guide], 0.1);
      for (const one of walks) floor.acts.wake(one);
      yield* untilDone(walks);
      const x = floor.x(tourist);
      const y = floor.y(tourist);
      if (floor.places.clear(floor.x(guide), floor.y(guide), x, y)) {
        yield* gather(floor, [guide, tourist], x, y, floor.random.between(5, 15));
      }
    }
  }
}

/** A child between its parents: there most of the time, and then ahead, or off to one side. */
export class BetweenParents extends Relation {
  constructor(floor: Floor, truth: ScenarioTruth, one: Person, other: Person, child: Person) {
    super(floor, truth, 'beside-parents', [one, other, child]);
  }

  protected override bind(): void {
    const [one, other, child] = this.people as [Person, Person, Person];
    const fastest = one.company.speed + 0.7;
    this.floor.following.link(other.slot, one.slot, { how: 'beside', ahead: 0, left: 1.25 }, fastest);
    this.floor.following.link(child.slot, one.slot, { how: 'beside', ahead: 0, left: 0.62 }, fastest);
  }

  protected override unbind(): void {
    for (const person of this.people.slice(1)) if (person.slot >= 0) this.floor.following.unlink(person.slot);
  }

  protected override *walkOn(act: Act, way: Way, within: number): Script {
    const [one, other, child] = this.people as [Person, Person, Person];
    const { floor } = this;
    const walker = floor.start(function* (own) {
      yield* walkWithStops(floor, own, [one, other], way, within, 0.8);
    }, act);
    while (!walker.done) {
      if (child.slot < 0) {
        yield 5;
        continue;
      }
      const runs = floor.random.chance(0.7);
      const aside = floor.random.chance(0.4);
      const ahead = runs ? (aside ? floor.random.between(-0.5, 0.5) : floor.random.between(1.6, 2.2)) : 0;
      const left = runs && aside ? pick(floor.random, [-0.8, 2.05]) : 0.62;
      floor.following.adjust(child.slot, { how: 'beside', ahead, left });
      yield floor.random.between(3, 8);
    }
  }
}
