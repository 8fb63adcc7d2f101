/** Who is on the floor: people and companies, how they come and go, and what of it is told. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Random } from '../random.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { TruthEvent } from '../truth/events.ts';
import { type Act, Acts, type Script } from './acts.ts';
import type { Composition, Formation, Member } from './companies.ts';
import { Following } from './following.ts';
import { STEPS_PER_SECOND, type Walkers } from './ground.ts';
import { Motors } from './motors.ts';
import { type Door, Places, type WayFinder } from './places.ts';
import { QueueLine } from './queues.ts';
import { below, pick, stream } from './streams.ts';

/** Bodies appear only where this much is free around them, metres between centres. */
const FREE_METRES = 0.6;
export const VANISH_METRES = 0.5;

export class Person {
  readonly id: number;
  readonly kind: string;
  readonly role: string;
  readonly heightMetres: number;
  readonly radiusMetres: number;
  /** Walking speed when free and alone, metres per second. */
  readonly speed: number;
  readonly company: Company;
  /** Body on the floor; -1: none. */
  slot = -1;
  gone = false;

  constructor(id: number, kind: string, member: Member, company: Company) {
    this.id = id;
    this.kind = kind;
    this.role = member.role;
    this.heightMetres = member.heightMetres;
    this.radiusMetres = member.radiusMetres;
    this.speed = member.speed;
    this.company = company;
  }
}

/** Somebody waits at a spot; whoever comes wakes them, and is woken when they are ready to go. */
export interface Hosting {
  readonly act: Act;
  readonly spot: number;
  guests: Act | null;
  greeted: boolean;
}

export class Company {
  readonly id: number;
  readonly kind: string;
  readonly formation: Formation;
  readonly members: Person[] = [];
  /** Pace of all together, metres per second. */
  readonly speed: number;
  /** Waits to be met. */
  hosting: Hosting | null = null;
  /** Has been met, and goes where the others go. */
  takenAlong = false;

  constructor(id: number, kind: string, composition: Composition, nextId: () => number) {
    this.id = id;
    this.kind = composition.kind;
    this.formation = composition.formation;
    for (const member of composition.members) this.members.push(new Person(nextId(), kind, member, this));
    this.speed = Math.min(...composition.members.map((member) => member.speed));
  }
}

export interface FloorCounts {
  entered: number;
  left: number;
  /** Taken off the floor away from a door because no way led out. */
  lost: number;
}

export class Floor {
  readonly walkers: Walkers;
  readonly motors: Motors;
  readonly following: Following;
  readonly places: Places;
  readonly acts = new Acts(STEPS_PER_SECOND);
  readonly queues = new Map<string, QueueLine>();
  readonly #queueList: QueueLine[] = [];
  /** By slot. */
  readonly persons: (Person | null)[];
  readonly random: Random;
  readonly night: boolean;
  readonly counts: FloorCounts = { entered: 0, left: 0, lost: 0 };
  /** Bodies on the floor. */
  present = 0;
  /** Companies that wait to be met. */
  readonly hosts: Company[] = [];
  readonly #capacity: number;
  #events: TruthEvent[] = [];
  #nextPerson = 1;
  #nextCompany = 1;
  stepNumber = 0;

  constructor(
    terminal: Terminal,
    {
      walkers,
      finder,
      segments,
      capacity,
      seed,
      night,
    }: {
      walkers: Walkers;
      finder: WayFinder;
      segments: Float64Array;
      capacity: number;
      seed: number;
      night: boolean;
    },
  ) {
    this.walkers = walkers;
    this.#capacity = capacity;
    this.night = night;
    this.random = stream(seed, 'behaviour');
    this.motors = new Motors(walkers, capacity, stream(seed, 'motors'));
    this.following = new Following(walkers, this.motors);
    this.places = new Places(terminal, finder, segments);
    this.persons = new Array<Person | null>(capacity).fill(null);
    terminal.queues.forEach((queue) => {
      const line = new QueueLine(queue, this.places, walkers, this.motors, stream(seed, `queue ${queue.id}`));
      this.queues.set(queue.id, line);
      this.#queueList.push(line);
    });
  }

  get seconds(): number {
    return this.stepNumber / STEPS_PER_SECOND;
  }

  tell(event: TruthEvent): void {
    this.#events.push(event);
  }

