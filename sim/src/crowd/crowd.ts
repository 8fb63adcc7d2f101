import { Random } from '../random.ts';
import { Avoidance } from './avoidance.ts';
import { BodyTable } from './bodyTable.ts';
import { Companies } from './companies.ts';
import { NeighbourGrid } from './neighbourGrid.ts';
import { SQUEEZE, WALKING } from './parameters.ts';
import { WallGrid } from './wallGrid.ts';

/** Nobody moves further in one step, pushes included: keeps the walls near a body within what the grid names. */
const LONGEST_STEP_METRES = 0.6;
const WALL_REACH_METRES = 1.4;
const WIDEST_RADIUS_METRES = 0.6;
/** Slower than this, and not wanting to walk, is standing. */
const STILL_SPEED = 0.03;
const TURN_PER_SECOND = 4;

export interface CrowdOptions {
  /** Most bodies at once. */
  readonly capacity: number;
  /** x0, y0, x1, y1 of walls and outlines of obstacles, metres. */
  readonly segments: Float64Array;
  readonly seed: number;
}

export interface NewBody {
  readonly x: number;
  readonly y: number;
  readonly headingRadians: number;
  /** Of the shoulders: 0.1 to 0.6 m, usually 0.2 to 0.25. */
  readonly radiusMetres: number;
  /** m/s, 0 to 3: how fast it walks when nothing is in the way. Bounds how it hurries in company. */
  readonly preferredSpeed: number;
}

/**
 * Walking bodies in the plane. A body is told where to go ({@link want}) and finds its way round others and along walls by
 * itself; see parameters.ts for the literature. The same calls with the same seed give the same bytes.
 *
 * No middle of a body ever crosses a segment. Bodies are addressed by slot; a slot is used again after {@link remove}.
 * {@link step} allocates nothing.
 */
export class Crowd {
  /** Metres, by slot; valid where {@link alive} is 1. Read only. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** m/s, what the body really moved in the last step. Read only. */
  readonly vx: Float64Array;
  readonly vy: Float64Array;
  /** Which way it looks, radians counter-clockwise from the x axis. Turns with the walking; stays when it stands. */
  readonly heading: Float64Array;
  readonly alive: Uint8Array;
  readonly #bodies: BodyTable;
  readonly #walls: WallGrid;
  readonly #grid: NeighbourGrid;
  readonly #avoidance: Avoidance;
  readonly #companies: Companies;
  readonly #random: Random;
  readonly #newX: Float64Array;
  readonly #newY: Float64Array;
  readonly #freeSlots: Int32Array;
  #freeCount = 0;
  #highest = 0;
  #count = 0;

