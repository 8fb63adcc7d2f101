/**
 * Which camera answers for which part of the floor where views overlap: the nearest. The others get that part as a blind
 * zone, so that each agent drops it on the device and nobody is counted twice.
 */
import type { FloorPlan, PlanPoint, Polygon, Zone } from '@safe-passage/contract';

/** The part of a polygon that is nearer to `own` than to `other` (Sutherland and Hodgman, CACM 1974, for one half-plane). */
export function nearerTo(own: PlanPoint, other: PlanPoint, polygon: Polygon): PlanPoint[] {
  const [nx, ny] = [other[0] - own[0], other[1] - own[1]];
  const middle = (nx * (own[0] + other[0]) + ny * (own[1] + other[1])) / 2;
  const beyond = ([x, y]: PlanPoint): number => nx * x + ny * y - middle;
  const kept: PlanPoint[] = [];
  for (const [i, from] of polygon.entries()) {
    const to = polygon[(i + 1) % polygon.length] ?? from;
    const [a, b] = [beyond(from), beyond(to)];
    if (a <= 0) kept.push(from);
    if (a < 0 !== b < 0 && a !== b) {
      const t = a / (a - b);
      kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
    }
  }
  return kept;
}

/** @returns the plan for the agent of one camera: what another camera sees and is nearer to is blind in it. */
export function planForCamera(plan: FloorPlan, cameraId: string): FloorPlan {
  const own = plan.cameras.find(({ id }) => id === cameraId);
  if (!own) return plan;
  const blind: Zone[] = [];
  for (const other of plan.cameras) {
    if (other.id === own.id || !other.view) continue;
    const polygon = nearerTo(other.position, own.position, other.view);
    if (polygon.length < 3) continue;
    blind.push({
      id: `left-to-${other.id}`,
      name: `Left to ${other.name ?? other.id}`.slice(0, 80),
      kind: 'blind',
      polygon,
    });
  }
  return { ...plan, zones: [...plan.zones, ...blind] };
}
