/** Whether people can stand where a terminal puts them, and get there on every way that it sends them. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Navigator } from '../navigate/navigator.ts';
import type { Tell } from './check.ts';
import { contains } from './polygon.ts';
import type { Spot, Stage, Terminal } from './terminal.ts';

/** Two bodies that stay side by side are at least this far apart, metres. */
const ELBOW_METRES = 0.5;
const ON_FLOOR = 'nobody can stand there: move it 0.45 m away from walls and obstacles';
const NO_WAY = 'no way leads there from the stage before; open a door, or leave the stage out';

/** Spots that a stage may use. Of a stage with zones only those that lie in one of them. */
function spotsOf(terminal: Terminal, stage: Extract<Stage, { stay: unknown }>): readonly Spot[] {
  const zones = stage.zones && terminal.zones.filter(({ id }) => stage.zones?.includes(id));
  return terminal.spots.filter(
    ({ kind, at }) => kind === stage.stay && (!zones || zones.some(({ polygon }) => contains(polygon, at[0], at[1]))),
  );
}

/** A place on a portal's line where one can stand. @returns null where there is none. */
function onPortal(navigator: Navigator, [a, b]: readonly [PlanPoint, PlanPoint]): PlanPoint | null {
  for (let i = 1; i < 20; i += 1) {
    // From the middle outwards.
    const t = 0.5 + (i % 2 === 1 ? 1 : -1) * Math.floor(i / 2) * 0.05;
    const point: PlanPoint = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
    if (navigator.grid.isWalkable(...point)) return point;
  }
  return null;
}

/** Places of a zone where one can stand, one for each connected part of the floor. */
function inZone(navigator: Navigator, polygon: readonly PlanPoint[]): PlanPoint[] {
  const { grid } = navigator;
  const byRegion = new Map<number, PlanPoint>();
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  grid.over(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (cell, x, y) => {
    const region = grid.region[cell] as number;
    if (region >= 0 && !byRegion.has(region) && contains(polygon, x, y)) byRegion.set(region, [x, y]);
  });
  return [...byRegion.values()];
}

/** Tells where somebody cannot stand or get to. The names that stages use must exist. */
export function checkWays(terminal: Terminal, navigator: Navigator, tell: Tell): void {
  const { grid } = navigator;
  const stands = (field: string, point: PlanPoint) => {
    if (!grid.isWalkable(...point)) tell(field, point, ON_FLOOR);
  };
  const portals = new Map<string, PlanPoint>();
  for (const [i, { id, line }] of terminal.portals.entries()) {
    const point = onPortal(navigator, line);
    if (point) portals.set(id, point);
    else tell(`portals.${i}.line`, id, 'a wall or an obstacle covers it; leave a gap of 0.8 m at least');
  }
  for (const [i, { at }] of terminal.spots.entries()) {
    stands(`spots.${i}.at`, at);
    const near = terminal.spots.findIndex((other, j) => j < i && apart(at, other.at) < ELBOW_METRES);
    if (near >= 0) tell(`spots.${i}.at`, at, `spots.${near} is nearer than ${ELBOW_METRES} m; move one`);
  }
  for (const [i, queue] of terminal.queues.entries()) checkQueue(navigator, queue, `queues.${i}`, stands, tell);

  const zones = new Map(terminal.zones.map(({ id, polygon }) => [id, inZone(navigator, polygon)]));
  for (const [i, { stages }] of terminal.itineraries.entries()) {
    let from: readonly PlanPoint[] = [];
    for (const [j, stage] of stages.entries()) {
      const field = `itineraries.${i}.stages.${j}`;
      const { arriveAt, goOnFrom } = placesOf(terminal, portals, zones, stage);
      if (arriveAt.length === 0) tell(field, stage, 'no place of the floor belongs to it; check its zones');
      const reached = arriveAt.filter(
        (to) => from.length === 0 || from.some((at) => navigator.connected(...at, ...to)),
      );
      // Of a zone to pass any part will do; of the others each may be drawn by lot.
      const missing = 'pass' in stage && reached.length > 0 ? [] : arriveAt.filter((to) => !reached.includes(to));
      for (const to of missing) tell(field, to, NO_WAY);
      // A stage that may be left out is a place where some go on from, and those before it are too.
      const optional = 'probability' in stage && stage.probability !== undefined && stage.probability < 1;
      from = optional ? [...from, ...goOnFrom] : goOnFrom;
    }
  }
}

function checkQueue(
  navigator: Navigator,
  queue: Terminal['queues'][number],
  field: string,
  stands: (field: string, point: PlanPoint) => void,
  tell: Tell,
): void {
  for (const [i, point] of queue.lane.entries()) {
    stands(`${field}.lane.${i}`, point);
    const next = queue.lane[i + 1];
    if (next && !navigator.grid.straight(...point, ...next)) {
      tell(
        `${field}.lane.${i}`,
        [point, next],
        'something stands in this leg of the lane; move the lane or the obstacle',
      );
    }
  }
  const head = queue.lane[0] as PlanPoint;
  for (const [i, { id, at, leaveBy }] of queue.desks.entries()) {
    stands(`${field}.desks.${i}.at`, at);
    stands(`${field}.desks.${i}.leaveBy`, leaveBy);
    if (!navigator.connected(...head, ...at)) {
      tell(`${field}.desks.${i}.at`, id, "no way leads there from the queue's head; open one");
    }
    if (!navigator.connected(...at, ...leaveBy)) {
      tell(`${field}.desks.${i}.leaveBy`, id, 'no way leads there from the desk; open one');
    }
  }
}

function placesOf(
  terminal: Terminal,
  portals: ReadonlyMap<string, PlanPoint>,
  zones: ReadonlyMap<string, readonly PlanPoint[]>,
  stage: Stage,
): { arriveAt: readonly PlanPoint[]; goOnFrom: readonly PlanPoint[] } {
  const same = (places: readonly PlanPoint[]) => ({ arriveAt: places, goOnFrom: places });
  const through = (ids: readonly string[]) =>
    same(
      ids.flatMap((id) => {
        const place = portals.get(id);
        return place ? [place] : [];
      }),
    );
  if ('enter' in stage) return through(stage.enter);
  if ('leave' in stage) return through(stage.leave);
  if ('visit' in stage) return through(stage.visit);
  if ('stay' in stage) return same(spotsOf(terminal, stage).map(({ at }) => at));
  if ('pass' in stage) return same(zones.get(stage.pass) ?? []);
  const queues = terminal.queues.filter(({ id }) => stage.queue.includes(id));
  return {
    arriveAt: queues.map(({ lane }) => lane.at(-1) as PlanPoint),
    goOnFrom: queues.flatMap(({ desks }) => desks.map(({ leaveBy }) => leaveBy)),
  };
}

const apart = (a: PlanPoint, b: PlanPoint): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