  drainEvents(): TruthEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  form(kind: string, composition: Composition): Company {
    const company = new Company(this.#nextCompany, kind, composition, () => this.#nextPerson++);
    this.#nextCompany += 1;
    return company;
  }

  x(person: Person): number {
    return this.walkers.x[person.slot] as number;
  }

  y(person: Person): number {
    return this.walkers.y[person.slot] as number;
  }

  distance(a: Person, b: Person): number {
    if (a.slot < 0 || b.slot < 0) return Infinity;
    return Math.hypot(this.x(a) - this.x(b), this.y(a) - this.y(b));
  }

  /** Nobody within reach of the point. */
  vacant(x: number, y: number): boolean {
    const { alive, highest } = this.walkers;
    for (let slot = 0; slot < highest; slot += 1) {
      if (alive[slot] !== 1) continue;
      const dx = (this.walkers.x[slot] as number) - x;
      const dy = (this.walkers.y[slot] as number) - y;
      if (dx * dx + dy * dy < FREE_METRES * FREE_METRES) return false;
    }
    return true;
  }

  #place(person: Person, at: PlanPoint, headingRadians: number): void {
    const slot = this.walkers.add({
      x: at[0],
      y: at[1],
      headingRadians,
      radiusMetres: person.radiusMetres,
      preferredSpeed: person.speed,
    });
    person.slot = slot;
    this.persons[slot] = person;
    this.present += 1;
    this.motors.clear(slot, headingRadians);
    this.walkers.company(slot, person.company.members.length > 1 ? person.company.id : -1);
  }

  #lift(person: Person): void {
    const slot = person.slot;
    if (slot < 0) return;
    this.following.forget(slot);
    this.motors.clear(slot);
    this.walkers.remove(slot);
    this.persons[slot] = null;
    this.present -= 1;
    person.slot = -1;
  }

  /** Through the door, one after another as there is room. */
  *enter(people: readonly Person[], doorId: string): Script {
    const door = this.places.door(doorId);
    const from = below(this.random, door.points.length);
    yield* this.#turn(people[0] as Person, door);
    for (const [index, person] of people.entries()) {
      yield* this.#appear(person, doorId, from);
      // A company waits for its last some steps on, so that it does not stand in its own way.
      if (people.length > 1)
        this.#stepIn(person, door.inwardRadians, 1.2 + 0.7 * Math.floor((people.length - 1 - index) / 3));
      this.counts.entered += 1;
      this.tell({
        type: 'person-entered',
        t: this.seconds,
        id: person.id,
        kind: person.kind,
        company: person.company.id,
        role: person.role,
        by: doorId,
        heightMetres: Math.round(person.heightMetres * 100) / 100,
      });
    }
    door.line.shift();
  }

  /** One company after another: whoever is first in line tries, the others only wait. */
  *#turn(person: Person, door: Door): Script {
    door.line.push(person.id);
    while (door.line[0] !== person.id) yield 0.3;
  }

  #stepIn(person: Person, inwardRadians: number, metres: number): void {
    const x = this.x(person);
    const y = this.y(person);
    for (let far = metres; far > 0.5; far *= 0.7) {
      const angle = inwardRadians + this.random.normal(0, 0.25);
      const tx = x + Math.cos(angle) * far;
      const ty = y + Math.sin(angle) * far;
      if (!this.places.clear(x, y, tx, ty) || !this.places.roomy(tx, ty, 0.35)) continue;
      this.motors.go(person.slot, { way: null, x: tx, y: ty, within: 0 }, person.speed, null);
      return;
    }
  }

  *#appear(person: Person, doorId: string, preferred: number): Script {
    const door = this.places.door(doorId);
    while (true) {
      if (this.present < this.#capacity - 1) {
        // Beside each other, as near the first as there is room.
        for (let step = 0; step < 2 * door.points.length; step += 1) {
          const at = door.points[preferred + (step % 2 === 0 ? -step / 2 : (step + 1) / 2)];
          if (!at) continue;
          if (!this.vacant(at[0], at[1])) continue;
          this.#place(person, at, door.inwardRadians);
          return;
        }
      }
      yield 0.3;
    }
  }

  /** Out of sight for so long, and back by the same door. */
  *away(person: Person, doorId: string, seconds: number): Script {
    this.tell({ type: 'person-away', t: this.seconds, id: person.id, by: doorId });
    this.#lift(person);
    yield seconds;
    const door = this.places.door(doorId);
    yield* this.#turn(person, door);
    yield* this.#appear(person, doorId, below(this.random, door.points.length));
    door.line.shift();
    this.tell({ type: 'person-back', t: this.seconds, id: person.id, by: doorId });
  }

  leave(person: Person, doorId: string): void {
    if (person.slot < 0) return;
    this.#lift(person);
    person.gone = true;
    this.counts.left += 1;
    this.tell({ type: 'person-left', t: this.seconds, id: person.id, by: doorId });
  }

  /** The shortest of these lines, by expected waiting; at a tie any. */
  shortestQueue(ids: readonly string[]): QueueLine {
    const lines = ids.map((id) => {
      const line = this.queues.get(id);
      if (!line) throw new RangeError(`no queue ${id}`);
      return line;
    });
    const least = Math.min(...lines.map((line) => line.expectedSeconds));
    return pick(
      this.random,
      lines.filter((line) => line.expectedSeconds <= least + 5),
    );
  }

  /** Scripts, queues and bodies, in this order; then the crowd is to be moved. */
  step(step: number): void {
    this.stepNumber = step;
    this.acts.step(step);
    for (const line of this.#queueList) line.step(step);
    this.motors.step(step);
    this.following.step();
  }

  start(script: (act: Act) => Script, parent: Act | null = null): Act {
    return this.acts.start(script, parent);
  }
}
