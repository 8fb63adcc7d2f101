import type { Role } from '../../score/movement.ts';
import type { PlaceKind } from '../policySchema.ts';
import type { Sign } from '../sign.ts';

/** How a pattern speaks. */
export interface PatternWords {
  /** The movement in one line, without a full stop: what names the story. */
  sentence(sign: Sign): string;
  /** The same as one part beside another: short, without its place, small. */
  clause(sign: Sign): string;
  /** Several of them beside another part. @param longest the one that lasted longest. */
  several(count: number, longest: Sign): string;
  /** What would explain it innocently, the likeliest first, for this kind of place. */
  explanations(kind: PlaceKind): readonly string[];
}

/** How many different people have a role. */
export const countOf = (sign: Pick<Sign, 'persons'>, role: Role): number =>
  new Set(sign.persons.filter((one) => one.role === role).map((one) => one.person)).size;

/** A figure if the scorer gave it as a number that is one. */
export function figure(sign: Pick<Sign, 'figures'>, name: string): number | null {
  const value = sign.figures[name];
  return value !== undefined && Number.isFinite(value) ? value : null;
}
