/** What a scenario script is given: the floor, its own chance, its way, and people to cast. */
import type { Act, Script } from '../passengers/acts.ts';
import { adult, type Composition, type Formation, type Member } from '../passengers/companies.ts';
import type { Company, Floor, Person } from '../passengers/floor.ts';
import { pick } from '../passengers/streams.ts';
import type { Random } from '../random.ts';
import type { ScenarioTruth } from './record.ts';
import type { Route } from './route.ts';

export interface Staged {
  readonly floor: Floor;
  readonly random: Random;
  readonly truth: ScenarioTruth;
  readonly route: Route;
}

/** Ends normally: complete. Throws `CannotBeStaged` before anybody is on the floor where the terminal lacks a place for it. */
export type ScenarioScript = (staged: Staged, act: Act) => Script;

/** This terminal has no place for this scenario. */
export class CannotBeStaged extends Error {}

/** Somebody for a role, alone in a company of their own unless told otherwise. */
export function cast(
  staged: Staged,
  role: string,
  { speed = 1.25, kind }: { speed?: number; kind?: string } = {},
): Person {
  const { floor, random, truth, route } = staged;
  const member: Member = { ...adult(random, 'single'), speed: speed + random.normal(0, 0.06) };
  const company = floor.form(kind ?? route.itinerary.of, { kind: 'single', formation: 'abreast', members: [member] });
  return truth.cast(company.members[0] as Person, role);
}

/** A company with a role for each. */
export function castCompany(
  staged: Staged,
  kind: string,
  formation: Formation,
  members: readonly Member[],
  roles: readonly string[],
  of?: string,
): Company {
  const composition: Composition = { kind, formation, members };
  const company = staged.floor.form(of ?? staged.route.itinerary.of, composition);
  for (const [index, person] of company.members.entries())
    staged.truth.cast(person, roles[Math.min(index, roles.length - 1)] as string);
  return company;
}

/** Adults who walk at one pace. */
export function adultsAtOnePace(random: Random, role: string, count: number, speed = 1.22): Member[] {
  const pace = speed + random.normal(0, 0.06);
  return Array.from({ length: count }, () => ({ ...adult(random, role), speed: pace * random.between(0.99, 1.03) }));
}

/** Through one door, all. */
export function* enterAll(staged: Staged, people: readonly Person[], doors: readonly string[]): Script {
  yield* staged.floor.enter(people, pick(staged.random, doors));
}
