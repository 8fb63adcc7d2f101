/** What an alert says about a story: all of its parts, without repetition, within bounds. */
import { type KeyMoment, PATTERNS, type Reason, type StoryPerson } from '../score/movement.ts';
import type { AlertDetail, ToldReason } from './alert.ts';
import type { Decision } from './decision.ts';
import type { Sign } from './sign.ts';
import { durationText } from './wording.ts';
import { WORDS } from './words/index.ts';

/** More is left out, and the alert says how much. A reviewer reads ten reasons; the plan draws fifty people. */
const MOST_REASONS = 40;
const MOST_PERSONS = 50;
const MOST_MOMENTS = 120;
const MOST_SENTENCE = 360;

const counted = (count: number, one: string, many: string): string => `${count} more ${count === 1 ? one : many}`;

/** Joins of people that a story rests on. */
export interface Joins {
  readonly count: number;
  /** The least likely of them; 1 where there was none. */
  readonly probability: number;
}

/** The leading part first: by the order of the patterns, then the stranger one, then the older one. */
export function inOrder(signs: Iterable<Sign>): Sign[] {
  return [...signs].sort(
    (one, other) =>
      PATTERNS.indexOf(one.pattern) - PATTERNS.indexOf(other.pattern) ||
      other.score - one.score ||
      one.fromMs - other.fromMs ||
      (one.id < other.id ? -1 : 1),
  );
}

/** The story in one line: the leading part, and the others by pattern. @param signs in order, at least one. */
export function storySentence(signs: readonly Sign[]): string {
  const [lead, ...others] = signs;
  if (!lead) throw new RangeError('a story has at least one part');
  let sentence = WORDS[lead.pattern].sentence(lead);
  let told = 0;
  for (const pattern of PATTERNS) {
    const alike = others.filter((sign) => sign.pattern === pattern);
    const [longest] = [...alike].sort((one, other) => other.seconds - one.seconds);
    if (!longest) continue;
    const words = WORDS[pattern];
    const clause = alike.length === 1 ? words.clause(longest) : words.several(alike.length, longest);
    const longer = `${sentence}; ${clause}`;
    if (longer.length > MOST_SENTENCE)
      return `${sentence}; and ${counted(others.length - told, 'movement', 'movements')}`;
    sentence = longer;
    told += alike.length;
  }
  return sentence;
}

/** The same person in the same role, without a break, is one entry. */
function joinedPersons(persons: readonly StoryPerson[]): StoryPerson[] {
  const joined: StoryPerson[] = [];
  for (const one of [...persons].sort((a, b) => a.fromMs - b.fromMs)) {
    const at = joined.findLastIndex((known) => known.person === one.person && known.role === one.role);
    const known = joined[at];
    if (known && known.toMs >= one.fromMs) joined[at] = { ...known, toMs: Math.max(known.toMs, one.toMs) };
    else joined.push(one);
  }
  return joined;
}

function without<T>(items: readonly T[], key: (item: T) => string): T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(key(item))) first.set(key(item), item);
  return [...first.values()];
}

const NAMES = {
  handover: 'a handover',
  escort: 'an escort',
  flanking: 'flanking',
  shadowing: 'shadowing',
  coordinator: 'a coordinator',
  regrouping: 'a regrouping',
  dwell: 'a long stay',
} as const;

/** Why signs that would not be enough one by one are so together. */
function combinationReason(decision: Decision | null): Reason[] {
  if (!decision || (decision.by.length < 2 && !decision.passage)) return [];
  const { by, passage } = decision;
  const fromMs = Math.min(...by.map((sign) => sign.fromMs));
  const toMs = Math.max(...by.map((sign) => sign.toMs));
  const names = by.map((sign) => NAMES[sign.pattern]).join(' and ');
  const meanwhile = passage
    ? `${passage.place.words} for ${durationText((passage.toMs - passage.fromMs) / 1000)} in the meantime, a ${passage.place.kind} zone`
    : null;
  const text =
    by.length > 1
      ? `Raised because ${names} meet in one person: one of them alone would be too weak a sign${meanwhile ? `; somebody was ${meanwhile}` : ''}.`
      : `Raised because of where it was: somebody was ${meanwhile}; the movement alone would be too weak a sign.`;
  return [{ text, fromMs, toMs }];
}

