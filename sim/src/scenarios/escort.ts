/** Led, flanked, and what looks like it: all go the whole way of a passenger, from the gate to the door. */
import type { Act, Script } from '../passengers/acts.ts';
import { adult, child, seatedTraveller } from '../passengers/companies.ts';
import type { Person } from '../passengers/floor.ts';
import { adultsAtOnePace, cast, castCompany, enterAll, type Staged } from './casting.ts';
import { Abreast, BetweenParents, Flanked, Led, type Relation, Shown } from './relations.ts';

function* wholeWay(staged: Staged, act: Act, relation: Relation): Script {
  const { route, truth } = staged;
  truth.place = route.itinerary.id;
  yield* enterAll(staged, relation.people, route.enter);
  truth.begin();
  yield* relation.through(act, route.before);
  yield* relation.through(act, route.after);
  yield* relation.leave(act, route.leave);
}

export function* escort(staged: Staged, act: Act): Script {
  const leader = cast(staged, 'leader', { speed: 1.2 });
  const follower = cast(staged, 'follower');
  yield* wholeWay(staged, act, new Led(staged.floor, staged.truth, leader, follower));
}

export function* couple(staged: Staged, act: Act): Script {
  const members = adultsAtOnePace(staged.random, 'partner', 2, 1.2);
  const company = castCompany(staged, 'couple', 'abreast', members, ['partner']);
  yield* wholeWay(staged, act, new Abreast(staged.floor, staged.truth, company.members));
}

export function* guideAndTourist(staged: Staged, act: Act): Script {
  const guide = cast(staged, 'guide', { speed: 1.2 });
  const tourist = cast(staged, 'tourist', { speed: 1.2 });
  yield* wholeWay(staged, act, new Shown(staged.floor, staged.truth, guide, tourist));
}

export function* wheelchairAssistance(staged: Staged, act: Act): Script {
  const { random } = staged;
  const traveller = seatedTraveller(random);
  const assistant = { ...adult(random, 'assistant'), speed: traveller.speed };
  const roles = ['in-wheelchair', 'assistant'];
  const company = castCompany(staged, 'assistance', 'pushed', [traveller, assistant], roles);
  yield* wholeWay(staged, act, new Abreast(staged.floor, staged.truth, company.members, 'pushed'));
}

export function* flanking(staged: Staged, act: Act): Script {
  const middle = cast(staged, 'between', { speed: 1.15 });
  const left = cast(staged, 'beside');
  const right = cast(staged, 'beside');
  yield* wholeWay(staged, act, new Flanked(staged.floor, staged.truth, middle, left, right));
}

export function* threeFriends(staged: Staged, act: Act): Script {
  const members = adultsAtOnePace(staged.random, 'friend', 3, 1.15);
  const company = castCompany(staged, 'friends', 'abreast', members, ['friend']);
  yield* wholeWay(staged, act, new Abreast(staged.floor, staged.truth, company.members));
}

export function* childBetweenParents(staged: Staged, act: Act): Script {
  const { floor, random, truth } = staged;
  const members = [...adultsAtOnePace(random, 'parent', 2, 1.05), { ...child(random), speed: 1.05 }];
  const company = castCompany(staged, 'family', 'abreast', members, ['parent', 'parent', 'child']);
  const [one, other, small] = company.members as [Person, Person, Person];
  yield* wholeWay(staged, act, new BetweenParents(floor, truth, one, other, small));
}
