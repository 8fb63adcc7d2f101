/** What the airport wants to be told of. A policy has a version, and every alert names the one that decided it. */
import { readFile } from 'node:fs/promises';
import { OperatorError } from '@safe-passage/cli';
import { checker, describeProblems, type Problem } from '@safe-passage/contract';
import { parse } from 'yaml';
import { MOVEMENT_PATTERNS } from '../score/movementRecord.ts';
import { DEFAULT_POLICY } from './defaultPolicy.ts';
import { type Combination, FirstPolicyText, type MovementRule, type Policy, PolicyText } from './policySchema.ts';

export { DEFAULT_POLICY } from './defaultPolicy.ts';
export type { Combination, DwellLimits, Least, MovementRule, PlaceKind, Policy } from './policySchema.ts';

const check = checker(PolicyText);
const checkFirst = checker(FirstPolicyText);

const REMEDY = [
  'Mend these fields; leave out what shall be as built in. Limits are seconds, for: waiting, transit, exit, retail, queue, control.',
  'A movement counts from { score, seconds } on, or never, for each of these and for: outside.',
].join('\n');
const FIRST_REMEDY =
  'Mend these fields. Limits are seconds, one for each of: waiting, transit, exit, retail, queue, control.';

/** Told of a policy that holds, but not quite as it is written. */
export type PolicyNote = (note: string) => void;

/** What a combination must be beyond its shape. */
function combinationProblems(combinations: readonly Combination[]): Problem[] {
  return combinations.flatMap(({ signs, where }, i): Problem[] => {
    const field = `combinations.${i}`;
    const strange = Object.keys(where ?? {}).find((pattern) => !signs.includes(pattern as (typeof signs)[number]));
    if (strange !== undefined) {
      const expected = `must name one of the signs, ${signs.join(', ')}`;
      return [{ field: `${field}.where.${strange}`, found: `"${strange}"`, expected }];
    }
    if (signs.length > 1) return [];
    // One sign needs a place beside it.
    if (Object.keys(where ?? {}).length > 0) return [];
    const expected =
      'one weak sign alone is never an alert: name a second sign, or under `where` the kinds of zone in which it counts';
    return [{ field: `${field}.signs`, found: JSON.stringify(signs), expected }];
  });
}

function movementRule(builtIn: MovementRule, text: Partial<MovementRule> | undefined): MovementRule {
  return {
    on: text?.on ?? builtIn.on,
    sign: { ...builtIn.sign, ...text?.sign },
    alone: { ...builtIn.alone, ...text?.alone },
  };
}

function filledIn(text: PolicyText): Policy {
  const { dwell } = text.patterns ?? {};
  const builtIn = DEFAULT_POLICY.patterns;
  const rules = MOVEMENT_PATTERNS.map(
    (pattern) =>
      [pattern, movementRule(builtIn[pattern], text.patterns?.[pattern] as Partial<MovementRule> | undefined)] as const,
  );
  return {
    schema: 'alert-policy/2',
    version: text.version,
    delayedAfterSeconds: text.delayedAfterSeconds ?? DEFAULT_POLICY.delayedAfterSeconds,
    followsWithinSeconds: text.followsWithinSeconds ?? DEFAULT_POLICY.followsWithinSeconds,
    patterns: {
      dwell: {
        on: dwell?.on ?? builtIn.dwell.on,
        limitSeconds: { ...builtIn.dwell.limitSeconds, ...dwell?.limitSeconds },
      },
      ...(Object.fromEntries(rules) as Record<(typeof MOVEMENT_PATTERNS)[number], MovementRule>),
    },
    combinations: text.combinations ?? DEFAULT_POLICY.combinations,
  };
}

function refuse(name: string, problems: readonly Problem[], remedy: string): never {
  throw new OperatorError(`${name}: this is no alert policy:\n${describeProblems(problems)}`, remedy);
}

/**
 * Reads a policy from YAML or JSON.
 *
 * @param note told where the file is of an older version, which still holds.
 * @throws OperatorError that names the field, the value and the remedy.
 */
export function parsePolicy(text: string, name: string, note: PolicyNote = () => undefined): Policy {
  let document: unknown;
  try {
    document = parse(text);
  } catch (problem) {
    throw new OperatorError(
      `${name}: neither YAML nor JSON: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Mend the file, or leave it out for the built-in policy 2.',
      { cause: problem },
    );
  }
  if (document !== null && typeof document === 'object' && 'schema' in document) {
    if (document.schema === 'alert-policy/1') {
      const first = checkFirst(document);
      if (!first.ok) refuse(name, first.problems, FIRST_REMEDY);
      const { version, delayedAfterSeconds, dwellLimitSeconds } = first.value;
      note(
        `${name}: the policy is of the older kind alert-policy/1, which knows dwell alone: its limits hold as before, and movements of several people are judged by the built-in policy 2. Write alert-policy/2 to set those as well.`,
      );
      const dwell = { limitSeconds: dwellLimitSeconds };
      return filledIn({ schema: 'alert-policy/2', version, delayedAfterSeconds, patterns: { dwell } });
    }
  }
  const checked = check(document);
  if (!checked.ok) refuse(name, checked.problems, REMEDY);
  const problems = combinationProblems(checked.value.combinations ?? []);
  if (problems.length > 0) refuse(name, problems, REMEDY);
  return filledIn(checked.value);
}

/**
 * @param note told where the file is of an older version, which still holds.
 * @throws OperatorError where the file cannot be read or is no policy.
 */
export async function loadPolicy(path: string, note?: PolicyNote): Promise<Policy> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (problem) {
    throw new OperatorError(
      `the policy file "${path}" cannot be read: ${problem instanceof Error ? problem.message : String(problem)}`,
      'Name an existing file, or leave it out for the built-in policy 2.',
      { cause: problem },
    );
  }
  return parsePolicy(text, path, note);
}
