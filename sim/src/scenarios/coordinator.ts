/** One meets many, one after another, who have nothing to do with each other; or shows a tour the way, or answers questions. */
import { type Act, type Script, untilDone } from '../passengers/acts.ts';
import { adult } from '../passengers/companies.ts';
import type { Person } from '../passengers/floor.ts';
import { below, pick } from '../passengers/streams.ts';
import { gather, leaveBy, walk, walkTo } from '../passengers/together.ts';
import type { Spot } from '../terminal/terminal.ts';
import { CannotBeStaged, cast, castCompany, enterAll, type Staged } from './casting.ts';
import { meetingSpot, townSpots } from './route.ts';

function spotOr(staged: Staged): number {
  const spot = meetingSpot(staged.floor, staged.random, staged.route);
  if (spot === null) throw new CannotBeStaged('no place to meet on the side of the town');
  return spot;
}

function* stepUpTo(staged: Staged, act: Act, who: Person, whom: Person): Script {
  const { floor } = staged;
  if (who.slot < 0 || whom.slot < 0) return;
  const distance = floor.distance(who, whom);
  if (distance > 1.1) {
    const share = (distance - 0.85) / distance;
    const x = floor.x(who) + (floor.x(whom) - floor.x(who)) * share;
    const y = floor.y(who) + (floor.y(whom) - floor.y(who)) * share;
    if (floor.places.clear(floor.x(who), floor.y(who), x, y))
      yield* walkTo(floor, act, [who], () => ({ way: null, x, y, within: 0 }));
  }
  const angle = Math.atan2(floor.y(whom) - floor.y(who), floor.x(whom) - floor.x(who));
  floor.motors.face(who.slot, angle);
  floor.motors.face(whom.slot, angle + Math.PI);
}

/** One comes, speaks with the one in the middle, and goes: no two at a time. */
function* contact(staged: Staged, act: Act, middle: Person, person: Person, spot: number, phase: string): Script {
  const { floor, random, route, truth } = staged;
  yield* walk(floor, act, [person], floor.places.toSpot(spot), { within: 1.4 });
  yield* stepUpTo(staged, act, person, middle);
  truth.open(phase, middle, person);
  yield random.between(15, 75);
  truth.close(phase);
  truth.moment('contact', middle, person);
  floor.start((own) => leaveBy(floor, own, [person], route.town), act);
}

export function* coordinator(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spots = townSpots(floor, route, ['pillar', 'cafe', 'meeting-point', 'shop', 'screen', 'phone']);
  let spot = spotOr(staged);
  truth.place = (floor.places.spots[spot] as Spot).id;
  const middle = cast(staged, 'coordinator', { kind: 'visitor' });
  const contacts = Array.from({ length: 4 + below(random, 5) }, () => cast(staged, 'contact', { kind: 'visitor' }));
  yield* enterAll(staged, [middle], route.town);
  truth.begin();
  yield* walk(floor, act, [middle], floor.places.toSpot(spot), { within: 0.8 });
  for (const person of contacts) {
    yield* enterAll(staged, [person], route.town);
    yield* contact(staged, act, middle, person, spot, 'speaks-with');
    yield random.between(5, 60);
    if (random.chance(0.4) && spots.length > 1) {
      spot = pick(random, spots);
      yield* walk(floor, act, [middle], floor.places.toSpot(spot), { within: 0.8 });
    }
  }
  yield* leaveBy(floor, act, [middle], route.town);
  yield* untilGone(contacts);
}

/** At a counter all the time; who asks has nothing to do with who asked before. */
export function* informationDesk(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const counters = townSpots(floor, route, ['counter', 'meeting-point', 'screen']);
  if (counters.length === 0) throw new CannotBeStaged('no counter on the side of the town');
  const spot = pick(random, counters);
  truth.place = (floor.places.spots[spot] as Spot).id;
  const doors = floor.places.terminal.portals.filter((portal) => portal.kind === 'staff').map((portal) => portal.id);
  const middle = cast(staged, 'answers', { kind: 'staff' });
  const asking = Array.from({ length: 4 + below(random, 5) }, () => cast(staged, 'asks', { kind: 'visitor' }));
  yield* enterAll(staged, [middle], doors.length > 0 ? doors : route.town);
  truth.begin();
  yield* walk(floor, act, [middle], floor.places.toSpot(spot), { within: 0.8 });
  for (const person of asking) {
    yield* enterAll(staged, [person], route.town);
    yield* contact(staged, act, middle, person, spot, 'answers');
    yield random.between(5, 60);
  }
  yield* leaveBy(floor, act, [middle], doors.length > 0 ? doors : route.town);
  yield* untilGone(asking);
}

/** They come one after another too; but they stay, and go on together. */
export function* tourGuide(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spot = spotOr(staged);
  truth.place = (floor.places.spots[spot] as Spot).id;
  const size = 4 + below(random, 5);
  const members = [
    adult(random, 'guide', { speed: 1.15 }),
    ...Array.from({ length: size }, () => ({ ...adult(random, 'tourist'), speed: 1.15 })),
  ].map((member) => ({ ...member, speed: 1.12 }));
  const company = castCompany(staged, 'tour', 'guided', members, ['guide', 'tourist'], 'visitor');
  const [guide, ...tourists] = company.members as [Person, ...Person[]];
  yield* enterAll(staged, [guide], route.town);
  truth.begin();
  yield* walk(floor, act, [guide], floor.places.toSpot(spot), { within: 0.8 });
  const acts: Act[] = [];
  for (const person of tourists) {
    acts.push(
      floor.start(function* (own) {
        yield* enterAll(staged, [person], route.town);
        yield* walk(floor, own, [person], floor.places.toSpot(spot), { within: 1.8 });
        truth.moment('contact', guide, person);
      }, act),
    );
    yield random.between(20, 110);
  }
  yield* untilDone(acts);
  truth.open('together', ...company.members);
  yield* gather(floor, company.members, floor.x(guide), floor.y(guide), random.between(20, 60));
  const door = pick(random, route.town);
  yield* walk(floor, act, company.members, floor.places.toDoor(door), { within: 2.5 });
  truth.close('together');
  yield* leaveBy(floor, act, company.members, [door]);
}

function* untilGone(people: readonly Person[]): Script {
  while (people.some((person) => !person.gone)) yield 20;
}
