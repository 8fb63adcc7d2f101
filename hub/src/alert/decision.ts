/**
 * What makes an alert of a story. One pure rule in one place: calibration to an alert budget replaces it.
 *
 * Signs in movement are weak, so one weak sign alone is never an alert. A story is one where
 * - somebody stayed for longer than the limit that the airport has set for the place; or
 * - a movement is strong by itself: its score and length reach the policy's `alone`, and at least two of its parts speak for it
 *   that are independent of each other (who is ahead and who is first in time are two; how far and how near are one); or
 * - signs of different kinds meet in one person, as the policy's `combinations` say. A kind of zone may stand for the second sign.
 */
import type { MovementPattern } from '../score/movement.ts';
import type { Combination, Least, PlaceKind, Policy } from './policySchema.ts';
import type { Place, Sign } from './sign.ts';

/** Somebody's presence in a zone whose kind counts beside a movement. */
export interface Passage {
  /** The identifier of the dwell episode, which may be far below its limit. */
  readonly id: string;
  readonly place: Place;
  readonly persons: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Decision {
  /** The signs that are enough, in order of time. */
  readonly by: readonly Sign[];
  /** The presence that counted beside them; null where none was needed. */
  readonly passage: Passage | null;
}

/** What is known beside the signs. */
export interface Surroundings {
  /** The one name of somebody who has several. */
  readonly nameOf: (person: string) => string;
  /** Where these people were in the meantime. */
  readonly passages: (persons: readonly string[], fromMs: number, toMs: number) => readonly Passage[];
}

/** Independent parts that have to speak for a movement which is to be an alert by itself. */
const LEAST_PARTS = 2;

interface Part {
  readonly name: string;
  /** Figures of which one is enough, and what they have to exceed. */
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * Figures that measure the same in different ways are one part. Those in nats are parts of a score and speak for the pattern where
 * they exceed 0; the others do from about twice the least with which the pattern begins.
 */
const PARTS: Readonly<Record<MovementPattern, readonly Part[]>> = {
  handover: [
    { name: 'led before', figures: { firstLogOddsNats: 0 } },
    { name: 'led on after', figures: { secondLogOddsNats: 0 } },
  ],
  escort: [
    { name: 'who is ahead', figures: { frontNats: 0, pathNats: 0 } },
    { name: 'who is first in time', figures: { lagNats: 0 } },
    { name: 'who starts, stops and turns first', figures: { orderNats: 0 } },
    { name: 'together for longer than strangers are', figures: { companyNats: 0, togetherNats: 0 } },
  ],
  flanking: [
    { name: 'who is between whom', figures: { sidesNats: 0, behindNats: 0 } },
    { name: 'for how long', figures: { longNats: 0 } },
    { name: 'who is first in time', figures: { adaptNats: 0, orderNats: 0 } },
    { name: 'standing together too', figures: { togetherNats: 0 } },
    { name: 'led before', figures: { ledBeforeNats: 0 } },
  ],
  shadowing: [
    { name: 'the same path', figures: { trailNats: 0 } },
    { name: 'the same starts and stops', figures: { answersNats: 0 } },
    { name: 'standing as long', figures: { standingNats: 0 } },
    { name: 'the distance kept', figures: { distanceNats: 0 } },
  ],
  coordinator: [
    { name: 'how many', figures: { contacts: 5 } },
    { name: 'for how long each', figures: { contactSeconds: 12, meanContactSeconds: 12 } },
  ],
  regrouping: [
    { name: 'how far apart', figures: { apartMetres: 16 } },
    { name: 'how long apart', figures: { apartSeconds: 40 } },
    { name: 'how long together before', figures: { togetherSeconds: 40 } },
  ],
};

const speaks = (sign: Sign, { figures }: Part): boolean =>
  Object.entries(figures).some(([name, over]) => (sign.figures[name] ?? Number.NEGATIVE_INFINITY) > over);

/** The parts that speak for a movement, by name. */
export function partsOf(sign: Sign): string[] {
  if (sign.pattern === 'dwell') return ['how long'];
  return PARTS[sign.pattern].filter((part) => speaks(sign, part)).map(({ name }) => name);
}

const reaches = (sign: Sign, least: Least): boolean =>
  least !== 'never' && sign.score >= least.score && sign.seconds >= least.seconds;

/** Whether a movement counts at all. */
export function isSign(sign: Sign, { patterns }: Policy): boolean {
  if (sign.pattern === 'dwell')
    return patterns.dwell.on && sign.limitSeconds !== null && sign.seconds > sign.limitSeconds;
  const rule = patterns[sign.pattern];
  return rule.on && reaches(sign, rule.sign[sign.place.kind]);
}

/** Whether a movement is an alert without another. */
export function isEnough(sign: Sign, policy: Policy): boolean {
  if (!isSign(sign, policy)) return false;
  if (sign.pattern === 'dwell') return true;
  return reaches(sign, policy.patterns[sign.pattern].alone[sign.place.kind]) && partsOf(sign).length >= LEAST_PARTS;
}

/** Whether two stretches overlap, or follow each other within a time. */
export const near = (
  one: { readonly fromMs: number; readonly toMs: number },
  other: { readonly fromMs: number; readonly toMs: number },
  gapMs: number,
): boolean => one.fromMs - other.toMs <= gapMs && other.fromMs - one.toMs <= gapMs;

function shareSomebody(one: Sign, other: Sign, nameOf: Surroundings['nameOf']): boolean {
  const names = new Set(one.persons.map(({ person }) => nameOf(person)));
  return other.persons.some(({ person }) => names.has(nameOf(person)));
}

/** Whether the place that a combination asks of a sign is that of the sign, or one of a presence meanwhile. */
function placed(sign: Sign, kinds: readonly PlaceKind[] | undefined, around: Surroundings): Passage | boolean {
  if (!kinds || kinds.includes(sign.place.kind)) return true;
  const persons = sign.persons.map(({ person }) => person);
  const found = around.passages(persons, sign.fromMs, sign.toMs).filter(({ place }) => kinds.includes(place.kind));
  return found[0] ?? false;
}

function combined(
  signs: readonly Sign[],
  { signs: patterns, where = {} }: Combination,
  gapMs: number,
  around: Surroundings,
  chosen: readonly Sign[] = [],
  passage: Passage | null = null,
): Decision | null {
  const pattern = patterns[chosen.length];
  if (pattern === undefined) return { by: chosen, passage };
  for (const sign of signs) {
    if (sign.pattern !== pattern) continue;
    const meets = (other: Sign) => near(sign, other, gapMs) && shareSomebody(sign, other, around.nameOf);
    if (chosen.length > 0 && !chosen.some(meets)) continue;
    const place = placed(sign, where[pattern], around);
    if (place === false) continue;
    const found = combined(
      signs,
      { signs: patterns, where },
      gapMs,
      around,
      [...chosen, sign],
      place === true ? passage : place,
    );
    if (found) return found;
  }
  return null;
}

const earlier = (one: Sign, other: Sign): number => one.fromMs - other.fromMs || (one.id < other.id ? -1 : 1);

/**
 * Decides about the signs of one story. Whatever the order in which they came to be known, the answer is the same.
 *
 * @param signs those that count, see {@link isSign}.
 * @returns null where they are not enough.
 */
export function decideStory(signs: readonly Sign[], policy: Policy, around: Surroundings): Decision | null {
  const inOrder = [...signs].sort(earlier);
  const enough = inOrder.find((sign) => isEnough(sign, policy));
  if (enough) return { by: [enough], passage: null };
  const counting = inOrder.filter((sign) => isSign(sign, policy));
  for (const combination of policy.combinations) {
    const found = combined(counting, combination, 1000 * policy.followsWithinSeconds, around);
    if (found) return { ...found, by: [...found.by].sort(earlier) };
  }
  return null;
}
