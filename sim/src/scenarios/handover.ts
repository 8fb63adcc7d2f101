/** One leads, hands over to another who waits, and goes; or friends say goodbye and one is met by another. */
import type { Act, Script } from '../passengers/acts.ts';
import type { Person } from '../passengers/floor.ts';
import { pick } from '../passengers/streams.ts';
import { gather, leaveBy, onFloor, walk, walkTo } from '../passengers/together.ts';
import type { Spot } from '../terminal/terminal.ts';
import { adultsAtOnePace, CannotBeStaged, cast, castCompany, enterAll, type Staged } from './casting.ts';
import { Abreast, Flanked, Led, type Relation } from './relations.ts';
import { meetingSpot } from './route.ts';

const LONGEST_WAIT = 2400;

function meetingPlace(staged: Staged): number {
  const spot = meetingSpot(staged.floor, staged.random, staged.route);
  if (spot === null) throw new CannotBeStaged('no place to meet on the side of the town');
  staged.truth.place = (staged.floor.places.spots[spot] as Spot).id;
  return spot;
}

/** Comes from the town so that it is there in time, and stands near the spot until the others are there. */
function* waitAt(staged: Staged, act: Act, people: readonly Person[], spot: number, apart: number): Script {
  const { floor, route } = staged;
  yield* enterAll(staged, people, route.town);
  yield* walk(floor, act, people, floor.places.toSpot(spot), { within: apart });
}

/** Until those who wait have come; false when they have not within reason. */
function* untilThere(staged: Staged, waits: Act): Script {
  const { floor } = staged;
  const until = floor.seconds + LONGEST_WAIT;
  while (!waits.done && floor.seconds < until) yield 60;
}

/** Stand together, all of them, where the first one is. */
function* standTogether(staged: Staged, people: readonly Person[], seconds: number): Script {
  const { floor } = staged;
  const first = people[0] as Person;
  if (first.slot < 0) return;
  yield* gather(floor, people, floor.x(first), floor.y(first), 4);
  yield seconds;
}

function* approach(staged: Staged, act: Act, who: readonly Person[], whom: Person): Script {
  const { floor } = staged;
  if (whom.slot < 0) return;
  const [x, y] = [floor.x(whom), floor.y(whom)];
  for (const person of onFloor(who)) {
    if (!floor.places.clear(floor.x(person), floor.y(person), x, y)) continue;
    const distance = floor.distance(person, whom);
    if (distance < 1.2) continue;
    const share = (distance - 0.9) / distance;
    const [tx, ty] = [floor.x(person) + (x - floor.x(person)) * share, floor.y(person) + (y - floor.y(person)) * share];
    yield* walkTo(floor, act, [person], () => ({ way: null, x: tx, y: ty, within: 0 }));
  }
}

/** Goes off alone, by another door where there is one. */
function goesOff(staged: Staged, act: Act, people: readonly Person[], not: string): Act {
  const { floor, random, route } = staged;
  const others = route.town.filter((door) => door !== not);
  const door = others.length > 0 ? pick(random, others) : not;
  return floor.start(function* (own) {
    yield* leaveBy(floor, own, people, [door]);
  }, act);
}

/** Out to the town, or on to the gate. */
function* goOnward(staged: Staged, act: Act, relation: Relation, townDoor: string): Script {
  const { route } = staged;
  yield* relation.through(act, route.onward);
  yield* relation.leave(act, route.itinerary.of === 'arrival' ? [townDoor] : route.leave);
}

export function* handover(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spot = meetingPlace(staged);
  const first = cast(staged, 'first-leader', { speed: 1.2 });
  const follower = cast(staged, 'follower');
  const second = cast(staged, 'second-leader', { speed: 1.2, kind: 'visitor' });
  const led = new Led(floor, truth, first, follower);
  yield* enterAll(staged, led.people, route.enter);
  truth.begin();
  const waits = floor.start((own) => waitAt(staged, own, [second], spot, 1.2), act);
  yield* led.through(act, route.toMeeting);
  yield* led.go(act, floor.places.toSpot(spot), 2);
  led.release();
  yield* untilThere(staged, waits);
  yield* approach(staged, act, [second], follower);
  truth.open('handover', follower, first, second);
  yield* standTogether(staged, [follower, first, second], random.between(8, 45));
  const door = pick(random, route.town);
  const off = goesOff(staged, act, [first], door);
  truth.moment('leader-changes', follower, first, second);
  yield random.between(2, 8);
  truth.close('handover');
  const ledOn = new Led(floor, truth, second, follower);
  yield* goOnward(staged, act, ledOn, door);
  while (!off.done) yield 60;
}

