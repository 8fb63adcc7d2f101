/**
 * How each body carries out what it was last told: walk a way, step to a point, stand there, or glide into a seat. All state
 * is in arrays by slot; nothing is allocated while walking. Scripts are woken when their people have arrived.
 */
import type { Random } from '../random.ts';
import type { Act } from './acts.ts';
import { STEPS_PER_SECOND, type Walkers, type Way } from './ground.ts';
import { Headway } from './headway.ts';

const NONE = 0;
const WALK = 1;
const STEER = 2;
const STAND = 3;
const GLIDE = 4;
/** Moved by whoever follows somebody; see following.ts. */
const LED = 5;
/** Held and moved by its line; see queues.ts. */
const CARRIED = 6;

/** How a glide ends. */
const SEAT = 1;
const RISE = 2;

/** Straight at the point when this near: the way there leads to a neighbourhood. */
const IN_REACH_METRES = 1.5;
const ARRIVED_METRES = 0.3;
const GLIDE_SPEED = 0.7;
const LONGEST_GLIDE_STEPS = 5 * STEPS_PER_SECOND;
const RETURN_METRES = 0.4;
/** Further to the side of the leader than this, one comes nearer. */
const SIDE_METRES = 1.4;
const SEAT_REACH_METRES = 1.1;

export interface Destination {
  /** Null: straight there. */
  readonly way: Way | null;
  /** Exact point to end at; NaN: where the way ends. */
  readonly x: number;
  readonly y: number;
  /** Without an exact point: arrived with so much to go, metres. */
  readonly within: number;
  /** Ends on a seat: the last metre is a glide, and the body is held there. */
  readonly seat?: boolean;
}

export class Motors {
  readonly #walkers: Walkers;
  readonly #random: Random;
  readonly #mode: Uint8Array;
  readonly #way: (Way | null)[];
  readonly #act: (Act | null)[];
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #within: Float64Array;
  readonly #speed: Float64Array;
  readonly #leader: Int32Array;
  readonly #offset: Float64Array;
  readonly #behind: Float64Array;
  readonly #glideStep: Int32Array;
  readonly #shiftStep: Int32Array;
  readonly #seat: Uint8Array;
  readonly #loose: Uint8Array;
  readonly #goodX: Float64Array;
  readonly #goodY: Float64Array;
  readonly #fromX: Float64Array;
  readonly #fromY: Float64Array;
  /** Metres to go on the way, by slot. */
  readonly toGo: Float64Array;
  /** 1 where the last goal was given up. */
  readonly failed: Uint8Array;
  /** Where a standing body looks, radians. */
  readonly facing: Float64Array;
  readonly headway: Headway;
  readonly #direction = new Float64Array(2);
  #step = 0;

  constructor(walkers: Walkers, capacity: number, random: Random) {
    this.#walkers = walkers;
    this.#random = random;
    this.#mode = new Uint8Array(capacity);
    this.#way = new Array<Way | null>(capacity).fill(null);
    this.#act = new Array<Act | null>(capacity).fill(null);
    this.#x = new Float64Array(capacity);
    this.#y = new Float64Array(capacity);
    this.#within = new Float64Array(capacity);
    this.#speed = new Float64Array(capacity);
    this.#leader = new Int32Array(capacity).fill(-1);
    this.#offset = new Float64Array(capacity);
    this.#behind = new Float64Array(capacity);
    this.headway = new Headway(capacity, random);
    this.#glideStep = new Int32Array(capacity);
    this.#shiftStep = new Int32Array(capacity);
    this.#seat = new Uint8Array(capacity);
    this.#loose = new Uint8Array(capacity);
    this.#goodX = new Float64Array(capacity);
    this.#goodY = new Float64Array(capacity);
    this.#fromX = new Float64Array(capacity);
    this.#fromY = new Float64Array(capacity);
    this.toGo = new Float64Array(capacity);
    this.failed = new Uint8Array(capacity);
    this.facing = new Float64Array(capacity);
  }

