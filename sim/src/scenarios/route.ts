/** Which way a scenario goes through a terminal that it does not know: an itinerary cut at its last (or first) control. */
import type { Floor } from '../passengers/floor.ts';
import { below, pick, pickWeighted } from '../passengers/streams.ts';
import type { Random } from '../random.ts';
import type { Itinerary, Portal, Spot, Stage } from '../terminal/terminal.ts';

export interface Route {
  readonly itinerary: Itinerary;
  readonly enter: readonly string[];
  readonly leave: readonly string[];
  /** Stages up to the last queue with it, and those after it; without entering and leaving. */
  readonly before: readonly Stage[];
  readonly after: readonly Stage[];
  /** Stages until one is where people of the town can be, and those afterwards. */
  readonly toMeeting: readonly Stage[];
  readonly onward: readonly Stage[];
  /** Doors to the town: whoever does not fly comes and goes by them. */
  readonly town: readonly string[];
}

const TOWN: ReadonlySet<Portal['kind']> = new Set(['exit', 'station', 'lift', 'stairs']);
const scratch = new Float64Array(2);

function stagesBetween(itinerary: Itinerary): Stage[] {
  return itinerary.stages.filter((stage) => !('enter' in stage) && !('leave' in stage) && !('visit' in stage));
}

function doors(itinerary: Itinerary, end: 'enter' | 'leave'): readonly string[] {
  const found: string[] = [];
  for (const stage of itinerary.stages) {
    if (end === 'enter' && 'enter' in stage) return stage.enter;
    if (end === 'leave' && 'leave' in stage) found.push(...stage.leave);
  }
  return found;
}

/** An itinerary of passengers here, null where there is none that fits. Those who arrive before those who depart. */
export function drawRoute(floor: Floor, random: Random, control: boolean): Route | null {
  const { itineraries, portals } = floor.places.terminal;
  for (const kind of ['arrival', 'departure', 'transfer', 'visitor'] as const) {
    const fitting = itineraries.filter(
      (one) =>
        one.of === kind &&
        doors(one, 'enter').length > 0 &&
        doors(one, 'leave').length > 0 &&
        (!control || one.stages.some((stage) => 'queue' in stage)),
    );
    if (fitting.length === 0) continue;
    const itinerary = pickWeighted(random, fitting, (one) => one.weight);
    const stages = stagesBetween(itinerary);
    const cut = stages.findLastIndex((stage) => 'queue' in stage) + 1;
    const [enter, leave] = [doors(itinerary, 'enter'), doors(itinerary, 'leave')];
    const own = kind === 'arrival' ? leave : enter;
    const town = own.filter((id) => TOWN.has(portals.find((portal) => portal.id === id)?.kind ?? 'gate'));
    return {
      itinerary,
      enter,
      leave,
      before: stages.slice(0, cut),
      after: stages.slice(cut),
      toMeeting: kind === 'arrival' ? stages.slice(0, cut) : [],
      onward: kind === 'arrival' ? [] : stages,
      town: town.length > 0 ? town : own,
    };
  }
  return null;
}

/** Metres from a point to the nearest of the doors. */
function metresTo(floor: Floor, doorIds: readonly string[], x: number, y: number): number {
  return Math.min(...doorIds.map((id) => floor.places.toDoor(id).direction(x, y, scratch)));
}

/**
 * Spots on the town's side of the control: nearer to the town than where one comes out of the last line (or, for whoever
 * departs, joins the first).
 */
export function townSpots(floor: Floor, route: Route, kinds: readonly Spot['kind'][]): number[] {
  const limit = controlMetres(floor, route);
  return floor.places.spots.flatMap((spot, index) =>
    kinds.includes(spot.kind) && metresTo(floor, route.town, spot.at[0], spot.at[1]) < limit ? [index] : [],
  );
}

/** Spots behind the control, for whoever goes through it: nearer to where they leave than where they come out of the line. */
export function spotsBehindControl(floor: Floor, route: Route, kind: Spot['kind']): number[] {
  const stage = route.itinerary.stages.findLast((one) => 'queue' in one);
  const lines = stage && 'queue' in stage ? stage.queue : [];
  const out = floor.places.terminal.queues.filter((one) => lines.includes(one.id)).flatMap((one) => one.desks);
  const limit = Math.max(0, ...out.map(({ leaveBy: [x, y] }) => metresTo(floor, route.leave, x, y)));
  return floor.places.spots.flatMap((spot, index) =>
    spot.kind === kind && metresTo(floor, route.leave, spot.at[0], spot.at[1]) < limit ? [index] : [],
  );
}

function controlMetres(floor: Floor, route: Route): number {
  const lines = route.itinerary.stages.flatMap((stage) => ('queue' in stage ? stage.queue : []));
  let least = Infinity;
  for (const id of lines) {
    const queue = floor.places.terminal.queues.find((one) => one.id === id);
    if (!queue) continue;
    const points = route.itinerary.of === 'arrival' ? queue.desks.map((desk) => desk.leaveBy) : queue.lane;
    for (const [x, y] of points) least = Math.min(least, metresTo(floor, route.town, x, y) - 1);
  }
  return least;
}

/** A place where people part and meet: a pillar, a café, before the exit. Index of a spot; null where there is none. */
export function meetingSpot(floor: Floor, random: Random, route: Route): number | null {
  const kinds: Spot['kind'][] = ['pillar', 'cafe', 'meeting-point', 'shop', 'screen', 'phone', 'driver'];
  const first = below(random, 3);
  // A kind first, so that many seats of a café do not crowd out the one pillar.
  for (let turn = 0; turn < kinds.length; turn += 1) {
    const spots = townSpots(floor, route, [kinds[(first + turn) % kinds.length] as Spot['kind']]);
    if (spots.length > 0) return pick(random, spots);
  }
  const any = townSpots(floor, route, ['seat', 'counter', 'belt']);
  return any.length > 0 ? pick(random, any) : null;
}
