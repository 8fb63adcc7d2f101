/** Who takes part in a story, in which role and when: one line for each person, with a neutral name. */
import type { AlertDetail } from '../alert/alert.ts';
import type { KeyMoment, Role, StoryPerson } from '../score/movement.ts';
import { roles } from './roleWords.ts';

/** A stretch of time in one role. */
export interface RoleStretch {
  readonly role: Role;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A person of the story. */
export interface StoryLine {
  /** The first pseudonym: the same as long as the story grows. */
  readonly key: string;
  /** Every pseudonym, in order of time. */
  readonly persons: readonly string[];
  /** `leader`, `second leader`, `contact 3`: after the role, and never after the person. */
  readonly name: string;
  /** The role that names the person. */
  readonly role: Role;
  /** In order of time. Two may overlap: somebody is led and dwells. */
  readonly stretches: readonly RoleStretch[];
}

/** Which role names somebody who has several, and who stands above whom where both begin at once. */
const RANK: readonly Role[] = [
  'leader',
  'follower',
  'flanked',
  'flanking',
  'shadowed',
  'shadowing',
  'coordinator',
  'contact',
  'companion',
  'dwelling',
];
const rankOf = (role: Role): number => RANK.indexOf(role);

const ORDINALS = ['', 'second ', 'third ', 'fourth ', 'fifth ', 'sixth ', 'seventh ', 'eighth ', 'ninth '];

function nameOf(role: Role, index: number, count: number): string {
  const { word, counted } = roles[role];
  if (counted === 'in figures') return count > 1 ? `${word} ${index + 1}` : word;
  return `${ORDINALS[index] ?? `${index + 1}th `}${word}`;
}

/**
 * The pseudonyms of one presence follow one another; those of two people who dwell at once overlap. Of other roles nothing
 * tells whether a pseudonym is another person, so that each is shown as one.
 */
function asLines(persons: readonly StoryPerson[], joined: boolean): StoryPerson[][] {
  const lines: StoryPerson[][] = [];
  for (const person of [...persons].sort((a, b) => a.fromMs - b.fromMs || rankOf(a.role) - rankOf(b.role))) {
    const own = lines.find((line) => line.some((one) => one.person === person.person));
    const before =
      own ??
      (joined && person.role === 'dwelling'
        ? lines.find((line) => line.every((one) => one.role === 'dwelling' && one.toMs <= person.fromMs))
        : undefined);
    if (before) before.push(person);
    else lines.push([person]);
  }
  return lines;
}

/** Everybody in the story, those who come first on top. */
export function castOf(detail: Pick<AlertDetail, 'persons' | 'uncertainty'>): StoryLine[] {
  const lines = asLines(detail.persons, detail.uncertainty.identityJoins > 0).map((of) => ({
    of,
    role: of.reduce((best, one) => (rankOf(one.role) < rankOf(best) ? one.role : best), of[0]?.role ?? 'dwelling'),
  }));
  const counts = new Map<Role, number>();
  const countOf = (role: Role) => lines.filter((line) => line.role === role).length;
  return lines.map(({ of, role }) => {
    const index = counts.get(role) ?? 0;
    counts.set(role, index + 1);
    return {
      key: of[0]?.person ?? '',
      persons: [...new Set(of.map((one) => one.person))],
      name: nameOf(role, index, countOf(role)),
      role,
      stretches: of.map((one) => ({ role: one.role, fromMs: one.fromMs, toMs: one.toMs })),
    };
  });
}

/** Whether somebody has a role at a time. The end counts, so that what goes on now is still there. */
export const holdsAt = (line: StoryLine, role: Role, timeMs: number): boolean =>
  line.stretches.some((stretch) => stretch.role === role && stretch.fromMs <= timeMs && timeMs <= stretch.toMs);

/** The role to show at a time: the one that tells most of those held, else the last one held, else the first one to come. */
export function roleAt(line: StoryLine, timeMs: number): Role {
  let held: Role | null = null;
  let last: RoleStretch | null = null;
  for (const stretch of line.stretches) {
    if (stretch.fromMs > timeMs) break;
    if (stretch.toMs >= timeMs) {
      if (held === null || rankOf(stretch.role) < rankOf(held)) held = stretch.role;
    } else if (last === null || stretch.toMs > last.toMs) last = stretch;
  }
  return held ?? last?.role ?? line.stretches[0]?.role ?? line.role;
}

/** The roles that occur, in order of rank. */
export const rolesOf = (lines: readonly StoryLine[]): Role[] =>
  RANK.filter((role) => lines.some((line) => line.stretches.some((stretch) => stretch.role === role)));

/** Whether a story is a stay alone: one pattern of one person, told by its limit. */
export const isDwellOnly = (detail: Pick<AlertDetail, 'patterns'>): boolean =>
  detail.patterns.every((pattern) => pattern === 'dwell');

/** The line that a key moment belongs to; the first where its person is not in the cast. */
export const lineOf = (lines: readonly StoryLine[], moment: Pick<KeyMoment, 'person'>): StoryLine | undefined =>
  lines.find((line) => line.persons.includes(moment.person)) ?? lines[0];

/** A change of leaders: the follower is led on by another. */
export interface Change {
  readonly atMs: number;
  /** Who is led. */
  readonly follower: string;
}

/** When a follower's leader changed: where a leader begins while, or soon after, another's time ends. */
export function changesOf(lines: readonly StoryLine[]): Change[] {
  const led = lines.flatMap((line) =>
    line.stretches.filter(({ role }) => role === 'leader').map((stretch) => ({ line, ...stretch })),
  );
  const changes: Change[] = [];
  for (const next of led) {
    const before = led.find((one) => one.line !== next.line && one.fromMs < next.fromMs && one.toMs <= next.toMs);
    if (!before) continue;
    const follower = lines.find((line) =>
      line.stretches.some(({ role, fromMs, toMs }) => role === 'follower' && fromMs < next.toMs && toMs > next.fromMs),
    );
    if (follower) changes.push({ atMs: next.fromMs, follower: follower.key });
  }
  return changes;
}
