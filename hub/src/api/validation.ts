/** Requests against TypeBox schemas: nothing is removed, nothing is guessed, and a refusal says what to send instead. */
import { checker, type Problem } from '@safe-passage/contract';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { type ApiProblem, badInput } from './problems.ts';
import { inWords } from './schemaWords.ts';

const INTEGER = /^-?(?:0|[1-9]\d{0,15})$/;
/** What is told of a field's name that nobody knows. */
const NAME_SHOWN = 80;

/** The parts of a schema that are read here; those of requests have no references. */
interface SchemaPart {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
  /** Of a field whose value is never told to anybody, whoever sent it: a token. */
  readonly writeOnly?: boolean;
}

const PLACES: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'header',
};

/** Texts of an address that stand for integers become integers; everything else stays as it was and is judged so. */
function withIntegers(schema: SchemaPart, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !schema.properties) return value;
  const converted: Record<string, unknown> = { ...value };
  for (const [name, property] of Object.entries(schema.properties)) {
    const text = converted[name];
    if (property.type === 'integer' && typeof text === 'string' && INTEGER.test(text)) converted[name] = Number(text);
  }
  return converted;
}

/** The schema of a field; undefined where it lies in a choice, of which nobody knows what was meant, or nowhere. */
const schemaOf = (whole: SchemaPart, steps: readonly string[]): SchemaPart | undefined =>
  steps.reduce<SchemaPart | undefined>(
    (part, name) => (part?.properties && Object.hasOwn(part.properties, name) ? part.properties[name] : part?.items),
    whole,
  );

/** What was sent as a whole. Its content stays out: nobody knows what is in it. */
function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object that does not fit' : `a ${typeof value}`;
}

/** The value as it was sent, shortened; of a long text how long it is, which is what is wrong with it. */
function sentAs(found: string, value: unknown): string {
  const long = typeof value === 'string' && found.endsWith('...');
  return long ? `${found} (${[...value].length} characters)` : found;
}

function valueAt(whole: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], whole);
}

/** Names the place, the field and what was sent there, and says what to send. */
function refusal(schema: SchemaPart, place: string, value: unknown, problems: readonly Problem[]): ApiProblem {
  // A misspelt field is why another one is missing.
  const unknown = problems.find((problem) => problem.unknown);
  if (unknown) {
    const around = schemaOf(schema, unknown.field.split('.').slice(0, -1)) ?? schema;
    const names = Object.keys(around.properties ?? {});
    const remedy =
      names.length === 0 ? 'leave it out' : `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
    const field = unknown.field.slice(0, NAME_SHOWN);
    return badInput(`There is no field "${field}" in the ${place}: ${remedy}.`, field);
  }
  const problem = problems.find(({ missing }) => missing) ?? problems[0];
  if (!problem || problem.field === '') {
    const fields = Object.keys(schema.properties ?? {}).join(', ');
    return badInput(`The ${place} is ${kindOf(value)}: send an object with the fields ${fields}.`);
  }
  const { field, found, missing, expected } = problem;
  const wanted = schemaOf(schema, field.split('.'));
  const remedy = wanted ? `give ${inWords(wanted as TSchema)}` : `it ${expected}`;
  if (missing) return badInput(`The field "${field}" is missing in the ${place}: ${remedy}.`, field);
  const what =
    !wanted || wanted.writeOnly
      ? 'does not fit, and is not repeated here'
      : `is ${sentAs(found, valueAt(value, field))}`;
  return badInput(`The field "${field}" of the ${place} ${what}: ${remedy}.`, field);
}

/**
 * Fastify's default would strip unknown fields in silence and turn `true` into 1; this one refuses both, so that a
 * misspelt filter is an error and not another list.
 */
export const strictValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = checker(schema);
  const place = PLACES[httpPart ?? 'body'] ?? 'request';
  return (value: unknown) => {
    const candidate = httpPart === 'body' ? value : withIntegers(schema as SchemaPart, value);
    const checked = check(candidate);
    return checked.ok
      ? { value: candidate }
      : { error: refusal(schema as SchemaPart, place, candidate, checked.problems) };
  };
};
