/**
 * What a camera would show of the simulated floor, drawn simply: tiles, walls and furniture as grey faces, people as faceless
 * figures. Good enough for a real detector to take the figures for people; painted from far to near.
 */
import type { PlanPoint } from '@safe-passage/contract';
import { CLOTHES, figureSvg } from '../cameras/figure.ts';
import { Optics } from '../optics.ts';
import type { Sight } from '../terminal/sight.ts';
import type { Terminal, TerminalCamera } from '../terminal/terminal.ts';
import type { Bodies } from '../world.ts';

const WALL_METRES = 3.4;
/** Faces are cut into pieces so short that far and near can be told apart. */
const PIECE_METRES = 1.5;
const TILE_METRES = 2;
/** Nobody smaller is drawn, pixels. */
const LEAST_HEIGHT = 8;
/** Two steps of this length make one swing of the legs. */
const STEP_METRES = 0.7;

interface Painted {
  readonly metres: number;
  readonly svg: string;
}

const at = (value: number): string => String(Math.round(value * 10) / 10);

function* piecesOf(line: readonly PlanPoint[], closed: boolean): Generator<readonly [PlanPoint, PlanPoint]> {
  const ends = closed ? [...line, line[0] as PlanPoint] : line;
  for (let i = 1; i < ends.length; i += 1) {
    const [ax, ay] = ends[i - 1] as PlanPoint;
    const [bx, by] = ends[i] as PlanPoint;
    const count = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / PIECE_METRES));
    for (let k = 0; k < count; k += 1) {
      const point = (share: number): PlanPoint => [ax + (bx - ax) * share, ay + (by - ay) * share];
      yield [point(k / count), point((k + 1) / count)];
    }
  }
}

export class CameraFilm {
  readonly #camera: TerminalCamera;
  readonly #optics: Optics;
  readonly #sight: Sight;
  readonly #ground: string;
  readonly #building: readonly Painted[];

  constructor(terminal: Terminal, camera: TerminalCamera, sight: Sight) {
    this.#camera = camera;
    this.#optics = new Optics(camera);
    this.#sight = sight;
    this.#ground = this.#tiles(terminal);
    const faces: Painted[] = [];
    for (const wall of terminal.walls) this.#face(faces, wall, false, WALL_METRES, '#c3c6c9');
    for (const { polygon, heightMetres } of terminal.obstacles)
      this.#face(faces, polygon, true, heightMetres, '#9aa0a6');
    this.#building = faces;
  }

  /** One picture as SVG, of the size of the camera's. */
  draw(bodies: Bodies, timeSeconds: number): string {
    const painted: Painted[] = [...this.#building];
    for (let i = 0; i < bodies.count; i += 1) {
      const figure = this.#figure(bodies, i, timeSeconds);
      if (figure) painted.push(figure);
    }
    painted.sort((a, b) => b.metres - a.metres);
    const { imageWidth, imageHeight } = this.#camera;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${imageWidth}" height="${imageHeight}" viewBox="0 0 ${imageWidth} ${imageHeight}"><rect width="100%" height="100%" fill="#d7d9da"/>${this.#ground}${painted.map(({ svg }) => svg).join('')}</svg>`;
  }

  #figure(bodies: Bodies, i: number, timeSeconds: number): Painted | null {
    const [x, y] = [bodies.x[i] as number, bodies.y[i] as number];
    const [cx, cy] = this.#camera.position;
    const metres = Math.hypot(x - cx, y - cy);
    if (metres > this.#camera.reachMetres) return null;
    const stature = (bodies.heightMetres[i] as number) * (bodies.seated[i] === 1 ? 0.75 : 1);
    if (this.#sight.blocked(cx, cy, this.#camera.heightMetres, x, y, stature)) return null;
    const foot = this.#pixel(x, y, 0);
    const head = this.#pixel(x, y, stature);
    if (!foot || !head) return null;
    const height = foot[1] - head[1];
    const { imageWidth, imageHeight } = this.#camera;
    if (
      height < LEAST_HEIGHT ||
      head[1] > imageHeight ||
      foot[1] < 0 ||
      foot[0] < -height ||
      foot[0] > imageWidth + height
    ) {
      return null;
    }
    const id = bodies.id[i] as number;
    const speed = bodies.speed[i] as number;
    const towards = Math.atan2(y - cy, x - cx);
    const svg = figureSvg({
      x: foot[0],
      foot: foot[1],
      height,
      phase: speed > 0.2 ? (Math.PI * speed * timeSeconds) / STEP_METRES + id : 0,
      fromTheSide: Math.abs(Math.sin((bodies.headingRadians[i] as number) - towards)),
      cloth: CLOTHES[id % CLOTHES.length] as string,
    });
    return { metres, svg };
  }

  /** Vertical faces from the floor up. A piece of which a corner is behind the camera is left out. */
  #face(faces: Painted[], line: readonly PlanPoint[], closed: boolean, heightMetres: number, colour: string): void {
    const [cx, cy] = this.#camera.position;
    const reach = this.#camera.reachMetres * 1.5;
    for (const [a, b] of piecesOf(line, closed)) {
      const metres = Math.hypot((a[0] + b[0]) / 2 - cx, (a[1] + b[1]) / 2 - cy);
      if (metres > reach) continue;
      const corners = [
        this.#pixel(...a, 0),
        this.#pixel(...b, 0),
        this.#pixel(...b, heightMetres),
        this.#pixel(...a, heightMetres),
      ];
      if (corners.some((corner) => corner === null)) continue;
      const points = corners.map((corner) => `${at(corner?.[0] ?? 0)},${at(corner?.[1] ?? 0)}`).join(' ');
      faces.push({ metres, svg: `<polygon points="${points}" fill="${colour}" stroke="#8b9096" stroke-width="0.6"/>` });
    }
  }

  /** The lines between the tiles of the floor. */
  #tiles({ bounds: [[minX, minY], [maxX, maxY]] }: Terminal): string {
    const lines: string[] = [];
    const draw = (points: readonly PlanPoint[]): void => {
      let run: string[] = [];
      const end = () => {
        if (run.length > 1)
          lines.push(`<polyline points="${run.join(' ')}" fill="none" stroke="#c4c7c9" stroke-width="1"/>`);
        run = [];
      };
      for (const [x, y] of points) {
        const pixel = this.#pixel(x, y, 0);
        if (pixel) run.push(`${at(pixel[0])},${at(pixel[1])}`);
        else end();
      }
      end();
    };
    const steps = (from: number, to: number) =>
      Array.from({ length: Math.floor((to - from) / TILE_METRES) + 1 }, (_, i) => from + i * TILE_METRES);
    const [cx, cy] = this.#camera.position;
    const reach = this.#camera.reachMetres;
    const xs = steps(minX, maxX).filter((x) => Math.abs(x - cx) < reach);
    const ys = steps(minY, maxY).filter((y) => Math.abs(y - cy) < reach);
    for (const x of xs) draw(ys.map((y): PlanPoint => [x, y]));
    for (const y of ys) draw(xs.map((x): PlanPoint => [x, y]));
    return lines.join('');
  }

  #pixel(x: number, y: number, z: number): readonly [number, number] | null {
    return this.#optics.project(x, y, z) ? [this.#optics.u, this.#optics.v] : null;
  }
}
