/** Everything on one floor, one tenth of a second at a time. The same terminal, options and seed give the same world. */
import { OperatorError } from '@safe-passage/cli';
import { Crowd } from './crowd/crowd.ts';
import { Navigator } from './navigate/navigator.ts';
import { COMPANY_KINDS, DEFAULT_SHARES, type Shares } from './passengers/companies.ts';
import { Demand } from './passengers/demand.ts';
import { Floor } from './passengers/floor.ts';
import { STEPS_PER_SECOND } from './passengers/ground.ts';
import { travel } from './passengers/travel.ts';
import { seedFor } from './random.ts';
import { isScenarioKind, SCENARIO_KINDS, type ScenarioKind } from './scenarios/kinds.ts';
import { Staging } from './scenarios/staging.ts';
import { wallSegments } from './terminal/segments.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { TruthEvent } from './truth/events.ts';

const DEFAULT_CAPACITY = 4096;
/** Slower than this a body looks where it faces, not where it drifts. */
const FACING_BELOW = 0.25;

/** The first `count` entries are valid. Reused: copy what is to be kept beyond the next step. */
export interface Bodies {
  count: number;
  readonly id: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly headingRadians: Float64Array;
  /** Metres per second. */
  readonly speed: Float64Array;
  readonly heightMetres: Float64Array;
  readonly seated: Uint8Array;
}

export interface WorldOptions {
  readonly seed: number;
  /** Arriving, departing and transferring people per hour; visitors, drivers and staff come besides. */
  readonly passengersPerHour: number;
  readonly scenarios: 'all' | 'none' | readonly string[];
  /** A night with delayed flights: few people, some asleep on seats. */
  readonly night?: boolean;
  /** How often an hour each kind is staged, and its look-alikes too. */
  readonly scenariosPerHour?: number;
  /** Share of companies by kind; what is left out keeps its default. */
  readonly shares?: Partial<Shares>;
  /** Nobody new comes after this time, and nothing is staged: the floor empties. Absent: it goes on. */
  readonly lastEntrySeconds?: number;
  /** Bodies on the floor at most; more wait outside. */
  readonly capacity?: number;
}

export interface WorldCounts {
  readonly entered: number;
  readonly left: number;
  readonly lost: number;
  readonly present: number;
  /** How often somebody made no headway and tried another way around; how often that was in vain. */
  readonly replans: number;
  readonly givenUp: number;
  /** Scripts under way: companies and scenarios, and parts of them. */
  readonly scripts: number;
}

/**
 * Doors are closed to those on the floor: they vanish before they come to the line. So nobody is pushed out of it, and no way
 * leads out by one door and in by another.
 */
function withDoorsClosed(terminal: Terminal): Terminal {
  return { ...terminal, walls: [...terminal.walls, ...terminal.portals.map((portal) => portal.line)] };
}

function invalid(field: string, found: unknown, remedy: string): OperatorError {
  return new OperatorError(`${field} is ${JSON.stringify(found)}`, remedy);
}

function checked(options: WorldOptions): readonly ScenarioKind[] {
  const { seed, passengersPerHour, scenarios, scenariosPerHour, shares } = options;
  if (!Number.isSafeInteger(seed)) throw invalid('seed', seed, 'Give a whole number.');
  if (!(passengersPerHour >= 0 && passengersPerHour <= 20_000))
    throw invalid('passengersPerHour', passengersPerHour, 'Give a number from 0 to 20000.');
  if (scenariosPerHour !== undefined && !(scenariosPerHour >= 0 && scenariosPerHour <= 60))
    throw invalid('scenariosPerHour', scenariosPerHour, 'Give a number from 0 to 60.');
  for (const [kind, share] of Object.entries(shares ?? {})) {
    if (!(COMPANY_KINDS as readonly string[]).includes(kind))
      throw invalid('shares', kind, `The kinds of company are ${COMPANY_KINDS.join(', ')}.`);
    if (!(share >= 0 && share <= 1000)) throw invalid(`shares.${kind}`, share, 'Give a number from 0 to 1000.');
  }
  if (scenarios === 'all') return SCENARIO_KINDS;
  if (scenarios === 'none') return [];
  const unknown = scenarios.find((name) => !isScenarioKind(name));
  if (unknown !== undefined) throw invalid('scenarios', unknown, `The kinds are ${SCENARIO_KINDS.join(', ')}.`);
  return scenarios.filter(isScenarioKind);
}

