import type { PlanPoint, Polygon } from '@safe-passage/contract';
import type { Calibration, CalibrationFile } from './calibration.ts';
import { FloorMapper, visibleFloor } from './floor.ts';
import { apply, type Homography, invert } from './homography.ts';

const FARTHEST_METRES = 40;
/** Every fifth line is drawn strong and labelled. */
const STRONG_EVERY = 5;

export interface FigurePicture {
  /** `image/png` or `image/jpeg`. */
  readonly mediaType: string;
  readonly base64: string;
}

/** Where the line at `coordinate` on `axis` enters and leaves a convex polygon. @returns null where it passes by. */
function crossing(polygon: Polygon, axis: 0 | 1, coordinate: number): readonly [PlanPoint, PlanPoint] | null {
  const hits: PlanPoint[] = [];
  polygon.forEach((from, i) => {
    const to = polygon[(i + 1) % polygon.length] as PlanPoint;
    const a = from[axis] - coordinate;
    const b = to[axis] - coordinate;
    if (a >= 0 === b >= 0) return;
    const t = a / (a - b);
    hits.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
  });
  const [first, second] = hits;
  return first && second ? [first, second] : null;
}

function gridLine(toImage: Homography, view: Polygon, axis: 0 | 1, metre: number): string {
  const ends = crossing(view, axis, metre);
  const from = ends && apply(toImage, ...ends[0]);
  const to = ends && apply(toImage, ...ends[1]);
  if (!from || !to) return '';
  const strong = metre % STRONG_EVERY === 0;
  const line = `<line x1="${from[0].toFixed(1)}" y1="${from[1].toFixed(1)}" x2="${to[0].toFixed(1)}" y2="${to[1].toFixed(1)}" class="${axis === 0 ? 'x' : 'y'}${strong ? ' strong' : ''}"/>`;
  if (!strong) return line;
  const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  return `${line}<text x="${x.toFixed(1)}" y="${y.toFixed(1)}">${axis === 0 ? 'x' : 'y'} ${metre} m</text>`;
}

function pointMark(toImage: Homography, point: CalibrationFile['points'][number], number: number): string {
  const [u, v] = point.image;
  const expected = apply(toImage, ...point.floor);
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
    for (const axis of [0, 1] as const) {
      const values = view.map((place) => place[axis]);
      for (let metre = Math.ceil(Math.min(...values)); metre <= Math.max(...values); metre += 1) {
        lines.push(gridLine(toImage, view, axis, metre));
      }
    }
    file.points.forEach((point, i) => {
      lines.push(pointMark(toImage, point, i + 1));
    });
  }
  const background = picture
    ? `<image href="data:${picture.mediaType};base64,${picture.base64}" width="${width}" height="${height}" preserveAspectRatio="none"/>`
    : `<rect width="${width}" height="${height}" fill="#e9ecef"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>
line{stroke-width:1;opacity:.55}.x{stroke:#0b6bcb}.y{stroke:#b3400d}.strong{stroke-width:2;opacity:.9}
text{font:12px system-ui,sans-serif;fill:#111;paint-order:stroke;stroke:#fff;stroke-width:3px}
.point circle,.point path{fill:none;stroke:#0a7d33;stroke-width:2}.holdout circle,.holdout path{stroke:#8a2be2}
</style>
${background}
${lines.filter((line) => line !== '').join('\n')}
</svg>
`;
}
