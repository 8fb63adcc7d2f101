/**
 * Who is led by another's movement: a follower some steps behind, somebody kept beside, somebody far behind on the same path.
 * A handful at a time, so each is updated in every step.
 */
import { STEPS_PER_SECOND, type Walkers } from './ground.ts';
import type { Motors } from './motors.ts';

const MEMORY_STEPS = 32;
const CRUMB_METRES = 0.4;
const CRUMBS = 128;
/** Who was to be near and is further away walks in the leader's footsteps until near again. */
const HELD_UP_METRES = 2.5;
/** Whoever follows from afar does not come nearer than this if there is room to give way. */
const NEAREST_SHADOW_METRES = 8.3;

export type Follow =
  /** At this distance behind, repeating what the leader did so long ago. */
  | { readonly how: 'behind'; readonly metres: number; readonly lagSeconds: number }
  /** At this place relative to the leader: ahead and to the left, metres. */
  | { readonly how: 'beside'; readonly ahead: number; readonly left: number }
  /** On the leader's path, so far behind along it; stops when the leader stops. */
  | { readonly how: 'shadow'; readonly metres: number };

class Link {
  readonly leader: number;
  readonly follower: number;
  follow: Follow;
  readonly speed: number;
  /** Ring of the leader's last states: x, y, vx, vy. */
  readonly past = new Float64Array(MEMORY_STEPS * 4);
  count = 0;
  headingX = 1;
  headingY = 0;
  readonly crumbX = new Float64Array(CRUMBS);
  readonly crumbY = new Float64Array(CRUMBS);
  laid = 0;
  reached = 0;

  constructor(leader: number, follower: number, follow: Follow, speed: number) {
    this.leader = leader;
    this.follower = follower;
    this.follow = follow;
    this.speed = speed;
  }
}

function nearestCrumb(link: Link, x: number, y: number): number {
  // Crumbs older than the ring holds are forgotten.
  link.reached = Math.max(link.reached, link.laid - CRUMBS);
  let nearest = link.reached;
  let least = Infinity;
  for (let crumb = link.reached; crumb < link.laid; crumb += 1) {
    const at = crumb % CRUMBS;
    const distance = Math.hypot((link.crumbX[at] as number) - x, (link.crumbY[at] as number) - y);
    if (distance < least) {
      least = distance;
      nearest = crumb;
    }
  }
  return nearest;
}

export class Following {
  readonly #walkers: Walkers;
  readonly #motors: Motors;
  readonly #links: Link[] = [];

  constructor(walkers: Walkers, motors: Motors) {
    this.#walkers = walkers;
    this.#motors = motors;
  }

  /** From now on the follower's body is moved by what the leader's does. At most so fast, metres per second. */
  link(follower: number, leader: number, follow: Follow, fastest: number): void {
    this.unlink(follower);
    const link = new Link(leader, follower, follow, fastest);
    const { x, y, vx, vy } = this.#walkers;
    const speed = Math.hypot(vx[leader] as number, vy[leader] as number);
    const dx = (x[leader] as number) - (x[follower] as number);
    const dy = (y[leader] as number) - (y[follower] as number);
    const distance = Math.hypot(dx, dy);
    if (speed > 0.2) {
      link.headingX = (vx[leader] as number) / speed;
      link.headingY = (vy[leader] as number) / speed;
    } else if (distance > 0.01) {
      link.headingX = dx / distance;
      link.headingY = dy / distance;
    }
    // The path so far is unknown: straight to where the leader is now.
    link.crumbX[0] = x[leader] as number;
    link.crumbY[0] = y[leader] as number;
    link.laid = 1;
    this.#links.push(link);
    this.#motors.led(follower);
  }

  /** The same leader, followed in another place. */
  adjust(follower: number, follow: Follow): void {
    const link = this.#links.find((one) => one.follower === follower);
    if (link) link.follow = follow;
  }

  /** The follower stands where it is. */
  unlink(follower: number): void {
    const index = this.#links.findIndex((link) => link.follower === follower);
    if (index < 0) return;
    this.#links.splice(index, 1);
    this.#motors.halt(follower);
  }

  /** A body goes: neither followed nor following. */
  forget(slot: number): void {
    for (let index = this.#links.length - 1; index >= 0; index -= 1) {
      const link = this.#links[index] as Link;
      if (link.follower !== slot && link.leader !== slot) continue;
      this.#links.splice(index, 1);
      if (link.leader === slot) this.#motors.halt(link.follower);
    }
  }

  step(): void {
    for (const link of this.#links) {
      this.#remember(link);
      switch (link.follow.how) {
        case 'behind':
          this.#behind(link, link.follow.metres, link.follow.lagSeconds);
          break;
        case 'beside':
          this.#beside(link, link.follow.ahead, link.follow.left);
          break;
        case 'shadow':
          this.#shadow(link, link.follow.metres);
          break;
      }
    }
  }

