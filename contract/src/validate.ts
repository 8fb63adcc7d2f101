/** Validation with an answer that a person can act on: which field, what was there, what was expected. */
import { type Static, type TSchema, type TString, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';

export interface Problem {
  /** Where, as a path of the document: `zones.2.polygon`. Empty for the document itself. */
  readonly field: string;
  /** The value found, shortened to 60 characters of JSON. */
  readonly found: string;
  /** What the schema wants there. */
  readonly expected: string;
  /** Whether there is no such field though there must be one. */
  readonly missing?: true;
  /** Whether there must be no such field. */
  readonly unknown?: true;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const PROBLEMS_SHOWN = 8;

function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const key of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

function shortened(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

// The library stops after eight errors; a union of literals alone may fill those.
Settings.Set({ maxErrors: 100 });

/** By its regular expression, which says nothing to whoever has to mend a file. */
const WORDS_OF_FORMS = new Map<string, string>();

/** A text of a certain form. @param words follow "must be", where one has another form. */
export function formedText(pattern: string, words: string): TString {
  WORDS_OF_FORMS.set(pattern, words);
  return Type.String({ pattern });
}

function wordsOf(error: TLocalizedValidationError): string {
  const words = error.keyword === 'pattern' ? WORDS_OF_FORMS.get(String(error.params.pattern)) : undefined;
  return words === undefined ? error.message : `must be ${words}`;
}

/** The errors of one field as one expectation: the members of a union are alternatives, not eight complaints. */
function expectation(errors: readonly TLocalizedValidationError[]): string {
  const allowed = errors.flatMap((error) =>
    error.keyword === 'const' ? [JSON.stringify(error.params.allowedValue)] : [],
  );
  if (allowed.length > 0)
    return allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of ${allowed.join(', ')}`;
  return [...new Set(errors.filter((error) => error.keyword !== 'anyOf').map(wordsOf))].join(' or ');
}

const fieldAt = (pointer: string): string => pointer.slice(1).replaceAll('/', '.');

/** What must be there and is not; of a union nobody knows which of its members was meant. */
function missingFields(error: TLocalizedValidationError): string[] {
  if (error.keyword !== 'required' || error.schemaPath.includes('/anyOf/')) return [];
  return error.params.requiredProperties.map((name) => fieldAt(`${error.instancePath}/${name}`));
}

/** Where one member of a union knows the field and what it must be, that says more. */
const isUnknown = (errors: readonly TLocalizedValidationError[]): boolean =>
  errors.some(({ keyword }) => keyword === 'boolean') && !errors.some(({ keyword }) => keyword === 'const');

function problemsOf(document: unknown, errors: readonly TLocalizedValidationError[]): Problem[] {
  const problems: Problem[] = [];
  const byField = new Map<string, TLocalizedValidationError[]>();
  for (const error of errors) {
    // An unknown field is told once, at the field itself; so is one that is missing.
    if (error.keyword === 'additionalProperties') continue;
    const missing = missingFields(error);
    if (missing.length > 0) {
      for (const field of missing)
        problems.push({ field, found: shortened(undefined), expected: 'is missing', missing: true });
      continue;
    }
    const sameField = byField.get(error.instancePath);
    if (sameField) sameField.push(error);
    else byField.set(error.instancePath, [error]);
  }
  for (const [pointer, ofField] of byField) {
    const at = { field: fieldAt(pointer), found: shortened(valueAt(document, pointer)) };
    if (isUnknown(ofField)) problems.push({ ...at, expected: 'is not a known field', unknown: true });
    else problems.push({ ...at, expected: expectation(ofField) || 'does not fit' });
  }
  return problems.slice(0, PROBLEMS_SHOWN);
}

/** Compiles a schema once; the function returned checks documents against it and never throws. */
export function checker<T extends TSchema>(schema: T): (document: unknown) => Checked<Static<T>> {
  const compiled = Compile(schema) as Validator;
  return (document) =>
    compiled.Check(document)
      ? { ok: true, value: document as Static<T> }
      : { ok: false, problems: problemsOf(document, compiled.Errors(document)) };
}

/** What is wrong with a field, without its name: `must be >= 1; found 0`. */
export const faultOf = ({ expected, found, missing }: Problem): string =>
  missing ? expected : `${expected}; found ${found}`;

/** One line per problem, for logs and terminals. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => `${problem.field || 'the document'}: ${faultOf(problem)}`).join('\n');
}
