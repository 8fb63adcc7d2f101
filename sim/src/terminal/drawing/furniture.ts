/** What stands on the floor, drawn from above. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Obstacle, Queue, Spot } from '../terminal.ts';
import { number, type Sheet } from './sheet.ts';

function inset(polygon: readonly PlanPoint[], metres: number): PlanPoint[] {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [sx, sy] = [Math.max(0, 1 - (2 * metres) / (x1 - x0)), Math.max(0, 1 - (2 * metres) / (y1 - y0))];
  return polygon.map(([x, y]) => [cx + (x - cx) * sx, cy + (y - cy) * sy]);
}

export function drawObstacle(sheet: Sheet, { kind, polygon, heightMetres }: Obstacle): string {
  const outline = (className: string, points = polygon) =>
    `<path class="${className}" d="${sheet.path(points, true)}"/>`;
  switch (kind) {
    case 'belt':
      return outline('furniture') + outline('edge', inset(polygon, 0.45)) + outline('edge', inset(polygon, 0.9));
    case 'barrier':
      return outline('rope');
    case 'pillar':
      return outline('pillar');
    case 'room':
      return outline('room');
    case 'planter':
      return outline('green');
    case 'scanner':
      return outline('furniture') + (heightMetres > 1.5 ? outline('edge', inset(polygon, 0.2)) : '');
    case 'desk':
      return outline('furniture') + outline('edge', inset(polygon, 0.2));
    default:
      return outline('furniture');
  }
}

/** Chairs where people sit. Other places to stay are bare floor. */
export function drawSpot(sheet: Sheet, { kind, at, headingDegrees = 0 }: Spot): string {
  if (kind !== 'seat' && kind !== 'cafe') return '';
  const size = 0.42 * sheet.scale;
  const [x, y] = [sheet.x(at[0]), sheet.y(at[1])];
  // The chair stands at the body's back.
  const back = kind === 'seat' ? 0.12 : 0;
  const angle = (headingDegrees * Math.PI) / 180;
  const [cx, cy] = [x - back * sheet.scale * Math.cos(angle), y + back * sheet.scale * Math.sin(angle)];
  const corner = kind === 'seat' ? 1.2 : size / 2;
  return `<rect class="chair" x="${number(cx - size / 2)}" y="${number(cy - size / 2)}" width="${number(size)}" height="${number(size)}" rx="${number(corner)}"/>`;
}

export function drawQueue(sheet: Sheet, { lane, desks }: Queue): string {
  const chevrons = desks.map(({ at, leaveBy }) => {
    const angle = (-Math.atan2(leaveBy[1] - at[1], leaveBy[0] - at[0]) * 180) / Math.PI;
    return `<path class="chevron" d="M-2.5-3L3 0L-2.5 3L-1 0Z" transform="translate(${number(sheet.x(at[0]))} ${number(sheet.y(at[1]))}) rotate(${number(angle)})"/>`;
  });
  return `<path class="lane" d="${sheet.path(lane, false)}"/>${chevrons.join('')}`;
}
