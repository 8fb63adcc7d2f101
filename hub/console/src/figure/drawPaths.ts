/** Paths and dots: those around the story grey, those of the story in the colour, dash and shape of their roles. */
import type { PathPoint } from '../../../src/api/schemas.ts';
import type { Role } from '../../../src/score/movement.ts';
import type { Palette } from './palette.ts';
import { indexAt, type PathPosition, positionAt, type Stay } from './path.ts';
import type { PreparedPath, PreparedWay } from './preparedStory.ts';
import { DASHES, traceShape } from './roleMark.ts';
import { screenX, screenY, type View } from './view.ts';

const TAIL_MS = 3_000;
const PREDICTED_DASH = [2, 5];

function tracePath(
  context: CanvasRenderingContext2D,
  view: View,
  points: readonly PathPoint[],
  gapMs: number,
  from: number,
  to: number,
  wanted: 'measured' | 'predicted' | 'all',
): void {
  let drawing = false;
  for (let i = Math.max(1, from + 1); i <= to; i++) {
    const previous = points[i - 1];
    const point = points[i];
    if (!previous || !point) break;
    const fits = wanted === 'all' || (point[4] === 1 && previous[4] === 1) === (wanted === 'measured');
    if (!fits || point[0] - previous[0] > gapMs) {
      drawing = false;
      continue;
    }
    if (!drawing) context.moveTo(screenX(view, previous[1]), screenY(view, previous[2]));
    context.lineTo(screenX(view, point[1]), screenY(view, point[2]));
    drawing = true;
  }
}

/** Those around the story: dots with short tails. */
export function drawOthers(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  others: readonly PreparedPath[],
  timeMs: number,
): void {
  const radius = Math.min(6, Math.max(2.25, 0.2 * view.scale));
  const dots = new Path2D();
  context.lineJoin = 'round';
  context.beginPath();
  for (const { path, gapMs } of others) {
    const at = positionAt(path.points, timeMs, gapMs);
    if (!at) continue;
    const last = indexAt(path.points, timeMs);
    const first = Math.max(0, indexAt(path.points, timeMs - TAIL_MS));
    tracePath(context, view, path.points, gapMs, first, last, 'all');
    const tip = path.points[last];
    if (!tip) continue;
    const x = screenX(view, at.x);
    const y = screenY(view, at.y);
    context.moveTo(screenX(view, tip[1]), screenY(view, tip[2]));
    context.lineTo(x, y);
    dots.moveTo(x + radius, y);
    dots.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.strokeStyle = palette.tail;
  context.lineWidth = Math.max(1.25, radius * 0.55);
  context.stroke();
  context.fillStyle = palette.personAround;
  context.fill(dots);
}

/** Where somebody stayed: the longer, the larger, from 20 s to a quarter of an hour. */
function drawStays(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  colour: string,
  stays: readonly Stay[],
  timeMs: number,
): void {
  context.beginPath();
  for (const stay of stays) {
    const seconds = (Math.min(timeMs, stay.toMs) - stay.fromMs) / 1000;
    if (seconds <= 0) continue;
    const radius = 2.5 + Math.min(6, Math.sqrt(seconds) / 5);
    const x = screenX(view, stay.x);
    const y = screenY(view, stay.y);
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = palette.ground;
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
}

/** One path as far as the moment that is shown, and faintly where it goes on. */
export function drawWay(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  prepared: PreparedWay,
  timeMs: number,
  at: PathPosition | null,
): void {
  const { gapMs, runs } = prepared;
  const { way, stays } = prepared.course;
  const now = indexAt(way, timeMs);
  const tip = way[now];
  const dimmed = context.globalAlpha;
  context.lineJoin = 'round';
  context.lineCap = 'round';

  context.globalAlpha = 0.4 * dimmed;
  context.lineWidth = 1;
  for (const { role, from, to } of runs) {
    if (to <= now) continue;
    context.beginPath();
    tracePath(context, view, way, gapMs, Math.max(0, now, from), to, 'all');
    context.strokeStyle = palette.roles[role];
    context.stroke();
  }
  context.globalAlpha = dimmed;

  context.beginPath();
  tracePath(context, view, way, gapMs, 0, now, 'all');
  context.strokeStyle = palette.casing;
  context.lineWidth = 4;
  context.stroke();
  context.lineWidth = 2;
  for (const { role, from, to } of runs) {
    if (from > now || now < 0) break;
    context.strokeStyle = palette.roles[role];
    context.beginPath();
    tracePath(context, view, way, gapMs, from, Math.min(to, now), 'measured');
    if (at && tip && now <= to) {
      context.moveTo(screenX(view, tip[1]), screenY(view, tip[2]));
      context.lineTo(screenX(view, at.x), screenY(view, at.y));
    }
    // Round ends would fill the gaps of a dash.
    if (DASHES[role].length > 0) context.lineCap = 'butt';
    context.setLineDash([...DASHES[role]]);
    context.stroke();
    context.lineCap = 'round';
    context.setLineDash(PREDICTED_DASH);
    context.beginPath();
    tracePath(context, view, way, gapMs, from, Math.min(to, now), 'predicted');
    context.stroke();
    context.setLineDash([]);
  }
  context.lineCap = 'butt';
  const shownRole = runs.findLast(({ from }) => from <= now)?.role ?? runs[0]?.role;
  if (shownRole) drawStays(context, view, palette, palette.roles[shownRole], stays, timeMs);
}

/** A glow along what somebody walked in a stretch of time. */
export function drawGlow(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  { course, gapMs }: PreparedWay,
  fromMs: number,
  toMs: number,
): void {
  const from = Math.max(0, indexAt(course.way, fromMs));
  context.beginPath();
  tracePath(context, view, course.way, gapMs, from, indexAt(course.way, toMs), 'all');
  context.save();
  context.globalAlpha = 0.28;
  context.strokeStyle = palette.accent;
  context.lineWidth = 9;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.stroke();
  context.restore();
}

/** Half the height of a person of the story, pixels. */
export const dotRadius = (view: View): number => Math.min(11, Math.max(8, 0.3 * view.scale));

/** A person of the story: the shape and colour of the role, hollow while no detection supports it, and how sure the place is. */
export function drawDot(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  at: PathPosition,
  role: Role,
  lit: boolean,
): void {
  const x = screenX(view, at.x);
  const y = screenY(view, at.y);
  const radius = dotRadius(view);
  const colour = palette.roles[role];
  const dimmed = context.globalAlpha;
  context.beginPath();
  context.arc(x, y, Math.max(radius + 3, at.sigmaMetres * view.scale), 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.globalAlpha = 0.16 * dimmed;
  context.fill();
  context.globalAlpha = dimmed;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.stroke();
  context.setLineDash([]);
  if (lit) {
    context.beginPath();
    context.arc(x, y, radius + 6, 0, 2 * Math.PI);
    context.strokeStyle = palette.accent;
    context.lineWidth = 2;
    context.stroke();
  }
  context.beginPath();
  traceShape(context, role, x, y, radius);
  context.lineJoin = 'miter';
  context.fillStyle = at.measured ? colour : palette.ground;
  context.fill();
  context.strokeStyle = at.measured ? palette.casing : colour;
  context.lineWidth = 1.5;
  context.stroke();
}
