import type { FigureLayer } from './layer.ts';
import type { PeopleField } from './peopleField.ts';
import { screenX, screenY } from './view.ts';

/** The floor as it is now: everybody as a dot with a short tail, a ring where no detection supports the position. */
export function liveLayer(
  field: PeopleField,
  options: { readonly still: boolean; readonly onChange: (redraw: () => void) => () => void },
): FigureLayer {
  return {
    subscribe: options.onChange,
    draw(context, view, palette, nowMs) {
      const timeMs = options.still ? field.latestMs : field.displayTime(nowMs);
      const placeX = (x: number) => screenX(view, x);
      const placeY = (y: number) => screenY(view, y);
      const radius = Math.min(7, Math.max(2.5, 0.22 * view.scale));

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
