import type { BodyTable } from './bodyTable.ts';
import type { NeighbourGrid } from './neighbourGrid.ts';
import { SQUEEZE, WALKING } from './parameters.ts';
import type { WallGrid } from './wallGrid.ts';

/** One looks this far to every side of a point that lies ahead. */
const SIGHT_METRES = 2.6;
const AHEAD_METRES = 1.5;
const TOUCH_METRES = 0.75;
/** Share of an overlap that is undone per step. */
const STIFFNESS = 0.6;
const LONGEST_PUSH_METRES = 0.25;
/** Who stands gives way less than who walks; who is held not at all. */
const STANDING_WEIGHT = 3;

const TABLE_PER_UNIT = 64;
const TABLE_END = 8;
const DECAY = Float64Array.from({ length: TABLE_END * TABLE_PER_UNIT + 2 }, (_, i) => Math.exp(-i / TABLE_PER_UNIT));

/** exp(-u), u from 0; 0 beyond 8. To about 3e-5. */
function decay(u: number): number {
  if (u >= TABLE_END) return 0;
  const at = u * TABLE_PER_UNIT;
  const i = at | 0;
  const low = DECAY[i] as number;
  return low + ((DECAY[i + 1] as number) - low) * (at - i);
}

/** What a body makes of the others and the walls around it. The results lie in the fields until the next question. */
export class Avoidance {
  /** Acceleration, m/s². */
  ax = 0;
  ay = 0;
  /** How far those who touch it push it, metres. */
  pushX = 0;
  pushY = 0;
  /** The gap in front allows no more, m/s. */
  speedLimit = 0;
  readonly #bodies: BodyTable;
  readonly #grid: NeighbourGrid;
  readonly #walls: WallGrid;

  constructor(bodies: BodyTable, grid: NeighbourGrid, walls: WallGrid) {
    this.#bodies = bodies;
    this.#grid = grid;
    this.#walls = walls;
  }

  /** 1: as wide as it is; less: has turned its shoulder because nothing moves. */
  narrowness(slot: number): number {
    const blocked = this.#bodies.blockedSeconds[slot] as number;
    if (blocked <= SQUEEZE.fromSeconds) return 1;
    const share = (blocked - SQUEEZE.fromSeconds) / (SQUEEZE.toSeconds - SQUEEZE.fromSeconds);
    return 1 - (1 - SQUEEZE.narrowest) * (share > 1 ? 1 : share);
  }

  /** Only what touches it: all that concerns somebody who stands. */
  pushes(slot: number): void {
    this.pushX = 0;
    this.pushY = 0;
    const { x, y } = this.#bodies;
    const grid = this.#grid;
    const x0 = x[slot] as number;
    const y0 = y[slot] as number;
    const left = grid.column(x0 - TOUCH_METRES);
    const right = grid.column(x0 + TOUCH_METRES);
    const top = grid.row(y0 + TOUCH_METRES);
    for (let row = grid.row(y0 - TOUCH_METRES); row <= top; row += 1) {
      const end = grid.starts[row * grid.columns + right + 1] as number;
      for (let i = grid.starts[row * grid.columns + left] as number; i < end; i += 1) {
        const other = grid.order[i] as number;
        if (other === slot) continue;
        const dx = (x[other] as number) - x0;
        const dy = (y[other] as number) - y0;
        const d2 = dx * dx + dy * dy;
        if (d2 < TOUCH_METRES * TOUCH_METRES) this.#push(slot, other, dx, dy, Math.sqrt(d2));
      }
    }
    this.#boundPush();
  }

