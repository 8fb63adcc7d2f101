/** What any detector of groups has to beat. */
import type { Row, Window } from './dataset.ts';
import type { Partition } from './metrics.ts';

export const RULE_METRES = 1.5;
export const RULE_METRES_PER_SECOND = 0.5;

/** Nobody is with anybody. */
export const allSingletons = ({ rows }: Window): Partition =>
  [...new Set(rows.map(({ person }) => person))].map((person) => [person]);

/** Mean velocity over the window: from the first row to the last. */
function meanVelocity(rows: readonly Row[]): readonly [number, number] {
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last || last.timeMs === first.timeMs) return [0, 0];
  const seconds = (last.timeMs - first.timeMs) / 1000;
  return [(last.x - first.x) / seconds, (last.y - first.y) / seconds];
}

/**
 * The two-threshold rule: together are those whose mean distance, while both are in sight, is below 1.5 m and whose mean
 * velocities in the window differ by less than 0.5 m/s; groups are the connected components.
 */
export function twoThresholds({ rows }: Window): Partition {
  const byPerson = Map.groupBy(rows, ({ person }) => person);
  const persons = [...byPerson.keys()];
  const places = persons.map((person) => new Map((byPerson.get(person) ?? []).map((row) => [row.timeMs, row])));
  const velocities = persons.map((person) => meanVelocity(byPerson.get(person) ?? []));
  const groupOf = persons.map((_, i) => i);
  for (let a = 0; a < persons.length; a++) {
    for (let b = a + 1; b < persons.length; b++) {
      let count = 0;
      let metres = 0;
      for (const [timeMs, row] of places[a] ?? []) {
        const other = places[b]?.get(timeMs);
        if (!other) continue;
        count++;
        metres += Math.hypot(row.x - other.x, row.y - other.y);
      }
      const [ax, ay] = velocities[a] ?? [0, 0];
      const [bx, by] = velocities[b] ?? [0, 0];
      if (count === 0 || metres / count >= RULE_METRES || Math.hypot(ax - bx, ay - by) >= RULE_METRES_PER_SECOND)
        continue;
      const from = groupOf[b];
      const to = groupOf[a];
      groupOf.forEach((group, i) => {
        if (group === from) groupOf[i] = to ?? group;
      });
    }
  }
  return [...Map.groupBy(persons, (_, i) => groupOf[i]).values()];
}
