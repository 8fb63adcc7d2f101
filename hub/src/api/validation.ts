/** Requests against TypeBox schemas: nothing is removed, nothing is guessed. */
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const INTEGER = /^-?(?:0|[1-9]\d{0,15})$/;

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
}

/** Texts of an address that stand for integers become integers; everything else stays as it was and is judged so. */
function withIntegers(schema: ObjectSchema, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !schema.properties) return value;
  const converted: Record<string, unknown> = { ...value };
  for (const [name, property] of Object.entries(schema.properties)) {
    const text = converted[name];
    if (property.type === 'integer' && typeof text === 'string' && INTEGER.test(text)) converted[name] = Number(text);
  }
  return converted;
}

/**
 * Fastify's default would strip unknown fields in silence and turn `true` into 1; this one refuses both, so that a
 * misspelt filter is an error and not another list.
 */
export const strictValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  return (value: unknown) => {
    const candidate = httpPart === 'body' ? value : withIntegers(schema as ObjectSchema, value);
    return compiled.Check(candidate) ? { value: candidate } : { error: compiled.Errors(candidate) };
  };
};