export class World {
  readonly terminal: Terminal;
  readonly #crowd: Crowd;
  readonly #floor: Floor;
  readonly #demand: Demand;
  readonly #staging: Staging;
  readonly #bodies: Bodies;
  readonly #lastEntrySeconds: number;
  #bodiesStep = -1;
  #step = 0;

  constructor(terminal: Terminal, options: WorldOptions) {
    const kinds = checked(options);
    const { seed, passengersPerHour, night = false, capacity = DEFAULT_CAPACITY, scenariosPerHour = 2 } = options;
    this.terminal = terminal;
    this.#lastEntrySeconds = options.lastEntrySeconds ?? Infinity;
    const closed = withDoorsClosed(terminal);
    const segments = wallSegments(closed);
    this.#crowd = new Crowd({ capacity, segments, seed: seedFor(seed, 'crowd') });
    this.#floor = new Floor(terminal, {
      walkers: this.#crowd,
      finder: new Navigator(closed),
      segments,
      capacity,
      seed,
      night,
    });
    const shares = { ...DEFAULT_SHARES, ...options.shares };
    this.#demand = new Demand(terminal, { seed, passengersPerHour, shares, night });
    this.#staging = new Staging(this.#floor, { seed, kinds, perHour: scenariosPerHour });
    this.#bodies = {
      count: 0,
      id: new Int32Array(capacity),
      x: new Float64Array(capacity),
      y: new Float64Array(capacity),
      headingRadians: new Float64Array(capacity),
      speed: new Float64Array(capacity),
      heightMetres: new Float64Array(capacity),
      seated: new Uint8Array(capacity),
    };
  }

  /** Seconds since the beginning, a multiple of 0.1. */
  get timeSeconds(): number {
    return this.#step / STEPS_PER_SECOND;
  }

  /** A tenth of a second of everything. */
  step(): void {
    const now = this.timeSeconds;
    if (now <= this.#lastEntrySeconds) this.#admit(now);
    this.#floor.step(this.#step);
    this.#crowd.step(1 / STEPS_PER_SECOND);
    this.#step += 1;
  }

  #admit(now: number): void {
    for (let coming = this.#demand.next(now); coming; coming = this.#demand.next(now)) {
      const { itinerary, composition, door, met } = coming;
      const company = this.#floor.form(itinerary.of, composition);
      this.#floor.start((act) =>
        travel(this.#floor, act, company, door === undefined ? { itinerary, met } : { itinerary, door, met }),
      );
    }
    this.#staging.step(now);
  }

  /** Who is where after the last step, in an order that stays while nobody comes or goes. */
  get bodies(): Bodies {
    if (this.#bodiesStep !== this.#step) this.#fill();
    return this.#bodies;
  }

  #fill(): void {
    this.#bodiesStep = this.#step;
    const { x, y, vx, vy, alive, highest } = this.#crowd;
    const { motors, persons } = this.#floor;
    const bodies = this.#bodies;
    let count = 0;
    for (let slot = 0; slot < highest; slot += 1) {
      const person = alive[slot] === 1 ? persons[slot] : null;
      if (!person) continue;
      const ux = vx[slot] as number;
      const uy = vy[slot] as number;
      const speed = Math.sqrt(ux * ux + uy * uy);
      bodies.id[count] = person.id;
      bodies.x[count] = x[slot] as number;
      bodies.y[count] = y[slot] as number;
      bodies.speed[count] = speed;
      bodies.headingRadians[count] = speed > FACING_BELOW ? Math.atan2(uy, ux) : (motors.facing[slot] as number);
      bodies.heightMetres[count] = person.heightMetres;
      bodies.seated[count] = motors.seated(slot) ? 1 : 0;
      count += 1;
    }
    bodies.count = count;
  }

  /** What happened since the last call, in order. */
  drainEvents(): TruthEvent[] {
    return this.#floor.drainEvents();
  }

  /** The run ends: tells of scenarios that have not come to their end. */
  finish(): void {
    this.#staging.finish();
  }

  get counts(): WorldCounts {
    const { counts, present, motors } = this.#floor;
    return {
      ...counts,
      present,
      replans: motors.headway.replans,
      givenUp: motors.headway.givenUp,
      scripts: this.#floor.acts.count,
    };
  }

  /** For tests and for whoever watches: the lines of people, in order. */
  queueOrders(): { id: string; order: number[]; positions: number[]; served: number }[] {
    return [...this.#floor.queues.values()].map((line) => ({
      id: line.id,
      order: line.order(),
      positions: line.positions(),
      served: line.served,
    }));
  }

  /** Spots somebody has. */
  get spotsTaken(): number {
    return this.#floor.places.takenCount;
  }
}
