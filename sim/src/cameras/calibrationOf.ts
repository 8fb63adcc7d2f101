/** The calibration that an engineer with a tape would make for a camera. */

import { Optics } from '../optics.ts';
import { Random, seedFor } from '../random.ts';
import { Sight } from '../terminal/sight.ts';
import type { Terminal, TerminalCamera } from '../terminal/terminal.ts';

/** A mark on the floor is measured to so many metres, and clicked to so many pixels, 1 sigma. */
const TAPE_METRES = 0.015;
const CLICK_PIXELS = 0.7;
const FLOOR_METRES = 0.02;
/** Where marks are looked for: so many across and down the picture; and how many are measured, an hour's work. */
const COLUMNS = 24;
const ROWS = 18;
const MARKS = 24;
/** Every so many points tests the fit. */
const HOLDOUT = 5;

export interface MeasuredPoint {
  /** Pixels from the upper left corner. */
  readonly image: readonly [number, number];
  /** Metres. */
  readonly floor: readonly [number, number];
  readonly holdout?: true;
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/**
 * Marks on the floor, spread over the part of the picture that shows floor within reach and in sight: what a lens bends shows at the edges.
 *
 * @returns always the same for a camera: one engineer measured once.
 */
export function measuredPoints(
  terminal: Pick<Terminal, 'walls' | 'obstacles'>,
  camera: TerminalCamera,
): MeasuredPoint[] {
  const optics = new Optics(camera);
  const sight = new Sight(terminal);
  const [cx, cy] = camera.position;
  const marks: Mark[] = [];
  for (let k = 0; k < ROWS * COLUMNS; k += 1) {
    const u = (((k % COLUMNS) + 0.5) / COLUMNS) * camera.imageWidth;
    const v = ((Math.floor(k / COLUMNS) + 0.5) / ROWS) * camera.imageHeight;
    if (!optics.toFloor(u, v)) continue;
    const { floorX: x, floorY: y } = optics;
    if (Math.hypot(x - cx, y - cy) > camera.reachMetres) continue;
    if (!sight.blocked(cx, cy, camera.heightMetres, x, y, FLOOR_METRES)) marks.push({ u, v, x, y });
  }
  const random = new Random(seedFor(0, `calibration ${camera.id}`));
  return spread(marks, MARKS).map(({ u, v, x, y }, k): MeasuredPoint => {
    const floor = [round(x + random.normal(0, TAPE_METRES), 2), round(y + random.normal(0, TAPE_METRES), 2)] as const;
    const image = [round(u + random.normal(0, CLICK_PIXELS), 1), round(v + random.normal(0, CLICK_PIXELS), 1)] as const;
    return k % HOLDOUT === HOLDOUT - 1 ? { image, floor, holdout: true } : { image, floor };
  });
}

interface Mark {
  readonly u: number;
  readonly v: number;
  readonly x: number;
  readonly y: number;
}

/** So many of the marks, each the farthest in the picture from those before. */
function spread(marks: readonly Mark[], most: number): Mark[] {
  const chosen: Mark[] = [];
  const distance = marks.map(() => Number.POSITIVE_INFINITY);
  let next = 0;
  while (chosen.length < Math.min(most, marks.length)) {
    const mark = marks[next] as Mark;
    chosen.push(mark);
    marks.forEach((other, k) => {
      distance[k] = Math.min(distance[k] as number, Math.hypot(other.u - mark.u, other.v - mark.v));
      if ((distance[k] as number) > (distance[next] as number)) next = k;
    });
  }
  return chosen;
}

/** The calibration file for the edge agent. */
export function calibrationOf(terminal: Pick<Terminal, 'walls' | 'obstacles'>, camera: TerminalCamera): string {
  const { imageWidth, imageHeight } = camera;
  const points = measuredPoints(terminal, camera);
  return `${JSON.stringify({ name: camera.name, imageWidth, imageHeight, points }, null, 2)}\n`;
}
