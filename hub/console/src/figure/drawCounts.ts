/** Draws what happened on a floor lately: how dense it was, and which ways people went between zones. */
import type { FloorPlan, Zone } from '@safe-passage/contract';
import type { FloorCounts } from '../../../src/api/floorCountSchemas.ts';
import { labelPlace } from './geometry.ts';
import type { Palette } from './palette.ts';
import { type ScreenPoint, screenX, screenY, type View } from './view.ts';

/** Side of a square, metres. */
const SQUARE_METRES = 2;
/** A hall with one person in it is not shown as full. */
const LEAST_SCALE = 0.1;
/** More arrows than that are a knot. */
export const MOST_WAYS = 20;
const WIDEST_PIXELS = 9;

/** People per square metre that the strongest shade stands for. */
export const densityScale = ({ squares }: Pick<FloorCounts, 'squares'>): number =>
  Math.max(LEAST_SCALE, ...squares.map(([, , people]) => people));

export function drawDensity(
  context: CanvasRenderingContext2D,
  view: View,
  plan: FloorPlan,
  palette: Palette,
  counts: Pick<FloorCounts, 'squares'>,
): void {
  const most = densityScale(counts);
  const [[minX, minY], [maxX, maxY]] = plan.bounds;
  context.save();
  // Whoever is placed beside the floor by an error of a camera was not there.
  context.beginPath();
  context.rect(screenX(view, minX), screenY(view, maxY), view.scale * (maxX - minX), view.scale * (maxY - minY));
  context.clip();
  context.fillStyle = palette.density;
  for (const [x, y, people] of counts.squares) {
    // Edges on whole pixels: neighbours neither overlap nor leave a line between them.
    const left = Math.round(screenX(view, x));
    const top = Math.round(screenY(view, y + SQUARE_METRES));
    context.globalAlpha = 0.06 + 0.64 * Math.min(1, people / most);
    context.fillRect(
      left,
      top,
      Math.round(screenX(view, x + SQUARE_METRES)) - left,
      Math.round(screenY(view, y)) - top,
    );
  }
  context.restore();
}

interface Way {
  readonly from: ScreenPoint;
  readonly middle: ScreenPoint;
  readonly to: ScreenPoint;
}

/** A bow to the right of the way, so that there and back lie apart, and short of both ends. */
function bow(from: ScreenPoint, to: ScreenPoint): Way {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const middle = { x: (from.x + to.x) / 2 - 0.14 * dy, y: (from.y + to.y) / 2 + 0.14 * dx };
  const towards = (point: ScreenPoint, share: number): ScreenPoint => ({
    x: point.x + share * (middle.x - point.x),
    y: point.y + share * (middle.y - point.y),
  });
  return { from: towards(from, 0.12), middle, to: towards(to, 0.12) };
}

function drawWay(context: CanvasRenderingContext2D, { from, middle, to }: Way, width: number): void {
  const angle = Math.atan2(to.y - middle.y, to.x - middle.x);
  const head = 6 + 1.2 * width;
  const neck = { x: to.x - head * Math.cos(angle), y: to.y - head * Math.sin(angle) };
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(middle.x, middle.y, neck.x, neck.y);
  context.lineWidth = width;
  context.stroke();
  const side = 0.55 * head;
  context.beginPath();
  context.moveTo(to.x, to.y);
  context.lineTo(neck.x - side * Math.sin(angle), neck.y + side * Math.cos(angle));
  context.lineTo(neck.x + side * Math.sin(angle), neck.y - side * Math.cos(angle));
  context.closePath();
  context.fill();
}

/** A point of the bow, from 0 at its beginning to 1 at its end. */
const along = ({ from, middle, to }: Way, share: number): ScreenPoint => {
  const on = (a: number, b: number, c: number): number =>
    (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share ** 2 * c;
  return { x: on(from.x, middle.x, to.x), y: on(from.y, middle.y, to.y) };
};

/** Where the number of a way stands, as near to its middle as no other covers; `taken` are the middles of the others. */
function freePlace(way: Way, width: number, taken: ScreenPoint[]): ScreenPoint {
  const places = [0.5, 0.4, 0.6, 0.3, 0.7].map((share) => along(way, share));
  const free = places.find(({ x, y }) =>
    taken.every((other) => Math.abs(other.x - x) > width + 2 || Math.abs(other.y - y) > 20),
  );
  const place = free ?? (places[0] as ScreenPoint);
  taken.push(place);
  return place;
}

/** The ways with most people, as arrows between the middles of their zones: wide where there were many, each with its number. */
export function drawWays(
  context: CanvasRenderingContext2D,
  view: View,
  plan: FloorPlan,
  palette: Palette,
  counts: Pick<FloorCounts, 'ways'>,
): void {
  const places = new Map<string, ScreenPoint>();
  const placeOf = (zone: Zone): ScreenPoint => {
    const { x, y } = labelPlace(zone.polygon);
    return { x: screenX(view, x), y: screenY(view, y) };
  };
  for (const zone of plan.zones) places.set(zone.id, placeOf(zone));
  const most = counts.ways[0]?.people ?? 1;
  const drawn = counts.ways.slice(0, MOST_WAYS).flatMap(({ from, to, people }) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a && b ? [{ way: bow(a, b), people }] : [];
  });
  context.save();
  context.strokeStyle = palette.flow;
  context.fillStyle = palette.flow;
  context.lineCap = 'butt';
  for (const { way, people } of drawn) drawWay(context, way, 1 + (WIDEST_PIXELS - 1) * Math.sqrt(people / most));
  context.font = `600 12px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const taken: ScreenPoint[] = [];
  for (const { way, people } of drawn) {
    const text = people.toLocaleString('en');
    const width = context.measureText(text).width + 8;
    const { x, y } = freePlace(way, width, taken);
    context.beginPath();
    context.roundRect(x - width / 2, y - 9, width, 18, 6);
    context.fillStyle = palette.chip;
    context.fill();
    context.fillStyle = palette.text;
    context.fillText(text, x, y + 0.5);
  }
  context.restore();
}
