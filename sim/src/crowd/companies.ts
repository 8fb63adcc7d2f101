import { Random } from '../random.ts';
import type { BodyTable } from './bodyTable.ts';
import { COMPANY } from './parameters.ts';

/** From this size on, a company walks as a loose crowd of twos instead of one line. */
const LOOSE_FROM = 4;
const FORCE_LIMIT = 2;

/** Who belongs together, and what that makes of their walking. */
export class Companies {
  readonly #bodies: BodyTable;
  readonly #rowOf = new Map<number, number>();
  readonly #idOf: Float64Array;
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #members: Int32Array;
  /** How this company likes to walk: at what distance, metres, and by how much not quite abreast, radians. */
  readonly #distance: Float64Array;
  readonly #lag: Float64Array;
  #rows = 0;
  readonly #freeRows: number[] = [];

  constructor(bodies: BodyTable) {
    this.#bodies = bodies;
    this.#idOf = new Float64Array(bodies.capacity);
    this.#first = new Int32Array(bodies.capacity).fill(-1);
    this.#next = new Int32Array(bodies.capacity).fill(-1);
    this.#members = new Int32Array(bodies.capacity);
    this.#distance = new Float64Array(bodies.capacity);
    this.#lag = new Float64Array(bodies.capacity);
  }

  join(slot: number, id: number): void {
    this.leave(slot);
    if (id < 0) return;
    let row = this.#rowOf.get(id);
    if (row === undefined) {
      row = this.#freeRows.pop() ?? this.#rows++;
      this.#rowOf.set(id, row);
      this.#idOf[row] = id;
      this.#first[row] = -1;
      this.#members[row] = 0;
      const taste = new Random(id);
      const factor = Math.exp(taste.normal(0, COMPANY.distanceSpread));
      this.#distance[row] = COMPANY.distanceMetres * Math.min(1.5, Math.max(0.7, factor));
      this.#lag[row] = taste.normal(0, COMPANY.lagSigma);
    }
    this.#next[slot] = this.#first[row] as number;
    this.#first[row] = slot;
    this.#members[row] = (this.#members[row] as number) + 1;
    this.#bodies.company[slot] = row;
  }

  leave(slot: number): void {
    const row = this.#bodies.company[slot] as number;
    if (row < 0) return;
    this.#bodies.company[slot] = -1;
    if (this.#first[row] === slot) {
      this.#first[row] = this.#next[slot] as number;
    } else {
      let before = this.#first[row] as number;
      while (this.#next[before] !== slot) before = this.#next[before] as number;
      this.#next[before] = this.#next[slot] as number;
    }
    this.#members[row] = (this.#members[row] as number) - 1;
    if (this.#members[row] === 0) {
      this.#rowOf.delete(this.#idOf[row] as number);
      this.#freeRows.push(row);
    }
  }

  /** Sets pace and pull of everybody who walks in company. */
  update(): void {
    for (let row = 0; row < this.#rows; row += 1) {
      if ((this.#members[row] as number) < 2) continue;
      for (let slot = this.#first[row] as number; slot >= 0; slot = this.#next[slot] as number) {
        this.#updateMember(row, slot);
      }
    }
  }

  #updateMember(row: number, slot: number): void {
    const { x, y, wantX, wantY, wantSpeed, held, preferredSpeed, paceSpeed, companyX, companyY } = this.#bodies;
    companyX[slot] = 0;
    companyY[slot] = 0;
    const speed = wantSpeed[slot] as number;
    paceSpeed[slot] = speed;
    if (held[slot] === 1 || speed <= 0) return;
    const ux = wantX[slot] as number;
    const uy = wantY[slot] as number;
    const x0 = x[slot] as number;
    const y0 = y[slot] as number;
    const reach = COMPANY.reachMetres + COMPANY.spreadMetres * (this.#members[row] as number);
    let [with_, sumX, sumY, slowest] = [0, 0, 0, speed];
    let [near, nearX, nearY, nearDistance]: [number, number, number, number] = [-1, 0, 0, reach];
    for (let other = this.#first[row] as number; other >= 0; other = this.#next[other] as number) {
      if (other === slot || held[other] === 1 || (wantSpeed[other] as number) <= 0) continue;
      if (ux * (wantX[other] as number) + uy * (wantY[other] as number) < 0) continue;
      const dx = (x[other] as number) - x0;
      const dy = (y[other] as number) - y0;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance > reach) continue;
      with_ += 1;
      sumX += dx;
      sumY += dy;
      if ((wantSpeed[other] as number) < slowest) slowest = wantSpeed[other] as number;
      if (distance < nearDistance) [near, nearX, nearY, nearDistance] = [other, dx, dy, distance];
    }
    if (with_ === 0) return;
    // The middle of the company, seen from here, and how far it is beyond the usual.
    const share = 1 / (with_ + 1);
    const along = (sumX * ux + sumY * uy) * share;
    const aside = (sumY * ux - sumX * uy) * share;
    const spread =
      COMPANY.spreadMetres * (with_ < LOOSE_FROM ? with_ : Math.max(LOOSE_FROM - 1, 1.2 * Math.sqrt(with_)));
    const ahead = along > spread ? along - spread : along < -spread ? along + spread : 0;
    const off = aside > spread ? aside - spread : aside < -spread ? aside + spread : 0;
    const hurry = 1 + 0.4 * ahead;
    const pace = slowest * (hurry > 1.25 ? 1.25 : hurry < 0.35 ? 0.35 : hurry);
    const most = 1.25 * (preferredSpeed[slot] as number);
    paceSpeed[slot] = pace > most ? most : pace;
    const lag = (this.#lag[row] as number) * (with_ > 1 ? COMPANY.lagInMany : 1);
    let forceAlong = 0;
    let forceAside = off > 1 ? 0.6 : off < -1 ? -0.6 : 0.6 * off;
    // First neighbours only, after Zanlungo 2014: in a line of three, the outer ones see the middle one.
    for (let other = this.#first[row] as number; other >= 0; other = this.#next[other] as number) {
      if (other === slot || held[other] === 1 || (wantSpeed[other] as number) <= 0) continue;
      if (other !== near && with_ >= LOOSE_FROM - 1) continue;
      if (ux * (wantX[other] as number) + uy * (wantY[other] as number) < 0) continue;
      const dx = (x[other] as number) - x0;
      const dy = (y[other] as number) - y0;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance > reach || distance < 1e-6) continue;
      if (other !== near && dx * nearX + dy * nearY > 0.5 * distance * nearDistance) continue;
      const forward = dx * ux + dy * uy;
      const left = dy * ux - dx * uy;
      const stretch = distance - (this.#distance[row] as number);
      const pull = (COMPANY.pull * (stretch > 0.7 ? 0.7 : stretch)) / distance;
      forceAlong +=
        pull * forward + COMPANY.abreast * (Math.atan2(forward, Math.abs(left) + 0.05) - (slot < other ? lag : -lag));
      forceAside += pull * left;
    }
    const size = Math.sqrt(forceAlong * forceAlong + forceAside * forceAside);
    const cut = size > FORCE_LIMIT ? FORCE_LIMIT / size : 1;
    companyX[slot] = cut * (forceAlong * ux - forceAside * uy);
    companyY[slot] = cut * (forceAlong * uy + forceAside * ux);
  }
}
