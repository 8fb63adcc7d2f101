/** What a field of a request takes, in words: the remedy of a refusal. */
import { Identifier } from '@safe-passage/contract';
import type { TSchema } from 'typebox';

/** Texts without line breaks and other control characters. */
export const ONE_LINE = '^[^\\p{Cc}]+$';
/** What a header can carry. */
export const PRINTABLE_ASCII = '^[\\x20-\\x7e]+$';
/** The name of a zone, or `*` for all of a floor. */
export const ZONE_OR_ALL = '^(?:\\*|[A-Za-z0-9_.-]{1,64})$';

const PATTERNS: ReadonlyMap<string, string> = new Map([
  [
    (Identifier as { readonly pattern?: string }).pattern ?? '',
    'a name of 1 to 63 letters a-z, digits and inner hyphens',
  ],
  [ONE_LINE, 'without line breaks and other control characters'],
  [PRINTABLE_ASCII, 'of printable ASCII'],
  [ZONE_OR_ALL, 'the name of a zone, or * for all zones of the floor'],
]);

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'a UUID, which looks like 0198c4de-5a70-7cc1-9a3e-7d6f2b10c4aa',
};

interface SchemaPart {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaPart[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

function between(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `${least} or more`;
  return most === undefined ? '' : `at most ${most}`;
}

function text({ format, pattern, minLength, maxLength }: SchemaPart): string {
  if (format !== undefined) return FORMATS[format] ?? `a text of the format ${format}`;
  const length = between(minLength, maxLength);
  const characters = length === '' ? '' : `a text of ${length} characters`;
  if (pattern === undefined) return characters || 'a text';
  const words = PATTERNS.get(pattern) ?? `a text that matches ${pattern}`;
  return characters === '' ? words : `${characters} ${words}`;
}

function number(kind: string, { minimum, maximum }: SchemaPart): string {
  const range = between(minimum, maximum);
  if (range === '') return kind;
  return `${kind} ${minimum === undefined || maximum === undefined ? 'of' : 'from'} ${range}`;
}

/** `a whole number from 1 to 200`, for a sentence that begins with "give". */
export function inWords(schema: TSchema): string {
  const part = schema as SchemaPart;
  if (part.anyOf) {
    const choices = part.anyOf.map((choice) => (choice.const === undefined ? inWords(choice) : String(choice.const)));
    return choices.length === 1 ? (choices[0] ?? '') : `one of ${choices.join(', ')}`;
  }
  if (part.const !== undefined) return JSON.stringify(part.const);
  if (part.type === 'integer') return number('a whole number', part);
  if (part.type === 'number') return number('a number', part);
  if (part.type === 'boolean') return 'true or false';
  if (part.type === 'string') return text(part);
  if (part.type === 'array') return 'a list';
  return `an object with the fields ${Object.keys(part.properties ?? {}).join(', ')}`;
}
