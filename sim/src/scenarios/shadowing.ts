/** One follows another at 8 to 25 m and stops when the other stops; or two go the same way by chance. */
import type { Act, Script } from '../passengers/acts.ts';
import type { Person } from '../passengers/floor.ts';
import { pick } from '../passengers/streams.ts';
import { leaveBy, pause, untilArrived, walk } from '../passengers/together.ts';
import type { Spot } from '../terminal/terminal.ts';
import { CannotBeStaged, cast, enterAll, type Staged } from './casting.ts';
import { townSpots } from './route.ts';

/** A walk with pauses: the spots one after another. */
function tour({ floor, random, route }: Staged): number[] {
  const spots = townSpots(floor, route, [
    'pillar',
    'screen',
    'shop',
    'phone',
    'meeting-point',
    'cafe',
    'driver',
    'counter',
    'seat',
  ]);
  if (spots.length < 2) throw new CannotBeStaged('fewer than two places to walk between');
  const chosen: number[] = [];
  const [door] = floor.places.door(route.town[0] as string).points as [[number, number]];
  let [fromX, fromY] = door;
  let [x, y] = door;
  for (let attempt = 0; attempt < 200 && chosen.length < 5; attempt += 1) {
    const next = pick(random, spots);
    const [toX, toY] = (floor.places.spots[next] as Spot).at;
    const [ux, uy] = [x - fromX, y - fromY];
    const [vx, vy] = [toX - x, toY - y];
    const length = Math.hypot(vx, vy);
    // Legs long enough to be a walk; straight back only where nothing else is left.
    if (length < 10 || (attempt < 120 && ux * vx + uy * vy < -0.3 * Math.hypot(ux, uy) * length)) continue;
    chosen.push(next);
    [fromX, fromY, x, y] = [x, y, toX, toY];
  }
  if (chosen.length < 2) throw new CannotBeStaged('no walk of any length between the places');
  return chosen;
}

function* visitSpots(staged: Staged, act: Act, person: Person, spots: readonly number[]): Script {
  const { floor, random } = staged;
  for (const spot of spots) {
    yield* walk(floor, act, [person], floor.places.toSpot(spot), { within: random.between(0.9, 1.6) });
    yield* pause(floor, [person], random.between(8, 50));
  }
}

export function* shadowing(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spots = tour(staged);
  const ahead = cast(staged, 'ahead', { speed: 1.2, kind: 'visitor' });
  const behind = cast(staged, 'behind', { speed: 1.25, kind: 'visitor' });
  const metres = random.between(10, 17);
  truth.place = floor.places.terminal.zones[0]?.id ?? route.itinerary.id;
  const [first, ...rest] = spots as [number, ...number[]];
  truth.place = floor.places.spots[first]?.id ?? truth.place;
  yield* enterAll(staged, [ahead], route.town);
  truth.begin();
  yield* walk(floor, act, [ahead], floor.places.toSpot(first), { within: 1.2 });
  // Who follows comes while the other looks at something.
  yield* enterAll(staged, [behind], route.town);
  let reached = metres;
  do {
    yield* walk(floor, act, [behind], floor.places.toSpot(first), { within: reached });
    reached -= 1.5;
  } while (
    reached > 4 &&
    !(
      floor.distance(behind, ahead) < 22 &&
      floor.places.clear(floor.x(behind), floor.y(behind), floor.x(ahead), floor.y(ahead))
    )
  );
  yield* pause(floor, [behind], random.between(4, 20));
  floor.following.link(behind.slot, ahead.slot, { how: 'shadow', metres }, 1.75);
  truth.open('shadowed', behind, ahead);
  yield* visitSpots(staged, act, ahead, rest);
  const door = pick(random, route.town);
  yield* walk(floor, act, [ahead], floor.places.toDoor(door), { within: 2 });
  truth.close('shadowed');
  floor.following.unlink(behind.slot);
  const off = floor.start((own) => leaveBy(floor, own, [ahead], [door]), act);
  yield* leaveBy(floor, act, [behind], [door]);
  while (!off.done) yield 60;
}

/** The same spots in the same order, some metres apart, each with halts of its own. */
export function* sameWay(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spots = tour(staged);
  truth.place = floor.places.spots[spots[0] as number]?.id ?? route.itinerary.id;
  const one = cast(staged, 'ahead', { speed: 1.2, kind: 'visitor' });
  const other = cast(staged, 'behind', { speed: 1.2, kind: 'visitor' });
  const door = pick(random, route.town);
  yield* enterAll(staged, [one], [door]);
  truth.begin();
  const first = floor.start(function* (own) {
    yield* visitSpots(staged, own, one, spots);
    yield* leaveBy(floor, own, [one], route.town);
  }, act);
  yield random.between(7, 16);
  yield* enterAll(staged, [other], [door]);
  truth.open('same-way', other, one);
  const second = floor.start(function* (own) {
    // Shares the first part of the way, and then has something else to do.
    yield* visitSpots(staged, own, other, spots.slice(0, 3));
    truth.close('same-way');
    yield* leaveBy(floor, own, [other], route.town);
  }, act);
  while (!first.done || !second.done) yield 60;
  yield* untilArrived(floor, []);
}
