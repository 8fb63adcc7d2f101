/** A terminal as edge and hub know it. */
import type { FloorPlan, PlanCamera, PlanPoint } from '@safe-passage/contract';
import type { Obstacle, Terminal } from './terminal.ts';
import { floorView } from './view.ts';

/** What an airport's drawing shows as built; ropes, chairs and tables are moved about. */
const built = (obstacle: Obstacle): boolean => !['barrier', 'seats', 'table', 'planter'].includes(obstacle.kind);

/**
 * The floor plan of the contract: zones as they are, walls with the outlines of what is built in, and for each camera what
 * it sees of the floor.
 */
export function floorPlanOf(terminal: Terminal): FloorPlan {
  return {
    id: terminal.id,
    name: terminal.name,
    bounds: terminal.bounds,
    walls: [
      ...terminal.walls,
      ...terminal.obstacles.filter(built).map(({ polygon }): PlanPoint[] => [...polygon, polygon[0] as PlanPoint]),
    ],
    zones: terminal.zones,
    cameras: terminal.cameras.map((camera): PlanCamera => {
      const { id, name, position } = camera;
      const view = floorView(terminal, camera);
      return view ? { id, name, position, view } : { id, name, position };
    }),
    northDegrees: terminal.northDegrees,
  };
}