  #remember(link: Link): void {
    const { x, y, vx, vy } = this.#walkers;
    const at = (link.count % MEMORY_STEPS) * 4;
    const lx = x[link.leader] as number;
    const ly = y[link.leader] as number;
    const ux = vx[link.leader] as number;
    const uy = vy[link.leader] as number;
    link.past[at] = lx;
    link.past[at + 1] = ly;
    link.past[at + 2] = ux;
    link.past[at + 3] = uy;
    link.count += 1;
    const speed = Math.hypot(ux, uy);
    if (speed > 0.25) {
      // Turned over half a second: nobody swings around with every dodge.
      const share = 0.2;
      const hx = link.headingX + (ux / speed - link.headingX) * share;
      const hy = link.headingY + (uy / speed - link.headingY) * share;
      const length = Math.hypot(hx, hy);
      if (length > 1e-6) {
        link.headingX = hx / length;
        link.headingY = hy / length;
      }
    }
    const last = (link.laid - 1 + CRUMBS) % CRUMBS;
    if (Math.hypot(lx - (link.crumbX[last] as number), ly - (link.crumbY[last] as number)) >= CRUMB_METRES) {
      link.crumbX[link.laid % CRUMBS] = lx;
      link.crumbY[link.laid % CRUMBS] = ly;
      link.laid += 1;
    }
  }

  #want(link: Link, wx: number, wy: number): void {
    const speed = Math.hypot(wx, wy);
    if (speed < 0.08) {
      this.#walkers.want(link.follower, 0, 0, 0);
      const { x, y } = this.#walkers;
      this.#motors.facing[link.follower] = Math.atan2(
        (y[link.leader] as number) - (y[link.follower] as number),
        (x[link.leader] as number) - (x[link.follower] as number),
      );
      return;
    }
    this.#walkers.want(link.follower, wx / speed, wy / speed, Math.min(speed, link.speed));
  }

  #behind(link: Link, metres: number, lagSeconds: number): void {
    const { x, y } = this.#walkers;
    const ago = Math.min(link.count - 1, Math.round(lagSeconds * STEPS_PER_SECOND), MEMORY_STEPS - 1);
    const at = ((link.count - 1 - ago) % MEMORY_STEPS) * 4;
    const px = x[link.follower] as number;
    const py = y[link.follower] as number;
    const dx = (x[link.leader] as number) - px;
    const dy = (y[link.leader] as number) - py;
    const distance = Math.hypot(dx, dy);
    if (distance > HELD_UP_METRES) {
      this.#footsteps(link, px, py, link.speed);
      return;
    }
    // Whoever falls back from here goes on along the path, not straight through what the leader went around.
    link.reached = nearestCrumb(link, px, py);
    let wx = (link.past[at + 2] as number) + 0.9 * ((link.past[at] as number) - px);
    let wy = (link.past[at + 3] as number) + 0.9 * ((link.past[at + 1] as number) - py);
    // Not nearer than wanted: what would close the distance further is taken away.
    if (distance > 1e-6) {
      const closing = (wx * dx + wy * dy) / distance;
      const leaderPace = ((link.past[at + 2] as number) * dx + (link.past[at + 3] as number) * dy) / distance;
      const allowed = Math.max(0, leaderPace) * (distance > metres - 0.25 ? 1 : 0) + 0.9 * (distance - metres);
      if (closing > allowed) {
        wx -= ((closing - allowed) * dx) / distance;
        wy -= ((closing - allowed) * dy) / distance;
      }
    }
    this.#want(link, wx, wy);
  }

  #beside(link: Link, ahead: number, left: number): void {
    const { x, y, vx, vy } = this.#walkers;
    const px = x[link.follower] as number;
    const py = y[link.follower] as number;
    if (Math.hypot((x[link.leader] as number) - px, (y[link.leader] as number) - py) > HELD_UP_METRES) {
      this.#footsteps(link, px, py, link.speed);
      return;
    }
    link.reached = nearestCrumb(link, px, py);
    const tx = (x[link.leader] as number) + link.headingX * ahead - link.headingY * left;
    const ty = (y[link.leader] as number) + link.headingY * ahead + link.headingX * left;
    const ex = tx - px;
    const ey = ty - py;
    const near = Math.hypot(ex, ey) < 0.2 && Math.hypot(vx[link.leader] as number, vy[link.leader] as number) < 0.15;
    if (near) this.#want(link, 0, 0);
    else this.#want(link, (vx[link.leader] as number) + 1.1 * ex, (vy[link.leader] as number) + 1.1 * ey);
  }

  #shadow(link: Link, metres: number): void {
    const { x, y, vx, vy } = this.#walkers;
    const px = x[link.follower] as number;
    const py = y[link.follower] as number;
    this.#advance(link, px, py);
    const dx = (x[link.leader] as number) - px;
    const dy = (y[link.leader] as number) - py;
    const straight = Math.hypot(dx, dy);
    if (straight < NEAREST_SHADOW_METRES && straight > 1e-6) {
      // The other has turned back: out of the way, and on from the nearest point of the path.
      this.#want(link, (-dx / straight) * 1.2, (-dy / straight) * 1.2);
      link.reached = nearestCrumb(link, px, py);
      return;
    }
    const along = Math.max(straight, (link.laid - link.reached) * CRUMB_METRES);
    const pace = Math.hypot(vx[link.leader] as number, vy[link.leader] as number);
    const wanted = pace < 0.25 && along < metres + 3 ? 0 : pace + 0.35 * (along - metres);
    if (wanted < 0.15) this.#want(link, 0, 0);
    else this.#footsteps(link, px, py, wanted);
  }

  /** Past every crumb that is near. */
  #advance(link: Link, px: number, py: number): void {
    // Crumbs older than the ring holds are forgotten.
    link.reached = Math.max(link.reached, link.laid - CRUMBS);
    while (link.reached < link.laid) {
      const at = link.reached % CRUMBS;
      if (Math.hypot((link.crumbX[at] as number) - px, (link.crumbY[at] as number) - py) > 0.9) break;
      link.reached += 1;
    }
  }

  /** Where the leader walked, at this speed; stands where nothing of the path is left. */
  #footsteps(link: Link, px: number, py: number, speed: number): void {
    this.#advance(link, px, py);
    if (link.reached >= link.laid) {
      this.#want(link, 0, 0);
      return;
    }
    const at = link.reached % CRUMBS;
    const cx = (link.crumbX[at] as number) - px;
    const cy = (link.crumbY[at] as number) - py;
    const length = Math.hypot(cx, cy) || 1;
    this.#want(link, (cx / length) * speed, (cy / length) * speed);
  }
}
