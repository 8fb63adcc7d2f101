/** What a camera sees of the floor: its picture, as far as it reaches, without what lies behind walls. */
import type { PlanPoint, Polygon } from '@safe-passage/contract';
import { Optics } from '../optics.ts';
import { signedArea } from './polygon.ts';
import { piecesOf } from './segments.ts';
import type { Obstacle, Terminal, TerminalCamera } from './terminal.ts';

/** Rays are at most this far apart, and one goes to each corner and closely past it on both sides. */
const RAY_RADIANS = Math.PI / 180;
const PAST = 1e-4;
const STEP_METRES = 0.1;
const CORNER = 1e-7;
/** Corners that change the outline by less than this are left out, metres. */
const DETAIL_METRES = 0.05;
/** A wall hides what is behind it; the outline stays this far before it, metres. */
const BEFORE_WALL = 0.01;

/** Whatever hides a standing person altogether and is no mere pillar, which would cut a sliver only. */
const hides = (obstacle: Obstacle): boolean => obstacle.heightMetres >= 2 && obstacle.kind !== 'pillar';

interface Ray {
  readonly angle: number;
  readonly near: number;
  readonly far: number;
}

/** Metres to the nearest piece in a direction; `reach` where there is none. */
function freeMetres(segments: Float64Array, x: number, y: number, cos: number, sin: number, reach: number): number {
  let nearest = reach;
  for (let i = 0; i < segments.length; i += 4) {
    const [ax, ay] = [(segments[i] as number) - x, (segments[i + 1] as number) - y];
    const ex = (segments[i + 2] as number) - x - ax;
    const ey = (segments[i + 3] as number) - y - ay;
    const cross = cos * ey - sin * ex;
    if (cross === 0) continue;
    const t = (ax * ey - ay * ex) / cross;
    const u = (ax * sin - ay * cos) / cross;
    // A piece that the camera hangs on hides nothing; a ray into a corner does not slip out between its two walls.
    if (t > 1e-3 && t < nearest && u >= -CORNER && u <= 1 + CORNER) nearest = t;
  }
  return nearest < reach ? Math.max(0, nearest - BEFORE_WALL) : reach;
}

function rayAt(camera: TerminalCamera, lens: Optics, segments: Float64Array, angle: number): Ray | null {
  const [x, y] = camera.position;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const shown = (metres: number) => lens.shows(x + metres * cos, y + metres * sin);
  const free = freeMetres(segments, x, y, cos, sin, camera.reachMetres);
  let near = 0;
  while (near < free && !shown(near)) near += STEP_METRES;
  if (near >= free) return null;
  let far = near;
  while (far + STEP_METRES < free && shown(far + STEP_METRES)) far += STEP_METRES;
  if (near > 0) near = edge(shown, near, near - STEP_METRES);
  far = shown(Math.min(free, far + STEP_METRES)) ? free : edge(shown, far, far + STEP_METRES);
  return far - near > 0.05 ? { angle, near, far } : null;
}

/** The last shown place between a shown one and one that is not. */
function edge(shown: (metres: number) => boolean, inside: number, outside: number): number {
  let [a, b] = [inside, outside];
  for (let i = 0; i < 12; i += 1) {
    const middle = (a + b) / 2;
    if (shown(middle)) a = middle;
    else b = middle;
  }
  return a;
}

function anglesOf(camera: TerminalCamera, segments: Float64Array): number[] {
  const [x, y] = camera.position;
  const heading = (camera.headingDegrees * Math.PI) / 180;
  const angles: number[] = [];
  const add = (angle: number) => {
    const turn = angle - heading;
    angles.push(turn - 2 * Math.PI * Math.floor((turn + Math.PI) / (2 * Math.PI)));
  };
  for (let a = -Math.PI; a < Math.PI; a += RAY_RADIANS) angles.push(a);
  for (let i = 0; i < segments.length; i += 2) {
    const [dx, dy] = [(segments[i] as number) - x, (segments[i + 1] as number) - y];
    if (Math.hypot(dx, dy) > camera.reachMetres) continue;
    const angle = Math.atan2(dy, dx);
    for (const past of [-PAST, 0, PAST]) add(angle + past);
  }
  return angles.sort((a, b) => a - b).map((turn) => turn + heading);
}

/** Leaves out what a line replaces within {@link DETAIL_METRES} (Douglas and Peucker, 1973). */
function simplified(points: readonly PlanPoint[]): PlanPoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 3) return [...points];
  const length = Math.hypot(last[0] - first[0], last[1] - first[1]);
  let [farthest, most] = [0, 0];
  for (let i = 1; i < points.length - 1; i += 1) {
    const [x, y] = points[i] as PlanPoint;
    const off =
      length > 0
        ? Math.abs((last[0] - first[0]) * (y - first[1]) - (last[1] - first[1]) * (x - first[0])) / length
        : Math.hypot(x - first[0], y - first[1]);
    if (off > most) [farthest, most] = [i, off];
  }
  if (most <= DETAIL_METRES) return [first, last];
  return [...simplified(points.slice(0, farthest + 1)).slice(0, -1), ...simplified(points.slice(farthest))];
}

/**
 * The floor that a camera sees, counter-clockwise, metres: in its picture, bent by its lens, no further than it reaches,
 * nothing behind walls and what is as tall as a wall, nothing outside the bounds. Where something cuts the view in two the larger part is given.
 *
 * @returns null where it sees no floor at all.
 */
export function floorView(
  terminal: Pick<Terminal, 'bounds' | 'walls' | 'obstacles'>,
  camera: TerminalCamera,
): Polygon | null {
  const [[minX, minY], [maxX, maxY]] = terminal.bounds;
  const edges: PlanPoint[] = [
    [minX, minY],
    [maxX, minY],
    [maxX, maxY],
    [minX, maxY],
    [minX, minY],
  ];
  // The floor ends at the bounds, doors or not.
  const { segments } = piecesOf({ walls: [...terminal.walls, edges], obstacles: terminal.obstacles }, hides);
  const lens = new Optics(camera);
  const rays = anglesOf(camera, segments).map((angle) => rayAt(camera, lens, segments, angle));
  const [x, y] = camera.position;
  const at = (ray: Ray, metres: number): PlanPoint => [
    Math.round((x + metres * Math.cos(ray.angle)) * 1000) / 1000,
    Math.round((y + metres * Math.sin(ray.angle)) * 1000) / 1000,
  ];
  const parts: PlanPoint[][] = [];
  let run: Ray[] = [];
  const close = () => {
    if (run.length > 1) {
      const outer = simplified(run.map((ray) => at(ray, ray.far)));
      const all = run.length === rays.length;
      // What hangs above what it sees has no near edge; all round there is no corner at the camera either.
      const below = run.every((ray) => ray.near === 0);
      const inner = below
        ? all
          ? []
          : [at(run[0] as Ray, 0)]
        : simplified(run.map((ray) => at(ray, ray.near))).reverse();
      parts.push(withoutRepeats([...outer, ...inner]));
    }
    run = [];
  };
  for (const ray of rays) {
    if (ray) run.push(ray);
    else close();
  }
  close();
  const largest = parts
    .filter((part) => part.length >= 3)
    .sort((a, b) => Math.abs(signedArea(b)) - Math.abs(signedArea(a)))[0];
  return largest ?? null;
}

function withoutRepeats(points: readonly PlanPoint[]): PlanPoint[] {
  return points.filter((p, i) => {
    const next = points[(i + 1) % points.length] as PlanPoint;
    return p[0] !== next[0] || p[1] !== next[1];
  });
}
