/** The marks of roles on a canvas; as SVG they are shared with the figure that the hub draws. */
import { SHAPES } from '../../../src/figure/roleMarks.ts';
import type { Role } from '../../../src/score/movement.ts';

export { DASHES, shapePath } from '../../../src/figure/roleMarks.ts';

/** Adds the shape of a role to the path that is being drawn. */
export function traceShape(
  context: Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo' | 'closePath' | 'arc'>,
  role: Role,
  x: number,
  y: number,
  radius: number,
): void {
  const shape = SHAPES[role];
  if (!shape) {
    context.moveTo(x + 0.86 * radius, y);
    context.arc(x, y, 0.86 * radius, 0, 2 * Math.PI);
    return;
  }
  shape.forEach(([dx, dy], i) => {
    if (i === 0) context.moveTo(x + radius * dx, y + radius * dy);
    else context.lineTo(x + radius * dx, y + radius * dy);
  });
  context.closePath();
}
