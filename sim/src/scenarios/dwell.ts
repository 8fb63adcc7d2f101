/** Somebody stays long where nobody waits; or is on the telephone there, or waits for a lift. */
import type { PlanPoint } from '@safe-passage/contract';
import type { Act, Script } from '../passengers/acts.ts';
import type { Person } from '../passengers/floor.ts';
import { pick } from '../passengers/streams.ts';
import { circle, leaveBy, walk, walkTo } from '../passengers/together.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { CannotBeStaged, cast, enterAll, type Staged } from './casting.ts';

interface Corner {
  readonly key: string;
  readonly zone: string;
  readonly at: PlanPoint;
}

/** Points of transit zones, away from seats and belts: the same few each time, for each has a way of its own. */
function corners({ floor }: Staged): Corner[] {
  const { zones, spots } = floor.places.terminal;
  const kinds: Terminal['zones'][number]['kind'][] = ['transit', 'exit'];
  for (const kind of kinds) {
    const found = zones
      .filter((zone) => zone.kind === kind)
      .flatMap((zone) =>
        floor.places
          .pointsIn(zone.id, 5)
          .filter(([x, y]) => spots.every((spot) => Math.hypot(spot.at[0] - x, spot.at[1] - y) > 2.5))
          .filter(([x, y]) => floor.places.roomy(x, y, 0.8))
          .slice(0, 6)
          .map((at, index): Corner => ({ key: `corner ${zone.id} ${index}`, zone: zone.id, at })),
      );
    if (found.length > 0) return found;
  }
  return [];
}

const MINUTES = { from: 10, to: 28 };

function* comeTo(staged: Staged, act: Act, person: Person, corner: Corner): Script {
  const { floor, route, truth } = staged;
  truth.place = corner.zone;
  yield* enterAll(staged, [person], route.enter);
  truth.begin();
  yield* walk(floor, act, [person], floor.places.toPoint(corner.key, corner.at), { within: 0.8 });
}

/** The rest of the way is nobody's business: by the nearest plausible door. */
function* goOn(staged: Staged, act: Act, person: Person): Script {
  yield* leaveBy(staged.floor, act, [person], staged.route.leave);
}

export function* longDwell(staged: Staged, act: Act): Script {
  const { floor, random, truth } = staged;
  const corner = pickCorner(staged);
  const person = cast(staged, 'stays');
  yield* comeTo(staged, act, person, corner);
  truth.open('stays', person);
  const until = floor.seconds + random.between(MINUTES.from, MINUTES.to) * 60;
  while (floor.seconds < until) {
    yield Math.min(until - floor.seconds + 0.1, random.between(60, 240));
    // A step or two, no more.
    const [spot] = circle(floor, floor.x(person), floor.y(person), 1, 0.8);
    if (spot) yield* walkTo(floor, act, [person], () => ({ way: null, x: spot[0], y: spot[1], within: 0 }), 0.5);
  }
  truth.close('stays');
  yield* goOn(staged, act, person);
}

export function* phoneCall(staged: Staged, act: Act): Script {
  const { floor, random, truth } = staged;
  const corner = pickCorner(staged);
  const person = cast(staged, 'calls');
  yield* comeTo(staged, act, person, corner);
  truth.open('calls', person);
  const [x, y] = [floor.x(person), floor.y(person)];
  const until = floor.seconds + random.between(MINUTES.from, MINUTES.to) * 60;
  while (floor.seconds < until) {
    // Up and down, as people do who talk.
    const angle = random.between(-Math.PI, Math.PI);
    const far = random.between(1, 3.5);
    const [tx, ty] = [x + Math.cos(angle) * far, y + Math.sin(angle) * far];
    if (floor.places.clear(floor.x(person), floor.y(person), tx, ty) && floor.places.roomy(tx, ty, 0.4))
      yield* walkTo(floor, act, [person], () => ({ way: null, x: tx, y: ty, within: 0 }), random.between(0.5, 0.9));
    yield random.between(1, 12);
  }
  truth.close('calls');
  yield* goOn(staged, act, person);
}

function pickCorner(staged: Staged): Corner {
  const found = corners(staged);
  if (found.length === 0) throw new CannotBeStaged('no transit zone with room to stand');
  return pick(staged.random, found);
}

export function* liftWait(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const lifts = floor.places.terminal.portals.filter((portal) => portal.kind === 'lift');
  if (lifts.length === 0) throw new CannotBeStaged('no lift');
  const lift = pick(random, lifts).id;
  const person = cast(staged, 'waits-for-lift');
  truth.place = lift;
  yield* enterAll(staged, [person], route.enter);
  truth.begin();
  yield* walk(floor, act, [person], floor.places.toDoor(lift), { within: random.between(1.8, 3) });
  const door = floor.places.door(lift);
  floor.motors.face(person.slot, door.inwardRadians + Math.PI);
  truth.open('waits', person);
  yield random.between(MINUTES.from, MINUTES.to) * 60;
  truth.close('waits');
  yield* leaveBy(floor, act, [person], [lift]);
}