  /** A body that has just appeared, or goes. */
  clear(slot: number, headingRadians = 0): void {
    for (let other = 0; other < this.#walkers.highest; other += 1) {
      if (this.#leader[other] === slot) this.#leader[other] = -1;
    }
    this.#mode[slot] = NONE;
    this.#way[slot] = null;
    this.#act[slot] = null;
    this.#leader[slot] = -1;
    this.#offset[slot] = 0;
    this.#behind[slot] = 0;
    this.#seat[slot] = 0;
    this.failed[slot] = 0;
    this.facing[slot] = headingRadians;
    this.#goodX[slot] = this.#walkers.x[slot] as number;
    this.#goodY[slot] = this.#walkers.y[slot] as number;
  }

  /** Whoever follows another is moved from outside until told otherwise. */
  led(slot: number): void {
    this.#mode[slot] = LED;
    this.#act[slot] = null;
  }

  /** True when the last `go` has ended, one way or the other. */
  arrived(slot: number): boolean {
    const mode = this.#mode[slot];
    return mode !== WALK && mode !== STEER && mode !== GLIDE;
  }

  /**
   * Walks to the destination at this speed and wakes the act there. With a leader (slot) the pace is kept so that the
   * walker stays `offsetMetres` further from the goal than the leader; the leader slows for who falls behind.
   */
  go(slot: number, to: Destination, speed: number, act: Act | null, leader = -1, offsetMetres = 0): void {
    if (this.seated(slot)) this.#walkers.hold(slot, false);
    this.#mode[slot] = to.way ? WALK : STEER;
    this.#way[slot] = to.way;
    this.#x[slot] = to.x;
    this.#y[slot] = to.y;
    this.#within[slot] = to.within;
    this.#seat[slot] = to.seat ? SEAT : 0;
    this.#speed[slot] = speed;
    this.#act[slot] = act;
    this.#leader[slot] = leader;
    this.#offset[slot] = offsetMetres;
    this.#behind[slot] = 0;
    this.failed[slot] = 0;
    this.toGo[slot] = Infinity;
    this.headway.begin(slot, this.#step);
  }

  /** Stands here or steps back to here, looking this way, with the small movements of people who wait. */
  stand(slot: number, x: number, y: number, facingRadians: number): void {
    if (this.#mode[slot] !== STAND) {
      if (this.#seat[slot] !== 0 && this.#mode[slot] !== WALK && this.#mode[slot] !== STEER)
        this.#walkers.hold(slot, false);
      this.#seat[slot] = 0;
      this.#mode[slot] = STAND;
      this.#act[slot] = null;
      this.#shiftStep[slot] = this.#step + Math.floor(this.#random.between(5, 30) * STEPS_PER_SECOND);
    }
    this.#x[slot] = x;
    this.#y[slot] = y;
    this.#loose[slot] = 0;
    this.facing[slot] = facingRadians;
  }

  /** Stands where it is, and where it is pushed to. */
  halt(slot: number): void {
    const { x, y, vx, vy } = this.#walkers;
    const speed = Math.hypot(vx[slot] ?? 0, vy[slot] ?? 0);
    if (speed > 0.2) this.facing[slot] = Math.atan2(vy[slot] ?? 0, vx[slot] ?? 0);
    this.stand(slot, x[slot] ?? 0, y[slot] ?? 0, this.facing[slot] ?? 0);
    this.#loose[slot] = 1;
    this.#walkers.want(slot, 0, 0, 0);
  }

  /** Held, and moved from outside: in a line. */
  carry(slot: number): void {
    this.#walkers.hold(slot, true);
    this.#mode[slot] = CARRIED;
  }

  /** Walks for itself again. */
  release(slot: number): void {
    if (this.#mode[slot] !== CARRIED) return;
    this.#walkers.hold(slot, false);
    this.halt(slot);
  }

  /** True for whoever sits, or is about to. */
  seated(slot: number): boolean {
    return this.#seat[slot] === SEAT && this.#mode[slot] !== WALK && this.#mode[slot] !== STEER;
  }

  /** Where a held body looks when it has come to rest. */
  face(slot: number, facingRadians: number): void {
    this.facing[slot] = facingRadians;
  }

  /** Regardless of what bodies allow, for a seat is within what others keep away from. */
  #sit(slot: number): void {
    this.#walkers.hold(slot, true);
    this.#walkers.want(slot, 0, 0, 0);
    this.#fromX[slot] = this.#walkers.x[slot] as number;
    this.#fromY[slot] = this.#walkers.y[slot] as number;
    this.#mode[slot] = GLIDE;
    this.#glideStep[slot] = this.#step;
  }

  /** Gets up to where it sat down from, and wakes the act there. Who does not sit is there already. */
  rise(slot: number, act: Act | null): void {
    if (!this.seated(slot)) return;
    this.#seat[slot] = RISE;
    this.#mode[slot] = GLIDE;
    this.#glideStep[slot] = this.#step;
    this.#x[slot] = this.#fromX[slot] as number;
    this.#y[slot] = this.#fromY[slot] as number;
    this.#act[slot] = act;
  }

  #finish(slot: number): void {
    const act = this.#act[slot];
    this.halt(slot);
    this.#act[slot] = null;
    if (act) act.wakeStep = 0;
  }

  step(step: number): void {
    this.#step = step;
    const { alive, highest } = this.#walkers;
    const mode = this.#mode;
    for (let slot = 0; slot < highest; slot += 1) {
      if (alive[slot] !== 1) continue;
      switch (mode[slot]) {
        case WALK:
          // Every other step is often enough to follow a way: 0.3 m.
          if (((slot + step) & 1) === 0) this.#walk(slot);
          break;
        case STEER:
          if (((slot + step) & 1) === 0) this.#steer(slot);
          break;
        case STAND:
          if ((slot + step) % 4 === 0) this.#standStill(slot);
          break;
        case GLIDE:
          this.#glide(slot);
          break;
        default:
      }
    }
  }

  #walk(slot: number): void {
    const walkers = this.#walkers;
    const px = walkers.x[slot] as number;
    const py = walkers.y[slot] as number;
    const direction = this.#direction;
    const toGo = (this.#way[slot] as Way).direction(px, py, direction);
    const tx = this.#x[slot] as number;
    const exact = !Number.isNaN(tx);
    this.toGo[slot] = toGo;
    if (exact) {
      const distance = Math.hypot(tx - px, (this.#y[slot] as number) - py);
      if (distance < IN_REACH_METRES || toGo < 0.3) {
        this.#mode[slot] = STEER;
        this.headway.measureAnew(slot, this.#step);
        this.#steer(slot);
        return;
      }
    } else if (toGo <= (this.#within[slot] as number)) {
      this.#finish(slot);
      return;
    }
    let dx = direction[0] as number;
    let dy = direction[1] as number;
    if (!(toGo < Infinity)) {
      // Pushed to where no way leads: back to where one did.
      dx = (this.#goodX[slot] as number) - px;
      dy = (this.#goodY[slot] as number) - py;
      const length = Math.hypot(dx, dy) || 1;
      dx /= length;
      dy /= length;
    } else {
      this.#goodX[slot] = px;
      this.#goodY[slot] = py;
    }
    let speed = this.#speed[slot] as number;
    const leader = this.#leader[slot] as number;
    if (leader >= 0) {
      const gap = toGo - (this.toGo[leader] as number) - (this.#offset[slot] as number);
      // NaN where either has no way: then each on its own.
      if (Math.abs(gap) < 60) {
        if (gap > (this.#behind[leader] as number)) this.#behind[leader] = gap;
        speed *= Math.min(1.35, Math.max(0.25, 1 + 0.5 * gap));
        // The nearest way may lead each to another side of the same door: they keep to the leader's.
        const ex = (walkers.x[leader] as number) - px;
        const ey = (walkers.y[leader] as number) - py;
        const aside = dx * ey - dy * ex;
        if (Math.abs(aside) > SIDE_METRES && Math.abs(gap) < 6) {
          const pull = Math.sign(aside) * Math.min(0.7, 0.3 * (Math.abs(aside) - SIDE_METRES));
          const length = Math.sqrt(1 + pull * pull);
          const turned = (dx - dy * pull) / length;
          dy = (dy + dx * pull) / length;
          dx = turned;
        }
      }
    } else {
      const behind = this.#behind[slot] as number;
      if (behind > 0.7) speed *= Math.max(0.3, 1 - 0.3 * (behind - 0.7));
      this.#behind[slot] = behind * 0.9;
    }
    this.#goOn(slot, toGo, dx, dy, speed);
  }

  #steer(slot: number): void {
    const walkers = this.#walkers;
    const dx = (this.#x[slot] as number) - (walkers.x[slot] as number);
    const dy = (this.#y[slot] as number) - (walkers.y[slot] as number);
    const distance = Math.hypot(dx, dy);
    if (this.#seat[slot] === SEAT && distance < SEAT_REACH_METRES) {
      this.#sit(slot);
      return;
    }
    if (distance < ARRIVED_METRES) {
      this.#finish(slot);
      return;
    }
    const speed = Math.min(this.#speed[slot] as number, 0.25 + 1.1 * distance);
    this.toGo[slot] = distance;
    this.#goOn(slot, distance, dx / distance, dy / distance, speed);
  }

  /** Goes in this direction unless there has been no headway for long; then around whatever is in the way. */
  #goOn(slot: number, toGo: number, dx: number, dy: number, speed: number): void {
    if (!this.headway.note(slot, toGo, this.#step)) {
      this.#finish(slot);
      this.failed[slot] = 1;
      return;
    }
    const angle = this.headway.detour(slot, this.#step);
    if (angle === 0) {
      this.#walkers.want(slot, dx, dy, speed);
      return;
    }
    const c = Math.cos(angle);
    const s = Math.sin(angle);
    this.#walkers.want(slot, dx * c - dy * s, dx * s + dy * c, speed);
  }

  #standStill(slot: number): void {
    const walkers = this.#walkers;
    const dx = (this.#x[slot] as number) - (walkers.x[slot] as number);
    const dy = (this.#y[slot] as number) - (walkers.y[slot] as number);
    const distance = Math.hypot(dx, dy);
    if (distance > RETURN_METRES && this.#loose[slot] === 1) {
      this.#x[slot] = walkers.x[slot] as number;
      this.#y[slot] = walkers.y[slot] as number;
      return;
    }
    if (distance > RETURN_METRES) {
      // Somebody pushed past, or the place has moved on.
      walkers.want(slot, dx / distance, dy / distance, Math.min(1.1, 0.3 + distance));
      return;
    }
    if (this.#step >= (this.#shiftStep[slot] as number)) {
      // From one foot to the other.
      const angle = this.#random.between(-Math.PI, Math.PI);
      walkers.want(slot, Math.cos(angle), Math.sin(angle), 0.2);
      this.facing[slot] = (this.facing[slot] as number) + this.#random.normal(0, 0.3);
      this.#shiftStep[slot] = this.#step + Math.floor(this.#random.between(6, 45) * STEPS_PER_SECOND);
      return;
    }
    walkers.want(slot, 0, 0, 0);
  }

  #glide(slot: number): void {
    const walkers = this.#walkers;
    const dx = (this.#x[slot] as number) - (walkers.x[slot] as number);
    const dy = (this.#y[slot] as number) - (walkers.y[slot] as number);
    const distance = Math.hypot(dx, dy);
    const reach = GLIDE_SPEED / STEPS_PER_SECOND;
    if (distance <= reach || this.#step - (this.#glideStep[slot] as number) > LONGEST_GLIDE_STEPS) {
      walkers.x[slot] = this.#x[slot] as number;
      walkers.y[slot] = this.#y[slot] as number;
      const act = this.#act[slot];
      this.#mode[slot] = NONE;
      this.#act[slot] = null;
      if (this.#seat[slot] === RISE) {
        this.#seat[slot] = 0;
        walkers.hold(slot, false);
      }
      if (act) act.wakeStep = 0;
      return;
    }
    walkers.x[slot] = (walkers.x[slot] as number) + (dx / distance) * reach;
    walkers.y[slot] = (walkers.y[slot] as number) + (dy / distance) * reach;
  }
}
