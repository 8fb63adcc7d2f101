/** Where one can be: ways to portals, zones, queues and spots (made when first needed, then kept), and who has which spot. */
import type { PlanPoint, Zone } from '@safe-passage/contract';
import type { Random } from '../random.ts';
import { contains, signedArea } from '../terminal/polygon.ts';
import type { Portal, Spot, Terminal } from '../terminal/terminal.ts';
import type { Way } from './ground.ts';
import { below, pick } from './streams.ts';

/** Gives the way to a point, to anywhere on the line between two, or into the polygon of three and more. */
export interface WayFinder {
  goal(points: readonly PlanPoint[]): Way;
}

const PORTAL_INSIDE_METRES = 0.5;
/** Spots this near one another and in sight share a way. */
const NEIGHBOURHOOD_METRES = 1.7;
const TOGETHER_METRES = 6;

export interface Door {
  readonly id: string;
  readonly kind: Portal['kind'];
  /** Points just inside, where people appear and vanish. */
  readonly points: readonly PlanPoint[];
  readonly inwardRadians: number;
  /** Who waits outside to appear, in order. */
  readonly line: number[];
}

/** The two points that are furthest apart; the one where there is only one. */
function ends(points: readonly PlanPoint[]): PlanPoint[] {
  const [first] = points as [PlanPoint, ...PlanPoint[]];
  let pair = [first];
  let most = 0;
  for (const a of points) {
    for (const b of points) {
      const apart = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (apart > most) {
        most = apart;
        pair = [a, b];
      }
    }
  }
  return pair;
}

export class Places {
  readonly #finder: WayFinder;
  readonly #segments: Float64Array;
  readonly #ways = new Map<string, Way>();
  readonly #taken: Uint8Array;
  readonly #ofKind = new Map<string, number[]>();
  readonly #neighbourhood: Int32Array;
  readonly doors = new Map<string, Door>();
  readonly spots: readonly Spot[];
  readonly terminal: Terminal;

  constructor(terminal: Terminal, finder: WayFinder, segments: Float64Array) {
    this.terminal = terminal;
    this.#finder = finder;
    this.#segments = segments;
    this.spots = terminal.spots;
    this.#taken = new Uint8Array(terminal.spots.length);
    this.#neighbourhood = new Int32Array(terminal.spots.length);
    terminal.spots.forEach((spot, index) => {
      const list = this.#ofKind.get(spot.kind);
      if (list) list.push(index);
      else this.#ofKind.set(spot.kind, [index]);
      this.#neighbourhood[index] = terminal.spots.findIndex(
        (seed, first) =>
          first === index ||
          (this.#neighbourhood[first] === first &&
            Math.hypot(seed.at[0] - spot.at[0], seed.at[1] - spot.at[1]) < NEIGHBOURHOOD_METRES &&
            this.clear(seed.at[0], seed.at[1], spot.at[0], spot.at[1])),
      );
    });
    for (const portal of terminal.portals) this.doors.set(portal.id, this.#doorOf(portal));
  }

  /** Nothing to walk around on the straight line between. */
  clear(x0: number, y0: number, x1: number, y1: number): boolean {
    const s = this.#segments;
    const dx = x1 - x0;
    const dy = y1 - y0;
    for (let i = 0; i + 3 < s.length; i += 4) {
      const ax = (s[i] as number) - x0;
      const ay = (s[i + 1] as number) - y0;
      const ex = (s[i + 2] as number) - (s[i] as number);
      const ey = (s[i + 3] as number) - (s[i + 1] as number);
      const cross = dx * ey - dy * ex;
      if (cross === 0) continue;
      const along = (ax * ey - ay * ex) / cross;
      const across = (ax * dy - ay * dx) / cross;
      if (along >= 0 && along <= 1 && across >= 0 && across <= 1) return false;
    }
    return true;
  }