export function* goodbyeAndMet(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spot = meetingPlace(staged);
  const members = adultsAtOnePace(random, 'friend', 2, 1.2);
  const company = castCompany(staged, 'friends', 'abreast', members, ['stays-on', 'goes-home']);
  const [stays, goes] = company.members as [Person, Person];
  const other = cast(staged, 'meets', { speed: 1.2, kind: 'visitor' });
  const pair = new Abreast(floor, truth, [stays, goes]);
  yield* enterAll(staged, pair.people, route.enter);
  truth.begin();
  yield* pair.through(act, route.toMeeting);
  yield* pair.go(act, floor.places.toSpot(spot), 2);
  truth.open('goodbye', stays, goes);
  yield* standTogether(staged, [stays, goes], random.between(8, 45));
  const door = pick(random, route.town);
  if (goes.slot >= 0) floor.walkers.company(goes.slot, -1);
  const off = goesOff(staged, act, [goes], door);
  truth.close('goodbye');
  truth.parted([stays, goes], 'goodbye');
  // Alone for a while, which nobody who is led ever is.
  truth.open('alone', stays);
  yield random.between(15, 90);
  const comes = floor.start((own) => waitAt(staged, own, [other], spot, 1.6), act);
  yield* untilThere(staged, comes);
  yield* approach(staged, act, [other], stays);
  truth.close('alone');
  truth.moment('met', stays, other);
  truth.open('greeting', stays, other);
  yield* standTogether(staged, [stays, other], random.between(8, 30));
  truth.close('greeting');
  const together = new Abreast(floor, truth, [stays, other]);
  yield* goOnward(staged, act, together, door);
  while (!off.done) yield 60;
}

/** Led through the control, handed over, and then kept between two on the way out. */
export function* combination(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spot = meetingPlace(staged);
  const first = cast(staged, 'first-leader', { speed: 1.2 });
  const follower = cast(staged, 'follower', { speed: 1.15 });
  const left = cast(staged, 'beside', { speed: 1.2, kind: 'visitor' });
  const right = cast(staged, 'beside', { speed: 1.2, kind: 'visitor' });
  const led = new Led(floor, truth, first, follower);
  yield* enterAll(staged, led.people, route.enter);
  truth.begin();
  const waits = floor.start((own) => waitAt(staged, own, [left, right], spot, 1.2), act);
  yield* led.through(act, route.toMeeting);
  yield* led.go(act, floor.places.toSpot(spot), 2);
  led.release();
  yield* untilThere(staged, waits);
  yield* approach(staged, act, [left, right], follower);
  truth.open('handover', follower, first, left, right);
  yield* standTogether(staged, [follower, first, left, right], random.between(8, 40));
  const door = pick(random, route.town);
  const off = goesOff(staged, act, [first], door);
  truth.moment('leader-changes', follower, first, left, right);
  yield random.between(2, 6);
  truth.close('handover');
  const flanked = new Flanked(floor, truth, follower, left, right);
  yield* goOnward(staged, act, flanked, door);
  while (!off.done) yield 60;
}

/** Two come and are met by two of their own; all go on side by side. */
export function* familyMet(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const spot = meetingPlace(staged);
  const members = adultsAtOnePace(random, 'partner', 2, 1.2);
  const company = castCompany(staged, 'couple', 'abreast', members, ['partner']);
  const hosts = castCompany(
    staged,
    'couple',
    'abreast',
    adultsAtOnePace(random, 'partner', 2, 1.2),
    ['meets'],
    'visitor',
  );
  const pair = new Abreast(floor, truth, company.members);
  yield* enterAll(staged, pair.people, route.enter);
  truth.begin();
  const waits = floor.start((own) => waitAt(staged, own, hosts.members, spot, 1.2), act);
  yield* pair.through(act, route.toMeeting);
  yield* pair.go(act, floor.places.toSpot(spot), 2);
  yield* untilThere(staged, waits);
  yield* approach(staged, act, hosts.members, pair.people[0] as Person);
  const all = [...company.members, ...hosts.members];
  truth.open('greeting', ...all);
  yield* standTogether(staged, all, random.between(10, 40));
  truth.close('greeting');
  truth.moment('met', ...all);
  const together = new Abreast(floor, truth, all);
  yield* goOnward(staged, act, together, pick(random, route.town));
}