  constructor({ capacity, segments, seed }: CrowdOptions) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`capacity is a whole number from 1; found ${capacity}`);
    const bodies = new BodyTable(capacity);
    this.#bodies = bodies;
    this.x = bodies.x;
    this.y = bodies.y;
    this.vx = bodies.vx;
    this.vy = bodies.vy;
    this.heading = bodies.heading;
    this.alive = bodies.alive;
    this.#walls = new WallGrid(segments, WALL_REACH_METRES);
    this.#grid = new NeighbourGrid(capacity, this.#walls.bounds);
    this.#avoidance = new Avoidance(bodies, this.#grid, this.#walls);
    this.#companies = new Companies(bodies);
    this.#random = new Random(seed);
    this.#newX = new Float64Array(capacity);
    this.#newY = new Float64Array(capacity);
    this.#freeSlots = new Int32Array(capacity);
  }

  /** Slots in use are below. */
  get highest(): number {
    return this.#highest;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Puts a body on the floor. It stands until {@link want} says otherwise.
   * @returns its slot.
   * @throws RangeError if a number is out of range or there is no slot left.
   */
  add({ x, y, headingRadians, radiusMetres, preferredSpeed }: NewBody): number {
    if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(headingRadians)) {
      throw new RangeError(`a body stands at finite coordinates and heading; found (${x}, ${y}), ${headingRadians}`);
    }
    if (!(radiusMetres >= 0.1 && radiusMetres <= WIDEST_RADIUS_METRES)) {
      throw new RangeError(`radiusMetres is 0.1 to ${WIDEST_RADIUS_METRES}; found ${radiusMetres}`);
    }
    if (!(preferredSpeed >= 0 && preferredSpeed <= WALKING.speedLimit)) {
      throw new RangeError(`preferredSpeed is 0 to ${WALKING.speedLimit} m/s; found ${preferredSpeed}`);
    }
    const bodies = this.#bodies;
    let slot: number;
    if (this.#freeCount > 0) {
      this.#freeCount -= 1;
      slot = this.#freeSlots[this.#freeCount] as number;
    } else {
      slot = this.#highest;
      if (slot === bodies.capacity) throw new RangeError(`all ${bodies.capacity} slots are in use`);
      this.#highest += 1;
    }
    this.#count += 1;
    bodies.alive[slot] = 1;
    bodies.held[slot] = 0;
    bodies.x[slot] = x;
    bodies.y[slot] = y;
    bodies.vx[slot] = 0;
    bodies.vy[slot] = 0;
    bodies.heading[slot] = headingRadians;
    bodies.radius[slot] = radiusMetres;
    bodies.preferredSpeed[slot] = preferredSpeed;
    bodies.wantX[slot] = Math.cos(headingRadians);
    bodies.wantY[slot] = Math.sin(headingRadians);
    bodies.wantSpeed[slot] = 0;
    bodies.paceSpeed[slot] = 0;
    bodies.companyX[slot] = 0;
    bodies.companyY[slot] = 0;
    bodies.company[slot] = -1;
    bodies.blockedSeconds[slot] = 0;
    bodies.sway[slot] = 0;
    return slot;
  }

  /** Takes a body from the floor. */
  remove(slot: number): void {
    this.#insist(slot);
    const { alive, vx, vy } = this.#bodies;
    this.#companies.leave(slot);
    alive[slot] = 0;
    vx[slot] = 0;
    vy[slot] = 0;
    this.#freeSlots[this.#freeCount] = slot;
    this.#freeCount += 1;
    this.#count -= 1;
  }

  /**
   * Wanted for the next steps until said otherwise. Speed 0: comes to a halt and stands, makes room only when pushed, and
   * others walk around it.
   * @param dirX, dirY where to; a unit vector (scaled to one if it is not). A zero vector keeps the direction.
   * @param speed m/s; cut to 0 to 3.
   */
  want(slot: number, dirX: number, dirY: number, speed: number): void {
    const bodies = this.#bodies;
    const length = Math.sqrt(dirX * dirX + dirY * dirY);
    if (length > 1e-9) {
      bodies.wantX[slot] = dirX / length;
      bodies.wantY[slot] = dirY / length;
    }
    bodies.wantSpeed[slot] = speed > 0 ? Math.min(speed, WALKING.speedLimit) : 0;
  }

  /** Sits or is held: does not move at all, whoever pushes, but is walked around. */
  hold(slot: number, held: boolean): void {
    this.#insist(slot);
    this.#bodies.held[slot] = held ? 1 : 0;
    if (held) {
      this.#bodies.vx[slot] = 0;
      this.#bodies.vy[slot] = 0;
    }
  }

  /** Turns a body that stands, to look at something; radians. Walking turns it again. */
  face(slot: number, headingRadians: number): void {
    this.#insist(slot);
    if (Number.isFinite(headingRadians)) this.#bodies.heading[slot] = headingRadians;
  }

  /**
   * Members of a company walk together: twos abreast, threes in a line or a shallow V, more as a loose crowd of twos. All take
   * the pace of the slowest who walks; who is ahead waits, who is behind hurries (up to 1.25 times the preferred speed). Only
   * members count that walk in about the same direction and are within 8 m (more in large companies), so that one who stops on the way is left to do so.
   * @param id any whole number from 0 that the members share; -1: alone.
   */
  company(slot: number, id: number): void {
    this.#insist(slot);
    this.#companies.join(slot, id);
  }

  /** Moves everybody by one step. @param dtSeconds above 0, at most 0.2; the model is fitted at 0.1. */
  step(dtSeconds: number): void {
    if (!(dtSeconds > 0 && dtSeconds <= 0.2))
      throw new RangeError(`a step is above 0 and at most 0.2 s; found ${dtSeconds}`);
    const highest = this.#highest;
    this.#companies.update();
    this.#grid.build(this.#bodies, highest);
    const { alive, held } = this.#bodies;
    for (let slot = 0; slot < highest; slot += 1) {
      if (alive[slot] === 1 && held[slot] === 0) this.#decide(slot, dtSeconds);
    }
    for (let slot = 0; slot < highest; slot += 1) {
      if (alive[slot] === 1 && held[slot] === 0) this.#move(slot, dtSeconds);
    }
  }

  /** The new velocity, and where it would lead. Looks at the positions of the last step only. */
  #decide(slot: number, dt: number): void {
    const b = this.#bodies;
    const avoidance = this.#avoidance;
    const wanted = b.wantSpeed[slot] as number;
    let vx = b.vx[slot] as number;
    let vy = b.vy[slot] as number;
    if (wanted === 0 && vx * vx + vy * vy < STILL_SPEED * STILL_SPEED) {
      avoidance.pushes(slot);
      b.blockedSeconds[slot] = 0;
      this.#newX[slot] = (b.x[slot] as number) + avoidance.pushX;
      this.#newY[slot] = (b.y[slot] as number) + avoidance.pushY;
      return;
    }
    const ux = b.wantX[slot] as number;
    const uy = b.wantY[slot] as number;
    const inCompany = (b.company[slot] as number) >= 0 && wanted > 0;
    let pace = inCompany ? (b.paceSpeed[slot] as number) : wanted;
    if (pace === 0 && wanted > 0) pace = wanted;
    avoidance.consider(slot, ux, uy, pace);
    if (pace > avoidance.speedLimit) pace = avoidance.speedLimit;
    const sway = this.#sway(slot, wanted, dt);
    const rate = 1 / (wanted > 0 ? WALKING.relaxationSeconds : WALKING.haltSeconds);
    let ax = (ux * pace - vx) * rate + avoidance.ax - uy * sway;
    let ay = (uy * pace - vy) * rate + avoidance.ay + ux * sway;
    if (inCompany) {
      ax += b.companyX[slot] as number;
      ay += b.companyY[slot] as number;
    }
    vx += ax * dt;
    vy += ay * dt;
    const most = WALKING.fastest * wanted + (wanted > 0 ? 0.05 : 0);
    const speed = Math.sqrt(vx * vx + vy * vy);
    const before = Math.sqrt((b.vx[slot] as number) ** 2 + (b.vy[slot] as number) ** 2);
    const top = Math.min(WALKING.speedLimit, most > before ? most : before);
    if (speed > top) {
      vx *= top / speed;
      vy *= top / speed;
    }
    if (wanted === 0 && speed < STILL_SPEED) {
      vx = 0;
      vy = 0;
    }
    let stepX = vx * dt + avoidance.pushX;
    let stepY = vy * dt + avoidance.pushY;
    const length = Math.sqrt(stepX * stepX + stepY * stepY);
    if (length > LONGEST_STEP_METRES) {
      stepX *= LONGEST_STEP_METRES / length;
      stepY *= LONGEST_STEP_METRES / length;
    }
    this.#newX[slot] = (b.x[slot] as number) + stepX;
    this.#newY[slot] = (b.y[slot] as number) + stepY;
  }

  /** A slow random walk of the sideways acceleration; stronger where there is no way forward. */
  #sway(slot: number, wanted: number, dt: number): number {
    if (wanted === 0) return 0;
    const { sway, blockedSeconds } = this.#bodies;
    const memory = Math.max(0, 1 - dt / WALKING.swaySeconds);
    // Uniform in ±√3 has a standard deviation of 1.
    const fresh = (this.#random.next() * 2 - 1) * 1.7320508 * WALKING.sway * Math.sqrt(1 - memory * memory);
    const now = memory * (sway[slot] as number) + fresh;
    sway[slot] = now;
    return (blockedSeconds[slot] as number) > SQUEEZE.fromSeconds ? 4 * now : now;
  }

  /** Takes the body where it decided to go, as far as the walls let it. */
  #move(slot: number, dt: number): void {
    const b = this.#bodies;
    const x = b.x[slot] as number;
    const y = b.y[slot] as number;
    let toX = this.#newX[slot] as number;
    let toY = this.#newY[slot] as number;
    if (toX === x && toY === y) {
      b.vx[slot] = 0;
      b.vy[slot] = 0;
      return;
    }
    const walls = this.#walls;
    const cell = walls.cellOf(x, y);
    if (cell >= 0 && walls.start(cell) < walls.start(cell + 1)) {
      walls.keepOff(cell, x, y, toX, toY, (b.radius[slot] as number) * this.#avoidance.narrowness(slot));
      toX = walls.x;
      toY = walls.y;
    }
    b.x[slot] = toX;
    b.y[slot] = toY;
    const wanted = b.wantSpeed[slot] as number;
    let vx = (toX - x) / dt;
    let vy = (toY - y) / dt;
    if (wanted === 0 && vx * vx + vy * vy < 0.01) {
      // Being nudged is not walking.
      vx = 0;
      vy = 0;
    }
    const speed = Math.sqrt(vx * vx + vy * vy);
    if (speed > WALKING.speedLimit) {
      vx *= WALKING.speedLimit / speed;
      vy *= WALKING.speedLimit / speed;
    }
    b.vx[slot] = vx;
    b.vy[slot] = vy;
    const progress = vx * (b.wantX[slot] as number) + vy * (b.wantY[slot] as number);
    const blocked = b.blockedSeconds[slot] as number;
    if (wanted > 0 && progress < 0.25 * wanted) b.blockedSeconds[slot] = Math.min(blocked + dt, SQUEEZE.toSeconds);
    else b.blockedSeconds[slot] = Math.max(0, blocked - dt);
    if (speed > 0.2) this.#turn(slot, Math.atan2(vy, vx), dt);
  }

  #turn(slot: number, towards: number, dt: number): void {
    const { heading } = this.#bodies;
    const from = heading[slot] as number;
    let by = towards - from;
    by -= 2 * Math.PI * Math.round(by / (2 * Math.PI));
    const share = Math.min(1, TURN_PER_SECOND * dt);
    const now = from + by * share;
    heading[slot] = now - 2 * Math.PI * Math.round(now / (2 * Math.PI));
  }

  #insist(slot: number): void {
    if (this.#bodies.alive[slot] !== 1) throw new RangeError(`there is no body in slot ${slot}`);
  }
}