  /** Room for a body here: so far from every wall and obstacle, metres. */
  roomy(x: number, y: number, metres: number): boolean {
    const s = this.#segments;
    for (let i = 0; i + 3 < s.length; i += 4) {
      const ax = s[i] as number;
      const ay = s[i + 1] as number;
      const ex = (s[i + 2] as number) - ax;
      const ey = (s[i + 3] as number) - ay;
      const length2 = ex * ex + ey * ey;
      const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * ex + (y - ay) * ey) / length2));
      if (Math.hypot(x - ax - t * ex, y - ay - t * ey) < metres) return false;
    }
    return true;
  }

  #doorOf(portal: Portal): Door {
    const [[x0, y0], [x1, y1]] = portal.line;
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    const [low, high] = this.terminal.bounds;
    let [nx, ny] = [-(y1 - y0) / length, (x1 - x0) / length];
    const mx = (x0 + x1) / 2;
    const my = (y0 + y1) / 2;
    // Into the floor: the side from which more of the large zones can be reached (a room behind the door may have a zone of
    // its own); then the one nearer to a zone; the middle of the drawing where even that is the same.
    const one = this.#side(mx + nx, my + ny, mx, my);
    const other = this.#side(mx - nx, my - ny, mx, my);
    const toMiddle = ((low[0] + high[0]) / 2 - mx) * nx + ((low[1] + high[1]) / 2 - my) * ny;
    const outward =
      one.reached !== other.reached
        ? other.reached > one.reached
        : one.metres !== other.metres
          ? other.metres < one.metres
          : toMiddle < 0;
    if (outward) [nx, ny] = [-nx, -ny];
    // Half a metre from both ends of the line, as far as it is long enough.
    const margin = Math.min(0.5, length / 3) / length;
    const count = Math.max(1, Math.min(7, Math.floor(length / 0.7)));
    const points = Array.from({ length: count }, (_, index): PlanPoint => {
      const at = count === 1 ? 0.5 : margin + ((1 - 2 * margin) * index) / (count - 1);
      return [x0 + (x1 - x0) * at + nx * PORTAL_INSIDE_METRES, y0 + (y1 - y0) * at + ny * PORTAL_INSIDE_METRES];
    });
    return { id: portal.id, kind: portal.kind, points, inwardRadians: Math.atan2(ny, nx), line: [] };
  }

  /** How many of the three largest zones can be reached from a side of a door, and how far it is to the nearest zone. */
  #side(x: number, y: number, doorX: number, doorY: number): { reached: number; metres: number } {
    const [low, high] = this.terminal.bounds;
    const near = this.#nearestZone(doorX, doorY);
    if (!near || x < low[0] || y < low[1] || x > high[0] || y > high[1]) return { reached: -1, metres: Infinity };
    const metresTo = (zone: Zone): number => this.toZone(zone.id).direction(x, y, new Float64Array(2));
    const large = [...this.terminal.zones]
      .sort((a, b) => Math.abs(signedArea(b.polygon)) - Math.abs(signedArea(a.polygon)))
      .slice(0, 3);
    return { reached: large.filter((zone) => metresTo(zone) < Infinity).length, metres: metresTo(near) };
  }

  /** The zone whose nearest corner is nearest. */
  #nearestZone(x: number, y: number): Zone | undefined {
    const metres = (zone: Zone): number => Math.min(...zone.polygon.map(([cx, cy]) => Math.hypot(cx - x, cy - y)));
    return this.terminal.zones.reduce<Zone | undefined>(
      (best, zone) => (!best || metres(zone) < metres(best) ? zone : best),
      undefined,
    );
  }

  #way(key: string, points: () => readonly PlanPoint[]): Way {
    let way = this.#ways.get(key);
    if (!way) {
      way = this.#finder.goal(points());
      this.#ways.set(key, way);
    }
    return way;
  }

  door(id: string): Door {
    const door = this.doors.get(id);
    if (!door) throw new RangeError(`no portal ${id} in ${this.terminal.id}`);
    return door;
  }

  toDoor(id: string): Way {
    return this.#way(`door ${id}`, () => ends(this.door(id).points));
  }

  toPoint(key: string, point: PlanPoint): Way {
    return this.#way(`point ${key}`, () => [point]);
  }

  /** To anywhere in the zone. */
  toZone(id: string): Way {
    return this.#way(`zone ${id}`, () => this.#zone(id).polygon);
  }

  #zone(id: string): Zone {
    const zone = this.terminal.zones.find((one) => one.id === id);
    if (!zone) throw new RangeError(`no zone ${id} in ${this.terminal.id}`);
    return zone;
  }

  toSpot(index: number): Way {
    const seed = this.#neighbourhood[index] as number;
    return this.#way(`spots ${seed}`, () =>
      ends(this.spots.filter((_, other) => this.#neighbourhood[other] === seed).map((spot) => spot.at)),
    );
  }

  /** Points of a grid of so many metres within the zone, with room for a body; its middle where none has. */
  pointsIn(zoneId: string, metres: number): PlanPoint[] {
    const zone = this.#zone(zoneId);
    const xs = zone.polygon.map((point) => point[0]);
    const ys = zone.polygon.map((point) => point[1]);
    const points: PlanPoint[] = [];
    for (let x = Math.min(...xs) + metres / 2; x < Math.max(...xs); x += metres) {
      for (let y = Math.min(...ys) + metres / 2; y < Math.max(...ys); y += metres) {
        if (contains(zone.polygon, x, y) && this.roomy(x, y, 0.45)) points.push([x, y]);
      }
    }
    if (points.length > 0) return points;
    const middle = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    return [[middle(xs), middle(ys)]];
  }

  #candidates(kind: Spot['kind'], zones: readonly string[] | undefined): readonly number[] {
    const all = this.#ofKind.get(kind) ?? [];
    if (!zones) return all;
    const key = `${kind} ${zones.join(' ')}`;
    let list = this.#ofKind.get(key);
    if (!list) {
      const polygons = this.terminal.zones.filter((zone) => zones.includes(zone.id)).map((zone) => zone.polygon);
      list = all.filter((index) => {
        const [x, y] = (this.spots[index] as Spot).at;
        return polygons.some((polygon) => contains(polygon, x, y));
      });
      this.#ofKind.set(key, list);
    }
    return list;
  }

  /** Takes up to `count` free spots of the kind, all so near to the first. Fewer, or none, when it is full. */
  take(
    random: Random,
    kind: Spot['kind'],
    zones: readonly string[] | undefined,
    count: number,
    withinMetres = TOGETHER_METRES,
  ): number[] {
    const candidates = this.#candidates(kind, zones);
    let first = -1;
    for (let attempt = 0; attempt < 8 && first < 0 && candidates.length > 0; attempt += 1) {
      const index = pick(random, candidates);
      if (this.#taken[index] === 0) first = index;
    }
    // Nearly full: the next one free from a random one on.
    const from = below(random, Math.max(1, candidates.length));
    for (let step = 0; step < candidates.length && first < 0; step += 1) {
      const index = candidates[(from + step) % candidates.length] as number;
      if (this.#taken[index] === 0) first = index;
    }
    if (first < 0) return [];
    const [x, y] = (this.spots[first] as Spot).at;
    const distance = (index: number): number => {
      const at = (this.spots[index] as Spot).at;
      return Math.hypot(at[0] - x, at[1] - y);
    };
    const taken =
      count === 1
        ? [first]
        : candidates
            .filter((index) => this.#taken[index] === 0 && distance(index) < withinMetres && this.#sees(x, y, index))
            .sort((a, b) => distance(a) - distance(b) || a - b)
            .slice(0, count);
    for (const index of taken) this.#taken[index] = 1;
    return taken;
  }

  /** Not on the other side of a belt or a wall. */
  #sees(x: number, y: number, index: number): boolean {
    const [sx, sy] = (this.spots[index] as Spot).at;
    return (sx === x && sy === y) || this.clear(x, y, sx, sy);
  }

  free(indices: readonly number[]): void {
    for (const index of indices) this.#taken[index] = 0;
  }

  has(kind: Spot['kind']): boolean {
    return this.#ofKind.has(kind);
  }

  get takenCount(): number {
    let count = 0;
    for (const one of this.#taken) count += one;
    return count;
  }
}
