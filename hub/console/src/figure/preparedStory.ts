/** The paths of a story made ready for drawing: worked out when the evidence comes, not on every frame. */
import type { Evidence, EvidencePath, PathPoint } from '../../../src/api/schemas.ts';
import type { Role } from '../../../src/score/movement.ts';
import { roleAt, type StoryLine } from '../story/cast.ts';
import { type Course, courseOf, gapOf, type PathPosition, positionAt } from './path.ts';

export interface PreparedPath {
  readonly path: EvidencePath;
  readonly gapMs: number;
}

/** A part of a way in one role: from one index to another, both included. */
export interface RoleRun {
  readonly role: Role;
  readonly from: number;
  readonly to: number;
}

export interface PreparedWay extends PreparedPath {
  readonly course: Course;
  readonly runs: readonly RoleRun[];
}

/** A person of the story with every path that is theirs. */
export interface PreparedLine {
  readonly line: StoryLine;
  readonly ways: readonly PreparedWay[];
}

export interface PreparedStory {
  readonly lines: readonly PreparedLine[];
  readonly others: readonly PreparedPath[];
}

/** Cuts a way where the role changes. */
export function runsOf(way: readonly PathPoint[], line: StoryLine): RoleRun[] {
  const runs: RoleRun[] = [];
  let from = 0;
  let role: Role | null = null;
  way.forEach((point, i) => {
    const next = roleAt(line, point[0]);
    if (role !== null && next !== role) {
      runs.push({ role, from, to: i });
      from = i;
    }
    role = next;
  });
  if (role !== null) runs.push({ role, from, to: way.length - 1 });
  return runs;
}

/** Where somebody is at a time; null where none of their paths says it. */
export function placeAt(prepared: PreparedLine, timeMs: number): PathPosition | null {
  for (const { path, gapMs } of prepared.ways) {
    const at = positionAt(path.points, timeMs, gapMs);
    if (at) return at;
  }
  return null;
}

/** Prepares what is new and keeps what is not: the evidence and the cast change at different times. */
export function createPreparation(): (evidence: Evidence | null, cast: readonly StoryLine[]) => PreparedStory {
  let ofEvidence: Evidence | null = null;
  let ofCast: readonly StoryLine[] = [];
  let courses = new Map<EvidencePath, { readonly gapMs: number; readonly course: Course }>();
  let prepared: PreparedStory = { lines: [], others: [] };
  return (evidence, cast) => {
    if (evidence === ofEvidence && cast === ofCast) return prepared;
    const paths = evidence?.paths ?? [];
    const isStory = (path: EvidencePath) =>
      path.role !== 'other' && cast.some((line) => line.persons.includes(path.person));
    if (evidence !== ofEvidence) courses = new Map();
    const wayOf = (path: EvidencePath, line: StoryLine): PreparedWay => {
      const gapMs = gapOf(path.points);
      const known = courses.get(path) ?? { gapMs, course: courseOf(path.points, gapMs) };
      courses.set(path, known);
      return { path, ...known, runs: runsOf(known.course.way, line) };
    };
    ofEvidence = evidence;
    ofCast = cast;
    prepared = {
      lines: cast.map((line) => ({
        line,
        ways: paths
          .filter((path) => path.role !== 'other' && line.persons.includes(path.person))
          .map((path) => wayOf(path, line)),
      })),
      others: paths.filter((path) => !isStory(path)).map((path) => ({ path, gapMs: gapOf(path.points) })),
    };
    return prepared;
  };
}
