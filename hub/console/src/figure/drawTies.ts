/** What joins people at the moment that is shown: who leads whom, who walks beside whom, who keeps behind whom. */
import type { Role } from '../../../src/score/movement.ts';
import { holdsAt, type StoryLine } from '../story/cast.ts';
import { metres } from '../words/quantity.ts';
import type { LabelBox } from './dotLabels.ts';
import { clustersOf, traceHull } from './hull.ts';
import type { Palette } from './palette.ts';
import type { PathPosition } from './path.ts';
import { type ScreenPoint, screenX, screenY, type View } from './view.ts';

export interface Standing {
  readonly line: StoryLine;
  readonly at: PathPosition;
}

/** Companions further apart than this are not drawn as one group. */
const TOGETHER_METRES = 4;
const HEAD_PIXELS = 8;
const LEAST_BOW_PIXELS = 16;
/** A tie shorter than this has no room for words. */
const LEAST_TIE_PIXELS = 48;

const onScreen = (view: View, at: { readonly x: number; readonly y: number }): ScreenPoint => ({
  x: screenX(view, at.x),
  y: screenY(view, at.y),
});

/** A bowed arrow. */
function drawArrow(
  context: CanvasRenderingContext2D,
  from: ScreenPoint,
  to: ScreenPoint,
  clear: number,
  colours: { readonly line: string; readonly casing: string },
): void {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 1) return;
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  // Beside the two, not between them: they may walk arm in arm, and their dots then lie over one another.
  const near = Math.max(0, 1 - length / (4 * clear));
  const outward = (point: ScreenPoint, along: number) => ({
    x: point.x + clear * (along * ux - Math.sqrt(1 - along * along) * uy),
    y: point.y + clear * (along * uy + Math.sqrt(1 - along * along) * ux),
  });
  const straight = length > 4 * clear;
  const start = straight ? { x: from.x + clear * ux, y: from.y + clear * uy } : outward(from, -0.7 * near);
  const end = straight ? { x: to.x - clear * ux, y: to.y - clear * uy } : outward(to, 0.7 * near);
  const bow = straight ? 0.12 * length : clear + LEAST_BOW_PIXELS;
  const middle = { x: (from.x + to.x) / 2 - uy * bow, y: (from.y + to.y) / 2 + ux * bow };
  const angle = Math.atan2(end.y - middle.y, end.x - middle.x);
  const trace = () => {
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.quadraticCurveTo(middle.x, middle.y, end.x, end.y);
    for (const side of [-1, 1]) {
      context.moveTo(end.x, end.y);
      const turn = angle + Math.PI + side * 0.5;
      context.lineTo(end.x + HEAD_PIXELS * Math.cos(turn), end.y + HEAD_PIXELS * Math.sin(turn));
    }
  };
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const [width, colour] of [
    [5, colours.casing],
    [2.5, colours.line],
  ] as const) {
    trace();
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
  context.lineCap = 'butt';
}

function drawHull(
  context: CanvasRenderingContext2D,
  points: readonly ScreenPoint[],
  pad: number,
  colour: string,
): void {
  const dimmed = context.globalAlpha;
  context.beginPath();
  traceHull(context, points, pad);
  context.fillStyle = colour;
  context.globalAlpha = 0.12 * dimmed;
  context.fill();
  context.globalAlpha = 0.8 * dimmed;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.globalAlpha = dimmed;
}

function drawTie(
  context: CanvasRenderingContext2D,
  from: ScreenPoint,
  to: ScreenPoint,
  colour: string,
  dash: readonly number[],
): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.setLineDash([...dash]);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}

/** A few words on a plate of the ground, around a point. @returns what it covers. */
function drawPlate(context: CanvasRenderingContext2D, palette: Palette, text: string, at: ScreenPoint): LabelBox {
  context.font = `400 12px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const width = context.measureText(text).width + 8;
  context.beginPath();
  context.roundRect(at.x - width / 2, at.y - 9, width, 18, 4);
  context.fillStyle = palette.ground;
  context.fill();
  context.fillStyle = palette.text;
  context.fillText(text, at.x, at.y + 0.5);
  return { left: at.x - width / 2, top: at.y - 9, width, height: 18 };
}

const distance = (a: Standing, b: Standing): number => Math.hypot(a.at.x - b.at.x, a.at.y - b.at.y);

function nearest(to: Standing, among: readonly Standing[]): Standing | undefined {
  let best: Standing | undefined;
  for (const one of among) if (!best || distance(one, to) < distance(best, to)) best = one;
  return best;
}

/** Where the words on a tie stand: in its middle, or beside it where there is no room between the dots. */
function besideTie(from: ScreenPoint, to: ScreenPoint, radius: number): ScreenPoint {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  if (length > 2 * radius + LEAST_TIE_PIXELS || length === 0) return middle;
  const away = radius + LEAST_TIE_PIXELS / 2;
  return { x: middle.x - ((to.y - from.y) / length) * away, y: middle.y + ((to.x - from.x) / length) * away };
}

/** @returns what its words cover. */
export function drawTies(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  standing: readonly Standing[],
  timeMs: number,
  radius: number,
): LabelBox[] {
  const covered: LabelBox[] = [];
  const inRole = (role: Role) => standing.filter(({ line }) => holdsAt(line, role, timeMs));
  const point = (one: Standing) => onScreen(view, one.at);
  const pad = radius + 8;

  const companions = inRole('companion');
  for (const cluster of clustersOf(companions, distance, TOGETHER_METRES)) {
    if (cluster.length > 1) drawHull(context, cluster.map(point), pad, palette.roles.companion);
  }

  const flanking = inRole('flanking');
  for (const flanked of inRole('flanked')) {
    if (flanking.length > 0) drawHull(context, [flanked, ...flanking].map(point), pad, palette.roles.flanking);
  }

  const coordinators = inRole('coordinator');
  for (const contact of inRole('contact')) {
    const met = nearest(contact, coordinators);
    if (met) drawTie(context, point(met), point(contact), palette.roles.coordinator, []);
  }

  const shadowed = inRole('shadowed');
  for (const shadowing of inRole('shadowing')) {
    const ahead = nearest(shadowing, shadowed);
    if (!ahead) continue;
    const [from, to] = [point(shadowing), point(ahead)];
    drawTie(context, from, to, palette.roles.shadowing, [4, 4]);
    covered.push(drawPlate(context, palette, metres(distance(shadowing, ahead)), besideTie(from, to, radius)));
  }

  const leaders = inRole('leader');
  for (const follower of inRole('follower')) {
    for (const leader of leaders) {
      drawArrow(context, point(leader), point(follower), radius + 4, {
        line: palette.roles.leader,
        casing: palette.casing,
      });
    }
  }
  return covered;
}