  /**
   * Everything that somebody who walks minds.
   * @param ux, uy, speed where it wants to go, and how fast.
   */
  consider(slot: number, ux: number, uy: number, speed: number): void {
    this.ax = 0;
    this.ay = 0;
    this.pushX = 0;
    this.pushY = 0;
    this.speedLimit = WALKING.speedLimit;
    const b = this.#bodies;
    const { x, y, vx, vy } = b;
    const grid = this.#grid;
    const x0 = x[slot] as number;
    const y0 = y[slot] as number;
    const vx0 = vx[slot] as number;
    const vy0 = vy[slot] as number;
    const radius = (b.radius[slot] as number) * this.narrowness(slot);
    const company = b.company[slot] as number;
    const blocked = (b.blockedSeconds[slot] as number) > SQUEEZE.fromSeconds;
    const strength = blocked ? 0.5 * WALKING.avoidance : WALKING.avoidance;
    let [slowX, slowY, slowest, asideX, asideY] = [0, 0, 0, 0, 0];
    const cx = x0 + AHEAD_METRES * ux;
    const cy = y0 + AHEAD_METRES * uy;
    const left = grid.column(cx - SIGHT_METRES);
    const right = grid.column(cx + SIGHT_METRES);
    const top = grid.row(cy + SIGHT_METRES);
    for (let row = grid.row(cy - SIGHT_METRES); row <= top; row += 1) {
      const end = grid.starts[row * grid.columns + right + 1] as number;
      for (let i = grid.starts[row * grid.columns + left] as number; i < end; i += 1) {
        const other = grid.order[i] as number;
        const dx = (x[other] as number) - x0;
        const dy = (y[other] as number) - y0;
        const fromMiddleX = dx - AHEAD_METRES * ux;
        const fromMiddleY = dy - AHEAD_METRES * uy;
        if (fromMiddleX * fromMiddleX + fromMiddleY * fromMiddleY > SIGHT_METRES * SIGHT_METRES || other === slot)
          continue;
        const distance = Math.sqrt(dx * dx + dy * dy);
        if (distance < TOUCH_METRES) this.#push(slot, other, dx, dy, distance);
        if (distance < 1e-6) continue;
        const forward = dx * ux + dy * uy;
        const cosine = forward / distance;
        // Behind the shoulder nobody is seen.
        if (cosine < -0.2) continue;
        if (company >= 0 && b.company[other] === company && (b.wantSpeed[other] as number) > 0) continue;
        const ovx = vx[other] as number;
        const ovy = vy[other] as number;
        const aside = dy * ux - dx * uy;
        const touch = radius + (b.radius[other] as number) * this.narrowness(other);
        if (forward > 0 && (aside < 0 ? -aside : aside) < 0.85 * touch) {
          const gap = forward - touch;
          const allowed = gap > 0 ? gap / WALKING.timeGapSeconds : 0;
          if (allowed < this.speedLimit) this.speedLimit = allowed;
        }
        const ex = dx / distance;
        const ey = dy / distance;
        const wx = WALKING.relativeVelocityWeight * (vx0 - ovx) + ex;
        const wy = WALKING.relativeVelocityWeight * (vy0 - ovy) + ey;
        const w = Math.sqrt(wx * wx + wy * wy);
        if (w < 1e-6) continue;
        const range = WALKING.rangeSeconds * w;
        const fade = distance / range;
        if (fade > 5) continue;
        const tx = wx / w;
        const ty = wy / w;
        const angle = Math.atan2(tx * ey - ty * ex, tx * ex + ty * ey) + 0.005 * range;
        const swerve = WALKING.swerveWidth * range * angle;
        const slow = WALKING.slowWidth * range * angle;
        const sight = cosine < 0 ? 1 + 5 * cosine : 1;
        const sideways = (angle > 0 ? -sight : sight) * decay(fade + swerve * swerve);
        asideX -= sideways * ty;
        asideY += sideways * tx;
        const back = sight * decay(fade + slow * slow);
        // The most pressing one decides how much to slow down: in a crowd one does not stop for each singly.
        if (back > slowest) {
          slowest = back;
          slowX = -WALKING.slowShare * back * tx;
          slowY = -WALKING.slowShare * back * ty;
        }
      }
    }
    let ax = strength * (asideX + slowX);
    let ay = strength * (asideY + slowY);
    const size = Math.sqrt(ax * ax + ay * ay);
    if (size > WALKING.avoidanceLimit) {
      ax *= WALKING.avoidanceLimit / size;
      ay *= WALKING.avoidanceLimit / size;
    }
    this.ax = ax;
    this.ay = ay;
    // In a jam everybody keeps edging forward.
    const edging = blocked ? 0.3 * speed : 0.02;
    if (this.speedLimit < edging) this.speedLimit = edging;
    this.#boundPush();
    this.#repelFromWalls(x0, y0, radius);
  }

  #repelFromWalls(x: number, y: number, radius: number): void {
    const walls = this.#walls;
    const cell = walls.cellOf(x, y);
    if (cell < 0 || walls.start(cell) === walls.start(cell + 1)) return;
    walls.nearest(cell, x, y);
    const free = walls.distance - radius;
    if (free > 5 * WALKING.wallRangeMetres || walls.distance < 1e-9) return;
    const size = (WALKING.wallRepulsion * (free > 0 ? decay(free / WALKING.wallRangeMetres) : 1)) / walls.distance;
    this.ax += size * (x - walls.x);
    this.ay += size * (y - walls.y);
  }

  #push(slot: number, other: number, dx: number, dy: number, distance: number): void {
    const b = this.#bodies;
    const touch =
      (b.radius[slot] as number) * this.narrowness(slot) + (b.radius[other] as number) * this.narrowness(other);
    const overlap = touch - distance;
    if (overlap <= 0) return;
    let ex: number;
    let ey: number;
    if (distance > 1e-6) {
      ex = dx / distance;
      ey = dy / distance;
    } else {
      // At one place: apart in a direction that both agree on.
      const low = slot < other ? slot : other;
      const high = slot < other ? other : slot;
      const angle = ((low * 7919 + high * 104_729) % 360) * (Math.PI / 180);
      const sign = slot < other ? 1 : -1;
      ex = sign * Math.cos(angle);
      ey = sign * Math.sin(angle);
    }
    const mine = b.wantSpeed[slot] === 0 ? STANDING_WEIGHT : 1;
    const theirs = b.wantSpeed[other] === 0 ? STANDING_WEIGHT : 1;
    const share = b.held[other] === 1 ? 1 : theirs / (mine + theirs);
    this.pushX -= STIFFNESS * share * overlap * ex;
    this.pushY -= STIFFNESS * share * overlap * ey;
  }

  #boundPush(): void {
    const length = Math.sqrt(this.pushX * this.pushX + this.pushY * this.pushY);
    if (length <= LONGEST_PUSH_METRES) return;
    this.pushX *= LONGEST_PUSH_METRES / length;
    this.pushY *= LONGEST_PUSH_METRES / length;
  }
}
