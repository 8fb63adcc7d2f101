/** Together before the control, strangers in it, together again behind it; or a family whose passports differ. */

import type { PlanPoint } from '@safe-passage/contract';
import { type Act, type Script, untilDone } from '../passengers/acts.ts';
import type { Person } from '../passengers/floor.ts';
import type { QueueLine } from '../passengers/queues.ts';
import { below, pick } from '../passengers/streams.ts';
import { circle, gather, onFloor, pause, queueUp, walk, walkTo } from '../passengers/together.ts';
import type { Spot } from '../terminal/terminal.ts';
import { adultsAtOnePace, CannotBeStaged, castCompany, enterAll, type Staged } from './casting.ts';
import { Abreast } from './relations.ts';
import { spotsBehindControl } from './route.ts';

/** The lines of the control to split over: two where there are two. */
function lines({ floor, route, random }: Staged): [QueueLine, QueueLine] {
  const stage = route.itinerary.stages.findLast((one) => 'queue' in one);
  if (!stage || !('queue' in stage)) throw new CannotBeStaged('no control');
  const stages = floor.places.terminal.itineraries.flatMap((one) => one.stages);
  // Lines that other itineraries use for the same control count: they begin near the same place.
  const own = floor.queues.get(pick(random, stage.queue)) as QueueLine;
  const tail = own.pointAt(1);
  const near = [...new Set(stages.flatMap((one) => ('queue' in one ? one.queue : [])))]
    .map((id) => floor.queues.get(id) as QueueLine)
    .filter((line) => line !== own && Math.hypot(line.pointAt(1)[0] - tail[0], line.pointAt(1)[1] - tail[1]) < 25);
  return [own, near.length > 0 ? pick(random, near) : own];
}

/** Somewhere behind the control to meet: at the belts first. */
function meetingSpot({ floor, random, route }: Staged): number {
  const kinds = ['belt', 'pillar', 'shop', 'screen', 'meeting-point', 'seat', 'cafe'] as const;
  const found = kinds.map((kind) => spotsBehindControl(floor, route, kind)).filter((spots) => spots.length > 0);
  if (found.length === 0) throw new CannotBeStaged('no place to meet behind the control');
  return pick(random, found[below(random, Math.min(2, found.length))] as number[]);
}

function* toSpotNear(staged: Staged, act: Act, people: readonly Person[], spot: number, within: number): Script {
  yield* walk(staged.floor, act, people, staged.floor.places.toSpot(spot), { within });
}

function leadIn(staged: Staged): typeof staged.route.before {
  return staged.route.before.filter((stage) => !('queue' in stage));
}

export function* regrouping(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const [one, other] = lines(staged);
  const meeting = meetingSpot(staged);
  const size = 2 + below(random, 3);
  const company = castCompany(staged, 'friends', 'abreast', adultsAtOnePace(random, 'friend', size), ['of-the-group']);
  const people = company.members;
  const cut = Math.ceil(size / 2);
  const parts = [people.slice(0, cut), people.slice(cut)];
  truth.place = one.id;
  const group = new Abreast(floor, truth, people, 'together');
  yield* enterAll(staged, people, route.enter);
  truth.begin();
  yield* group.through(act, leadIn(staged));
  // Well before the control, and not as others part who fetch a passport.
  const first = people[0] as Person;
  const left = first.slot < 0 ? 0 : one.toTail.direction(floor.x(first), floor.y(first), new Float64Array(2));
  const parting = Math.max(2, Math.min(random.between(9, 16), left - one.joinWithin - 8));
  yield* group.go(act, one.toTail, one.joinWithin + parting);
  truth.parted(people, 'parted');
  truth.open('apart', ...people);
  for (const person of onFloor(people)) floor.walkers.company(person.slot, -1);
  const acts = parts.map((part, index) =>
    floor.start(function* (own) {
      // The second part looks at something until the first is some way ahead.
      if (index === 1) yield* pause(floor, part, random.between(15, 45));
      for (const [order, person] of part.entries()) {
        if (order > 0) yield* pause(floor, part.slice(order), random.between(5, 15));
        floor.start((each) => throughAlone(each, [person], index === 0 ? one : other), own);
      }
      while (part.some((person) => !through.has(person))) yield 30;
    }, act),
  );
  const through = new Set<Person>();
  function* throughAlone(own: Act, who: readonly Person[], line: QueueLine): Script {
    yield* queueUp(floor, own, who, line);
    // Behind it too not together at once.
    yield* toSpotNear(staged, own, who, meeting, random.between(5, 9));
    yield random.between(5, 25);
    for (const person of who) through.add(person);
  }
  yield* untilDone(acts);
  const way = floor.places.toSpot(meeting);
  const [x, y] = (floor.places.spots[meeting] as Spot).at;
  const around = circle(floor, x, y, people.length);
  yield* walkTo(floor, act, people, (index) => {
    const [px, py] = around[index] as PlanPoint;
    return { way, x: px, y: py, within: 0 };
  });
  truth.close('apart');
  truth.moment('together-again', ...people);
  yield* standAtFirst(staged, people, random.between(5, 40));
  yield* group.leave(act, route.leave);
}

function* standAtFirst({ floor }: Staged, people: readonly Person[], seconds: number): Script {
  const first = onFloor(people)[0];
  if (first) yield* gather(floor, people, floor.x(first), floor.y(first), seconds);
}

/** Together up to the ropes; those through first wait right behind the desks. */
export function* splitFamily(staged: Staged, act: Act): Script {
  const { floor, random, route, truth } = staged;
  const [one, other] = lines(staged);
  const meeting = meetingSpot(staged);
  const size = 2 + below(random, 3);
  const company = castCompany(staged, 'family', 'abreast', adultsAtOnePace(random, 'parent', size, 1.15), [
    'of-the-family',
  ]);
  const people = company.members;
  const cut = Math.ceil(size / 2);
  const parts = [people.slice(0, cut), people.slice(cut)];
  truth.place = one.id;
  const group = new Abreast(floor, truth, people, 'together');
  yield* enterAll(staged, people, route.enter);
  truth.begin();
  yield* group.through(act, leadIn(staged));
  yield* group.go(act, one.toTail, one.joinWithin + 1);
  truth.parted(people, 'parted');
  truth.open('apart', ...people);
  const acts = parts.map((part, index) =>
    floor.start((own) => queueUp(floor, own, part, index === 0 ? one : other), act),
  );
  yield* untilDone(acts);
  // Whoever was first has waited; the others come up to them.
  const first = people[0] as Person;
  if (first.slot >= 0) {
    const late = onFloor(people.slice(1));
    const way = floor.places.toSpot(meeting);
    for (const person of late) floor.walkers.company(person.slot, company.id);
    truth.close('apart');
    truth.moment('together-again', ...people);
    yield* walk(floor, act, people, way, { within: 1.5 });
    yield* standAtFirst(staged, people, random.between(5, 40));
  }
  yield* group.leave(act, route.leave);
}
