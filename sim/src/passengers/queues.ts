/**
 * Lines of people before desks. Each has a place on the lane that moves up when the one before has moved; whoever is served
 * together is called together. Places are kept by the line, not by the crowd: however people jostle, their order stays.
 */
import type { PlanPoint } from '@safe-passage/contract';
import type { Random } from '../random.ts';
import type { Queue } from '../terminal/terminal.ts';
import type { Act } from './acts.ts';
import type { Person } from './floor.ts';
import { STEPS_PER_SECOND, type Walkers, type Way } from './ground.ts';
import type { Motors } from './motors.ts';
import type { Places } from './places.ts';
import { logNormal } from './streams.ts';

const MOVE_UP_SPEED = 1;
/** Along an empty lane one walks. */
const OPEN_METRES = 3;
const OPEN_SPEED = 1.3;
const LONGEST_TAIL_METRES = 40;
/** A place does not run away from who stands in it. */
const LEASH_METRES = 0.5;
/** So near the end of the lane one is in line. */
const MOUTH_METRES = 1;
/** So near the place, one steps into it whoever stands around. */
const STEP_IN_METRES = 2.5;
/** Steps aside of the lane's middle. */
const ASIDE = { sigma: 0.1, most: 0.22 };
const FREE_AFTER_STEPS = 20;
/** Each one more in a company adds this share of a service. */
const SERVICE_PER_COMPANION = 0.45;

export interface Desk {
  readonly at: PlanPoint;
  readonly leaveBy: PlanPoint;
  readonly toDesk: Way;
  readonly toLeave: Way;
  /** Unit vector along which one steps up to the desk. */
  readonly towards: PlanPoint;
  unit: Unit | null;
  freeStep: number;
}

/** Who is served together. */
export class Unit {
  readonly people: readonly Person[];
  readonly act: Act;
  desk: Desk | null = null;

  constructor(people: readonly Person[], act: Act) {
    this.people = people;
    this.act = act;
  }
}

interface Place {
  readonly person: Person;
  readonly unit: Unit;
  /** Metres along the lane from its head. */
  at: number;
  /** How much space must open before this one moves up, metres. */
  readonly reluctance: number;
  readonly aside: number;
  moves: boolean;
  /** The body stands in the place and is moved with it. */
  inPlace: boolean;
}

export class QueueLine {
  readonly id: string;
  readonly desks: readonly Desk[];
  readonly toTail: Way;
  readonly #spacing: number;
  readonly #lane: readonly PlanPoint[];
  readonly #ends: readonly number[];
  readonly #room: number;
  readonly #service: Queue['service'];
  readonly #places: Place[] = [];
  readonly #units: Unit[] = [];
  readonly #waiting: Unit[] = [];
  readonly #random: Random;
  readonly #motors: Motors;
  readonly #walkers: Walkers;
  served = 0;
  #px = 0;
  #py = 0;
  #facing = 0;

  constructor(queue: Queue, places: Places, walkers: Walkers, motors: Motors, random: Random) {
    this.id = queue.id;
    this.#spacing = queue.spacingMetres;
    this.#lane = queue.lane;
    this.#service = queue.service;
    this.#random = random;
    this.#walkers = walkers;
    this.#motors = motors;
    const ends = [0];
    for (let leg = 1; leg < queue.lane.length; leg += 1) {
      const [x0, y0] = queue.lane[leg - 1] as PlanPoint;
      const [x1, y1] = queue.lane[leg] as PlanPoint;
      ends.push((ends[leg - 1] as number) + Math.hypot(x1 - x0, y1 - y0));
    }
    this.#ends = ends;
    const length = ends.at(-1) as number;
    // A longer line goes on as far as nothing is in its way.
    let room = length;
    const tail = this.pointAt(length);
    while (room < length + LONGEST_TAIL_METRES) {
      const [x, y] = this.pointAt(room + 0.5);
      if (!places.clear(tail[0], tail[1], x, y) || !places.roomy(x, y, 0.5)) break;
      room += 0.5;
    }
    this.#room = room;
    this.toTail = places.toPoint(`tail ${queue.id}`, tail);
    const head = queue.lane[0] as PlanPoint;
    this.desks = queue.desks.map((desk) => {
      const [dx, dy] = [desk.at[0] - head[0], desk.at[1] - head[1]];
      const distance = Math.hypot(dx, dy) || 1;
      return {
        at: desk.at,
        leaveBy: desk.leaveBy,
        toDesk: places.toPoint(`desk ${queue.id} ${desk.id}`, desk.at),
        toLeave: places.toPoint(`leave ${queue.id} ${desk.id}`, desk.leaveBy),
        towards: [dx / distance, dy / distance],
        unit: null,
        freeStep: 0,
      };
    });
  }