/** The reasons of one part: which part it is where there are several, and whom they are about once others are in the story. */
function reasonsOf(sign: Sign, part: number, parts: number, all: number): ToldReason[] {
  const persons = [...new Set(sign.persons.map(({ person }) => person))];
  return sign.reasons.map((reason) => ({
    ...reason,
    ...(reason.persons || persons.length === all ? {} : { persons }),
    ...(parts > 1 ? { part } : {}),
  }));
}

/**
 * Everything that the alert says.
 *
 * @param signs in order, at least one.
 */
export function storyDetail(
  signs: readonly Sign[],
  decision: Decision | null,
  policyVersion: string,
  joins: Joins,
): AlertDetail {
  const fromMs = Math.min(...signs.map((sign) => sign.fromMs));
  const toMs = Math.max(...signs.map((sign) => sign.toMs));
  const [lead] = signs;
  const all = joinedPersons(signs.flatMap((sign) => sign.persons));
  // Those of the leading parts first where there are too many.
  const important = [...new Set(signs.flatMap((sign) => sign.persons.map(({ person }) => person)))];
  const kept =
    all.length <= MOST_PERSONS
      ? all
      : [...all].sort((a, b) => important.indexOf(a.person) - important.indexOf(b.person)).slice(0, MOST_PERSONS);
  const persons = kept.sort((a, b) => a.fromMs - b.fromMs);

  const reasons = without(
    signs.flatMap((sign, part) => reasonsOf(sign, part, signs.length, important.length)),
    ({ text, fromMs: from, toMs: to, persons: whom }) => JSON.stringify([text, from, to, whom]),
  );
  const why = combinationReason(decision);
  const mostReasons = MOST_REASONS - why.length - 1;
  const moments = without(
    signs.flatMap((sign) => sign.moments),
    ({ atMs, person, label }) => JSON.stringify([atMs, person, label]),
  );
  const listed = new Set(persons.map(({ person }) => person));
  const unlisted = important.filter((person) => !listed.has(person)).length;
  const leftOut = [
    ...(reasons.length > mostReasons ? [counted(reasons.length - mostReasons, 'reason', 'reasons')] : []),
    ...(unlisted > 0 ? [counted(unlisted, 'person', 'people')] : []),
    ...(moments.length > MOST_MOMENTS ? [counted(moments.length - MOST_MOMENTS, 'moment', 'moments')] : []),
  ];
  const dwells = signs.filter((sign) => sign.pattern === 'dwell').sort((a, b) => a.fromMs - b.fromMs);
  return {
    policy: policyVersion,
    patterns: signs.map((sign) => sign.pattern),
    limitSeconds: dwells[0]?.limitSeconds ?? null,
    seconds: signs.length === 1 && lead ? lead.seconds : (toMs - fromMs) / 1000,
    reasons: [
      ...why,
      ...reasons.slice(0, mostReasons),
      ...(leftOut.length > 0 ? [{ text: `Left out here: ${leftOut.join(', ')}.`, fromMs, toMs }] : []),
    ],
    explanations: [...new Set(signs.flatMap((sign) => WORDS[sign.pattern].explanations(sign.place.kind)))],
    uncertainty: {
      coastedShare: Math.max(...signs.map(({ uncertainty }) => uncertainty.coastedShare)),
      gapsBridged: Math.max(...signs.map(({ uncertainty }) => uncertainty.gapsBridged)),
      identityJoins: Math.max(joins.count, ...signs.map(({ uncertainty }) => uncertainty.identityJoins)),
      joinProbability: Math.min(joins.probability, ...signs.map(({ uncertainty }) => uncertainty.joinProbability)),
      sigmaMetres: Math.max(...signs.map(({ uncertainty }) => uncertainty.sigmaMetres)),
    },
    persons,
    moments: moments.slice(0, MOST_MOMENTS).sort((a: KeyMoment, b: KeyMoment) => a.atMs - b.atMs),
  };
}
