/** Words beside the dots of a story, none over another, and each on its side as long as it can stay there. */
import type { Palette } from './palette.ts';
import type { ScreenPoint, Size } from './view.ts';

export interface DotLabel {
  readonly key: string;
  readonly text: string;
  readonly at: ScreenPoint;
  /** The edge of its plate. */
  readonly colour: string;
  readonly dimmed: boolean;
}

export interface LabelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const HEIGHT = 22;
const INSET = 6;
const EDGE = 4;

/** Directions from the dot: right and left first, then above and below, then the corners. */
const SIDES: readonly (readonly [number, number])[] = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [0.8, -1],
  [-0.8, -1],
  [0.8, 1],
  [-0.8, 1],
];
const DISTANCES = [8, 30];

const overlaps = (a: LabelBox, b: LabelBox): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

function boxAt(at: ScreenPoint, width: number, radius: number, side: number): LabelBox | null {
  const direction = SIDES[side % SIDES.length];
  const distance = DISTANCES[Math.floor(side / SIDES.length)];
  if (!direction || distance === undefined) return null;
  const [dx, dy] = direction;
  const x = at.x + dx * (radius + distance) + (dx === 0 ? -width / 2 : dx < 0 ? -width : 0);
  const y = at.y + dy * (radius + distance) + (dy === 0 ? -HEIGHT / 2 : dy < 0 ? -HEIGHT : 0);
  return { left: x, top: y, width, height: HEIGHT };
}

/**
 * Places labels one after another, the side that each had before first.
 *
 * @param widths of the labels, pixels.
 * @param obstacles what else is not to be covered.
 * @param before sides by key, from the last time; what is found now is written into it.
 * @returns a box for each; null where there is no room.
 */
export function placeBeside(
  labels: readonly Pick<DotLabel, 'key' | 'at'>[],
  widths: readonly number[],
  radius: number,
  size: Size,
  before: Map<string, number>,
  obstacles: readonly LabelBox[] = [],
): (LabelBox | null)[] {
  const dots = labels.map(({ at }) => ({
    left: at.x - radius,
    top: at.y - radius,
    width: 2 * radius,
    height: 2 * radius,
  }));
  const taken: LabelBox[] = [...obstacles];
  return labels.map(({ key, at }, i) => {
    const isFree = (box: LabelBox) =>
      box.left >= EDGE &&
      box.top >= EDGE &&
      box.left + box.width <= size.width - EDGE &&
      box.top + box.height <= size.height - EDGE &&
      !taken.some((other) => overlaps(box, other)) &&
      !dots.some((dot, k) => k !== i && overlaps(box, dot));
    const kept = before.get(key) ?? 0;
    for (let n = -1; n < SIDES.length * DISTANCES.length; n++) {
      const side = n < 0 ? kept : n;
      const box = boxAt(at, widths[i] ?? 0, radius, side);
      if (!box || !isFree(box)) continue;
      before.set(key, side);
      taken.push(box);
      return box;
    }
    return null;
  });
}

/** Draws labels and remembers on which side each was. */
export function createDotLabels(): (
  context: CanvasRenderingContext2D,
  size: Size,
  palette: Palette,
  labels: readonly DotLabel[],
  radius: number,
  obstacles: readonly LabelBox[],
) => void {
  const sides = new Map<string, number>();
  const widths = new Map<string, number>();
  let widthsOf = '';
  return (context, size, palette, labels, radius, obstacles) => {
    context.font = `600 12px ${palette.font}`;
    if (widthsOf !== context.font || widths.size > 200) {
      widths.clear();
      widthsOf = context.font;
    }
    const measured = labels.map(({ text }) => {
      const known = widths.get(text) ?? context.measureText(text).width + 2 * INSET;
      widths.set(text, known);
      return known;
    });
    const boxes = placeBeside(labels, measured, radius, size, sides, obstacles);
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    labels.forEach((label, i) => {
      const box = boxes[i];
      if (!box) return;
      context.globalAlpha = label.dimmed ? 0.4 : 1;
      const x = Math.min(box.left + box.width, Math.max(box.left, label.at.x));
      const y = Math.min(box.top + box.height, Math.max(box.top, label.at.y));
      // A label that had to go further away is tied to its dot.
      if (Math.hypot(x - label.at.x, y - label.at.y) > radius + 16) {
        context.beginPath();
        context.moveTo(label.at.x, label.at.y);
        context.lineTo(x, y);
        context.strokeStyle = label.colour;
        context.lineWidth = 1;
        context.stroke();
      }
      context.beginPath();
      context.roundRect(box.left, box.top, box.width, box.height, 6);
      context.fillStyle = palette.ground;
      context.fill();
      context.strokeStyle = label.colour;
      context.lineWidth = 1;
      context.stroke();
      context.fillStyle = palette.text;
      context.fillText(label.text, box.left + INSET, box.top + HEIGHT / 2 + 0.5);
    });
    context.globalAlpha = 1;
  };
}