  /** People in the line, without those at the desks. */
  get length(): number {
    return this.#places.length;
  }

  /** Seconds that somebody who joins now may expect to wait. */
  get expectedSeconds(): number {
    return ((this.#places.length + this.#waiting.length) * this.#service.medianSeconds) / this.desks.length;
  }

  /** How near the end of the lane one must come to be the next in the line, metres: to its mouth, or to the last one. */
  get joinWithin(): number {
    return MOUTH_METRES + Math.min(this.#tail, this.#room) - (this.#ends.at(-1) as number);
  }

  /** Where the next to come has the place: at the end of the lane, or behind the last. */
  get #tail(): number {
    const last = this.#places.at(-1);
    return Math.max(this.#ends.at(-1) as number, last ? last.at + this.#spacing : 0);
  }

  /** Ids in order, for whoever watches. */
  order(): number[] {
    return this.#places.map((place) => place.person.id);
  }

  /** Places in order, metres from the head. */
  positions(): number[] {
    return this.#places.map((place) => place.at);
  }

  /** Where one stands so many metres from the head. */
  pointAt(metres: number): PlanPoint {
    const ends = this.#ends;
    let leg = 1;
    while (leg < ends.length - 1 && metres > (ends[leg] as number)) leg += 1;
    const [x0, y0] = this.#lane[leg - 1] as PlanPoint;
    const [x1, y1] = this.#lane[leg] as PlanPoint;
    const start = ends[leg - 1] as number;
    const share = (metres - start) / Math.max(1e-9, (ends[leg] as number) - start);
    return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share];
  }

  /**
   * False when the line is full or its end too far: the act is woken when that may have changed. The places of a company may
   * reach beyond the room that there is; they are only numbers until they have moved up.
   */
  join(unit: Unit): boolean {
    const first = this.#tail;
    const [tx, ty] = this.pointAt(first);
    const leader = (unit.people[0] as Person).slot;
    const far =
      Math.hypot((this.#walkers.x[leader] as number) - tx, (this.#walkers.y[leader] as number) - ty) > STEP_IN_METRES;
    if (first > this.#room || far) {
      if (!this.#waiting.includes(unit)) this.#waiting.push(unit);
      return false;
    }
    const waits = this.#waiting.indexOf(unit);
    if (waits >= 0) this.#waiting.splice(waits, 1);
    for (const [index, person] of unit.people.entries()) {
      this.#places.push({
        person,
        unit,
        at: first + index * this.#spacing,
        reluctance: this.#random.between(0.1, 0.6),
        aside: Math.max(-ASIDE.most, Math.min(ASIDE.most, this.#random.normal(0, ASIDE.sigma))),
        moves: true,
        inPlace: false,
      });
    }
    this.#units.push(unit);
    return true;
  }

  /** Seconds at the desk for this unit. */
  serviceSeconds(unit: Unit): number {
    return logNormal(this.#random, this.#service) * (1 + SERVICE_PER_COMPANION * (unit.people.length - 1));
  }

  /** The desk takes the next a moment after the last have turned to go. */
  done(unit: Unit, step: number): void {
    if (!unit.desk) return;
    unit.desk.unit = null;
    unit.desk.freeStep = step + FREE_AFTER_STEPS;
    unit.desk = null;
    this.served += unit.people.length;
  }

  step(step: number): void {
    this.#call(step);
    let before = -this.#spacing;
    for (const place of this.#places) {
      const target = before + this.#spacing;
      const open = place.at - target;
      // Whoever has not come to the place yet holds nobody up: the number moves up alone.
      const follows = !place.inPlace || this.#gap(place) < LEASH_METRES;
      place.moves = follows && open > (place.moves ? 0.02 : place.reluctance);
      if (place.moves) {
        const speed = open > OPEN_METRES ? Math.min(OPEN_SPEED, place.person.speed) : MOVE_UP_SPEED;
        place.at = Math.max(target, place.at - speed / STEPS_PER_SECOND);
      }
      if (place.inPlace) this.#carry(place);
      else if ((step + place.person.id) % 5 === 0) this.#bringIn(place);
      before = place.at;
    }
    // One a round, so that they do not storm the place of one.
    if (step % 5 === 0) this.#invite();
  }

  #gap(place: Place): number {
    const { x, y } = this.#walkers;
    const slot = place.person.slot;
    this.#locate(place.at, place.aside);
    return Math.hypot(this.#px - (x[slot] as number), this.#py - (y[slot] as number));
  }

  /** Where one stands so many metres from the head, so far to the left of the lane's middle; into #px, #py. */
  #locate(metres: number, aside: number): void {
    const ends = this.#ends;
    let leg = 1;
    while (leg < ends.length - 1 && metres > (ends[leg] as number)) leg += 1;
    const from = this.#lane[leg - 1] as PlanPoint;
    const to = this.#lane[leg] as PlanPoint;
    const start = ends[leg - 1] as number;
    const length = Math.max(1e-9, (ends[leg] as number) - start);
    const ux = (to[0] - from[0]) / length;
    const uy = (to[1] - from[1]) / length;
    this.#px = from[0] + ux * (metres - start) - uy * aside;
    this.#py = from[1] + uy * (metres - start) + ux * aside;
    this.#facing = Math.atan2(-uy, -ux);
  }

  /**
   * Moves the body with its place. In line nobody is pushed past anybody: the crowd walks around them, and a narrow lane
   * cannot jam.
   */
  #carry(place: Place): void {
    const { x, y, vx, vy } = this.#walkers;
    const slot = place.person.slot;
    this.#locate(place.at, place.aside);
    const dx = this.#px - (x[slot] as number);
    const dy = this.#py - (y[slot] as number);
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (distance < 0.01) {
      vx[slot] = 0;
      vy[slot] = 0;
      this.#motors.face(slot, this.#facing);
      return;
    }
    // Fast from standing within half a second, and slowing towards the place.
    const was = Math.hypot(vx[slot] as number, vy[slot] as number);
    const speed = Math.min(1.4, was + 0.2, 0.15 + 2.5 * distance, distance * STEPS_PER_SECOND);
    vx[slot] = (dx / distance) * speed;
    vy[slot] = (dy / distance) * speed;
    x[slot] = (x[slot] as number) + (vx[slot] as number) / STEPS_PER_SECOND;
    y[slot] = (y[slot] as number) + (vy[slot] as number) / STEPS_PER_SECOND;
  }

  /** Steps into the place when near, else goes to where the line ends. */
  #bringIn(place: Place): void {
    const slot = place.person.slot;
    if (place.at <= this.#room && this.#gap(place) < STEP_IN_METRES) {
      place.inPlace = true;
      this.#motors.stand(slot, this.#px, this.#py, this.#facing);
      this.#motors.carry(slot);
    } else if (place.at < this.#room && this.#motors.arrived(slot)) {
      this.#motors.headway.replans += 1;
      this.#motors.go(slot, { way: this.toTail, x: Number.NaN, y: Number.NaN, within: MOUTH_METRES }, 1.2, null);
    }
  }

  /** Of those who found the line full, the one nearest to its end joins first: nobody could pass. One a round. */
  #invite(): void {
    if (this.#waiting.length === 0 || this.#tail > this.#room) return;
    const { x, y } = this.#walkers;
    const [tx, ty] = this.pointAt(this.#tail);
    let nearest = this.#waiting[0] as Unit;
    let least = Infinity;
    for (const unit of this.#waiting) {
      const slot = (unit.people[0] as Person).slot;
      const distance = Math.hypot((x[slot] as number) - tx, (y[slot] as number) - ty);
      if (distance < least) {
        least = distance;
        nearest = unit;
      }
    }
    nearest.act.wakeStep = 0;
  }

  #call(step: number): void {
    const first = this.#places[0];
    // Called from the head of the line, or from so far that it makes no difference.
    if (!first || first.at > 1.5) return;
    const free = this.desks.filter((desk) => desk.unit === null && desk.freeStep <= step);
    if (free.length === 0) return;
    const desk = free[Math.floor(this.#random.next() * free.length)] as Desk;
    const unit = this.#units.shift() as Unit;
    this.#places.splice(0, unit.people.length);
    for (const person of unit.people) if (person.slot >= 0) this.#motors.release(person.slot);
    desk.unit = unit;
    unit.desk = desk;
    unit.act.wakeStep = 0;
  }
}
