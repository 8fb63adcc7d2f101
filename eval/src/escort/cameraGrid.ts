/** More cameras than a plan has: what movements would come through if the hall were seen from everywhere. */
import { measuredPoints } from '@safe-passage/sim/cameras/calibrationOf.ts';
import type { Terminal, TerminalCamera } from '@safe-passage/sim/terminal/terminal.ts';

/** Fewer marks in view are no calibration: a camera that looks at a wall. */
const LEAST_MARKS = 8;
const HEIGHT_METRES = 4.6;
const PITCH_DEGREES = 45;
const REACH_METRES = 18;

/**
 * Two cameras back to back at every crossing of a grid, in turn along one diagonal and along the other, with the picture and the lens of the
 * plan's first. Those that see no floor to calibrate by are left out.
 *
 * @param metres between two crossings, about: the grid is stretched to fill the plan's bounds.
 * @returns the terminal with these cameras alone.
 */
export function withCameraGrid(terminal: Terminal, metres: number): Terminal {
  const [like] = terminal.cameras;
  if (!like) throw new RangeError(`the plan ${terminal.id} has no camera to copy`);
  const [[left, bottom], [right, top]] = terminal.bounds;
  const across = Math.max(1, Math.round((right - left) / metres));
  const along = Math.max(1, Math.round((top - bottom) / metres));
  const cameras: TerminalCamera[] = [];
  for (let k = 0; k < 2 * across * along; k++) {
    const crossing = k >> 1;
    const [column, row] = [crossing % across, Math.floor(crossing / across)];
    cameras.push({
      ...like,
      id: `cam-${k + 1}`,
      name: `Grid ${column + 1}/${row + 1}${k % 2 === 0 ? 'a' : 'b'}`,
      position: [left + ((column + 0.5) * (right - left)) / across, bottom + ((row + 0.5) * (top - bottom)) / along],
      heightMetres: HEIGHT_METRES,
      pitchDegrees: PITCH_DEGREES,
      headingDegrees: 45 + 90 * ((column + row) % 2) + 180 * (k % 2),
      reachMetres: REACH_METRES,
    });
  }
  return { ...terminal, cameras: cameras.filter((camera) => measuredPoints(terminal, camera).length >= LEAST_MARKS) };
}
