import type { PlanPoint, Polygon } from '@safe-passage/contract';
import type { Calibration, CalibrationFile } from './calibration.ts';
import { FloorMapper, visibleFloor } from './floor.ts';
import { apply, type Homography, invert } from './homography.ts';
import { bend, type Lens } from './lens.ts';

const FARTHEST_METRES = 40;
/** Every fifth line is drawn strong and labelled. */
const STRONG_EVERY = 5;
/** Where a lens bends them, lines are drawn in so many pieces. */
const LINE_STEPS = 40;

export interface FigurePicture {
  /** `image/png` or `image/jpeg`. */
  readonly mediaType: string;
  readonly base64: string;
}

/** From the floor to the picture. */
interface Projection {
  readonly toImage: Homography;
  readonly lens: Lens;
}

function seen({ toImage, lens }: Projection, place: PlanPoint): PlanPoint | null {
  const straight = apply(toImage, ...place);
  return straight && bend(lens, ...straight);
}

/** The stretches of the line at `coordinate` on `axis` that lie in a polygon, in its order. */
function crossings(polygon: Polygon, axis: 0 | 1, coordinate: number): (readonly [PlanPoint, PlanPoint])[] {
  const hits: PlanPoint[] = [];
  polygon.forEach((from, i) => {
    const to = polygon[(i + 1) % polygon.length] as PlanPoint;
    const a = from[axis] - coordinate;
    const b = to[axis] - coordinate;
    if (a >= 0 === b >= 0) return;
    const t = a / (a - b);
    hits.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
  });
  const across = axis === 0 ? 1 : 0;
  hits.sort((a, b) => a[across] - b[across]);
  return Array.from({ length: hits.length >> 1 }, (_, i) => [hits[2 * i] as PlanPoint, hits[2 * i + 1] as PlanPoint]);
}

function gridLine(
  projection: Projection,
  [from, to]: readonly [PlanPoint, PlanPoint],
  axis: 0 | 1,
  metre: number,
): string {
  const steps = projection.lens.distortion === 0 ? 1 : LINE_STEPS;
  const places = Array.from({ length: steps + 1 }, (_, k) => {
    const share = k / steps;
    return seen(projection, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
  }).filter((place) => place !== null);
  if (places.length < 2) return '';
  const strong = metre % STRONG_EVERY === 0;
  const path = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const line = `<polyline points="${path}" class="${axis === 0 ? 'x' : 'y'}${strong ? ' strong' : ''}"/>`;
  if (!strong) return line;
  const [first, last] = [places[0] as PlanPoint, places.at(-1) as PlanPoint];
  const middle = steps === 1 ? ([(first[0] + last[0]) / 2, (first[1] + last[1]) / 2] as const) : places[steps >> 1];
  const [x, y] = middle ?? first;
  return `${line}<text x="${x.toFixed(1)}" y="${y.toFixed(1)}">${axis === 0 ? 'x' : 'y'} ${metre} m</text>`;
}

function pointMark(projection: Projection, point: CalibrationFile['points'][number], number: number): string {
  const [u, v] = point.image;
  const expected = seen(projection, point.floor);
  const ring = expected ? `<circle cx="${expected[0].toFixed(1)}" cy="${expected[1].toFixed(1)}" r="6"/>` : '';
  return `<g class="${point.holdout === true ? 'point holdout' : 'point'}">${ring}<path d="M${u - 5} ${v}h10M${u} ${v - 5}v10"/><text x="${u + 8}" y="${v - 8}">${number}</text></g>`;
}

/**
 * Draws the floor's metres over the picture, so that a person can see whether they lie on the floor: a line for every
 * metre, a cross where each point was read and a ring where the calibration expects it.
 *
 * @returns an SVG document of the size of the calibration's picture.
 */
export function gridFigure(file: CalibrationFile, calibration: Calibration, picture: FigurePicture | null): string {
  const { imageWidth: width, imageHeight: height } = calibration;
  const toImage = invert(calibration.toFloor);
  const mapper = new FloorMapper(calibration, width, height);
  const view = visibleFloor(mapper, width, height, FARTHEST_METRES);
  const lines: string[] = [];
  if (toImage && view.length > 0) {
    const projection = { toImage, lens: calibration.lens };
    for (const axis of [0, 1] as const) {
      const values = view.map((place) => place[axis]);
      for (let metre = Math.ceil(Math.min(...values)); metre <= Math.max(...values); metre += 1) {
        for (const ends of crossings(view, axis, metre)) lines.push(gridLine(projection, ends, axis, metre));
      }
    }
    file.points.forEach((point, i) => {
      lines.push(pointMark(projection, point, i + 1));
    });
  }
  const background = picture
    ? `<image href="data:${picture.mediaType};base64,${picture.base64}" width="${width}" height="${height}" preserveAspectRatio="none"/>`
    : `<rect width="${width}" height="${height}" fill="#e9ecef"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>
polyline{fill:none;stroke-width:1;opacity:.55}.x{stroke:#0b6bcb}.y{stroke:#b3400d}.strong{stroke-width:2;opacity:.9}
text{font:12px system-ui,sans-serif;fill:#111;paint-order:stroke;stroke:#fff;stroke-width:3px}
.point circle,.point path{fill:none;stroke:#0a7d33;stroke-width:2}.holdout circle,.holdout path{stroke:#8a2be2}
</style>
${background}
${lines.filter((line) => line !== '').join('\n')}
</svg>
`;
}
