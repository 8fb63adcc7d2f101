import { traceHull } from './hull.ts';
import type { FigureLayer } from './layer.ts';
import type { PeopleField } from './peopleField.ts';
import { type ScreenPoint, screenX, screenY, type View } from './view.ts';

export interface LiveOptions {
  readonly still: boolean;
  readonly onChange: (redraw: () => void) => () => void;
  /** Absent: everybody is shown. */
  readonly people?: boolean;
  /** Who is together, for an outline around each group. Absent: none is shown. */
  readonly groups?: () => readonly (readonly string[])[];
}

const place = new Float64Array(2);

/** Where the members of a group are on the screen; those that are not known are left out. */
function membersAt(field: PeopleField, group: readonly string[], timeMs: number, view: View): ScreenPoint[] {
  const points: ScreenPoint[] = [];
  for (const person of group) {
    if (!field.positionOf(person, timeMs, place)) continue;
    points.push({ x: screenX(view, place[0] ?? 0), y: screenY(view, place[1] ?? 0) });
  }
  return points;
}

/** The floor as it is now: everybody as a dot with a short tail, a ring where no detection supports the position. */
export function liveLayer(field: PeopleField, options: LiveOptions): FigureLayer {
  const { people = true, groups } = options;
  return {
    subscribe: options.onChange,
    draw(context, view, palette, nowMs) {
      const timeMs = options.still ? field.latestMs : field.displayTime(nowMs);
      const placeX = (x: number) => screenX(view, x);
      const placeY = (y: number) => screenY(view, y);
      const radius = Math.min(7, Math.max(2.5, 0.22 * view.scale));

      if (groups) {
        context.beginPath();
        for (const group of groups()) {
          const points = membersAt(field, group, timeMs, view);
          if (points.length > 1) traceHull(context, points, radius + 5);
        }
        context.strokeStyle = palette.zoneLabel;
        context.lineWidth = 1.25;
        context.stroke();
      }
      if (!people) return groups !== undefined && !options.still && field.isMoving(nowMs);

      context.beginPath();
      field.traceTails(context, timeMs, placeX, placeY);
      context.strokeStyle = palette.tail;
      context.lineWidth = Math.max(1.25, radius * 0.55);
      context.lineJoin = 'round';
      context.stroke();

      context.beginPath();
      field.traceDots(context, timeMs, placeX, placeY, radius, false);
      context.fillStyle = palette.person;
      context.fill();

      context.beginPath();
      field.traceDots(context, timeMs, placeX, placeY, radius - 0.5, true);
      context.strokeStyle = palette.person;
      context.lineWidth = 1.25;
      context.stroke();
      return !options.still && field.isMoving(nowMs);
    },
  };
}
