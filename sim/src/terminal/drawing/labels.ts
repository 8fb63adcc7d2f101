/** Names of zones, each where it covers least of what is drawn. */
import type { PlanPoint, Zone } from '@safe-passage/contract';
import { contains, signedArea } from '../polygon.ts';
import { type Box, escaped, number, overlapArea, type Sheet, textWidth } from './sheet.ts';

const SIZES = [12.5, 11, 9.5, 8.5] as const;
const LINE = 1.15;

/** Ways to set a name in one, two or three lines. */
function settings(name: string): string[][] {
  const words = name.split(' ');
  const all: string[][] = [[name]];
  for (let i = 1; i < words.length; i += 1) {
    all.push([words.slice(0, i).join(' '), words.slice(i).join(' ')]);
    for (let j = i + 1; j < words.length; j += 1) {
      all.push([words.slice(0, i).join(' '), words.slice(i, j).join(' '), words.slice(j).join(' ')]);
    }
  }
  return all;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly lines: readonly string[];
  readonly box: Box;
  readonly cost: number;
}

function placesOf(sheet: Sheet, zone: Zone): { point: PlanPoint; off: number }[] {
  const xs = zone.polygon.map(([x]) => x);
  const ys = zone.polygon.map(([, y]) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const middle: PlanPoint = [(x0 + x1) / 2, (y0 + y1) / 2];
  const step = Math.max(0.5, Math.sqrt(Math.abs(signedArea(zone.polygon))) / 14);
  const points: { point: PlanPoint; off: number }[] = [];
  for (let y = middle[1] - step * Math.floor((middle[1] - y0) / step); y <= y1; y += step) {
    for (let x = middle[0] - step * Math.floor((middle[0] - x0) / step); x <= x1; x += step) {
      if (!contains(zone.polygon, x, y)) continue;
      points.push({ point: [x, y], off: Math.hypot(x - middle[0], y - middle[1]) * sheet.scale });
    }
  }
  return points;
}

function insideCorners(sheet: Sheet, zone: Zone, point: PlanPoint, width: number, height: number): boolean {
  const [dx, dy] = [width / 2 / sheet.scale, height / 2 / sheet.scale];
  const at = (i: number, j: number) => contains(zone.polygon, point[0] + i * dx, point[1] + j * dy);
  return at(-1, -1) && at(1, -1) && at(-1, 1) && at(1, 1) && at(0, -1) && at(0, 1);
}

function best(sheet: Sheet, zone: Zone, taken: readonly Box[], labels: readonly Box[]): Place | null {
  const points = placesOf(sheet, zone);
  let found: Place | null = null;
  for (const size of SIZES) {
    for (const lines of settings(zone.name)) {
      const width = Math.max(...lines.map((line) => textWidth(line, size)));
      const height = lines.length * size * LINE;
      const setting = (SIZES[0] - size) * 45 + (lines.length - 1) * 32;
      for (const { point, off } of points) {
        const cost = setting + off * 0.6;
        if (found && cost >= found.cost) continue;
        if (!insideCorners(sheet, zone, point, width + 4, height + 2)) continue;
        const [x, y] = [sheet.x(point[0]), sheet.y(point[1])];
        const box = { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
        if (labels.some((other) => overlapArea(box, other) > 0)) continue;
        const covered = taken.reduce((sum, other) => sum + overlapArea(box, other), 0);
        const whole = cost + covered * 0.8;
        if (!found || whole < found.cost) found = { x, y, size, lines, box, cost: whole };
      }
    }
  }
  return found;
}

/**
 * @param taken what names should not cover.
 * @returns SVG texts. A zone too small for its name gets none.
 */
export function labelsOf(sheet: Sheet, zones: readonly Zone[], taken: readonly Box[]): string[] {
  const labels: Box[] = [];
  const bySize = [...zones].sort((a, b) => Math.abs(signedArea(a.polygon)) - Math.abs(signedArea(b.polygon)));
  return bySize.flatMap((zone) => {
    const place = best(sheet, zone, taken, labels);
    if (!place) return [];
    labels.push(place.box);
    const { x, y, size, lines } = place;
    const first = y - ((lines.length - 1) * size * LINE) / 2 + size * 0.36;
    const spans = lines
      .map((line, i) => `<tspan x="${number(x)}" y="${number(first + i * size * LINE)}">${escaped(line)}</tspan>`)
      .join('');
    return [`<text class="name" font-size="${size}">${spans}</text>`];
  });
}
