/** Zones of a floor plan, compiled for questions asked thousands of times a second. Metres throughout. */
import { enclosesArea, type FloorPlan, type Zone, type ZoneKind } from '@safe-passage/contract';

export type Crossing = 'entering' | 'leaving';

/** A zone with its polygon in flat arrays. One that crosses itself is refused where plans are read. */
export class CompiledZone {
  readonly id: string;
  readonly name: string;
  readonly kind: ZoneKind;
  readonly limitSeconds: number | null;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;

  /** @throws RangeError where the polygon encloses no area; the schema has checked the rest. */
  constructor(zone: Pick<Zone, 'id' | 'name' | 'kind' | 'polygon' | 'dwellLimitSeconds'>) {
    this.id = zone.id;
    this.name = zone.name;
    this.kind = zone.kind;
    this.limitSeconds = zone.dwellLimitSeconds ?? null;
    this.#x = Float64Array.from(zone.polygon, (point) => point[0]);
    this.#y = Float64Array.from(zone.polygon, (point) => point[1]);
    this.minX = Math.min(...this.#x);
    this.maxX = Math.max(...this.#x);
    this.minY = Math.min(...this.#y);
    this.maxY = Math.max(...this.#y);
    if (!enclosesArea(zone.polygon)) {
      throw new RangeError(`zone "${zone.id}": its polygon encloses no area`);
    }
  }

  /** Whether a point lies inside. A point exactly on the boundary may count as either. */
  contains(x: number, y: number): boolean {
    if (x < this.minX || x > this.maxX || y < this.minY || y > this.maxY) return false;
    const xs = this.#x;
    const ys = this.#y;
    let inside = false;
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
      const yi = ys[i] as number;
      const yj = ys[j] as number;
      if (yi > y === yj > y) continue;
      const xi = xs[i] as number;
      if (x < (((xs[j] as number) - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  }

  /** Whether a point lies in the bounding box, widened by `margin` metres. */
  near(x: number, y: number, margin: number): boolean {
    return x >= this.minX - margin && x <= this.maxX + margin && y >= this.minY - margin && y <= this.maxY + margin;
  }

  /** Distance to the boundary in metres: positive inside, negative outside. */
  signedDistance(x: number, y: number): number {
    const xs = this.#x;
    const ys = this.#y;
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
      const ax = xs[j] as number;
      const ay = ys[j] as number;
      const dx = (xs[i] as number) - ax;
      const dy = (ys[i] as number) - ay;
      const square = dx * dx + dy * dy;
      const along = square > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
      const ex = x - ax - along * dx;
      const ey = y - ay - along * dy;
      nearest = Math.min(nearest, ex * ex + ey * ey);
    }
    const distance = Math.sqrt(nearest);
    return this.contains(x, y) ? distance : -distance;
  }

  /**
   * Where the straight way between two points crosses the boundary, as a fraction of the way: the last crossing for
   * somebody who enters, the first for somebody who leaves. 0 (leaving) or 1 (entering) where rounding hides the crossing.
   */
  crossing(x0: number, y0: number, x1: number, y1: number, which: Crossing): number {
    const xs = this.#x;
    const ys = this.#y;
    const wx = x1 - x0;
    const wy = y1 - y0;
    let found = -1;
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
      const ax = xs[j] as number;
      const ay = ys[j] as number;
      const ex = (xs[i] as number) - ax;
      const ey = (ys[i] as number) - ay;
      const cross = wx * ey - wy * ex;
      if (cross === 0) continue;
      const onWay = ((ax - x0) * ey - (ay - y0) * ex) / cross;
      const onEdge = ((ax - x0) * wy - (ay - y0) * wx) / cross;
      if (onWay < 0 || onWay > 1 || onEdge < 0 || onEdge > 1) continue;
      if (found < 0 || (which === 'entering' ? onWay > found : onWay < found)) found = onWay;
    }
    if (found >= 0) return found;
    return which === 'entering' ? 1 : 0;
  }
}

/** The zones of a plan in which presence is scored. Blind zones are none of them: nothing is known of them, by intent. */
export function compileZones(plan: Pick<FloorPlan, 'zones'>): CompiledZone[] {
  return plan.zones.filter((zone) => zone.kind !== 'blind').map((zone) => new CompiledZone(zone));
}

/** Half the side of the square that stands for "everywhere": the contract's coordinates end far inside it. */
const EVERYWHERE_METRES = 1e7;

/** One zone without an end, for trajectories that come without a plan. */
export function everywhere(id: string): CompiledZone {
  const e = EVERYWHERE_METRES;
  // The polygon is built here and not checked against the contract, whose bounds it exceeds on purpose.
  const polygon: Zone['polygon'] = [
    [-e, -e],
    [e, -e],
    [e, e],
    [-e, e],
  ];
  return new CompiledZone({ id, name: id, kind: 'transit', polygon });
}
