/** Reads of tracks and evidence are recorded before they are answered: who cannot be recorded is told nothing. */
import { type Static, Type } from 'typebox';
import type { AuditRecord } from '../audit/entry.ts';
import type { Identity } from './authentication.ts';
import type { ServerDependencies } from './dependencies.ts';
import { badInput } from './problems.ts';
import { LONGEST_PURPOSE_HEADER, readPurpose } from './reason.ts';
import { PRINTABLE_ASCII } from './schemaWords.ts';
import { LEAST_VISIBLE, LONGEST_PURPOSE } from './visible.ts';

/** Request headers of what shows tracks or the reasons of an alert. */
export const ReadHeaders = Type.Object({
  'x-purpose': Type.Optional(
    Type.String({
      minLength: LEAST_VISIBLE,
      maxLength: LONGEST_PURPOSE_HEADER,
      pattern: PRINTABLE_ASCII,
      description: `Why it is read, in ${LEAST_VISIBLE} visible characters or more, ${LONGEST_PURPOSE} characters at most; what is not ASCII as RFC 8187 has it (\`UTF-8''Beschwerde%20f%C3%BCr\`). Kept in the audit with the name of whoever reads. Names nobody else.`,
    }),
  ),
});

type ReadAction = Extract<AuditRecord['action'], `read.${string}`>;

/** @throws ApiProblem 400 where a purpose is given that says nothing. */
function purposeOf({ 'x-purpose': header }: Static<typeof ReadHeaders>): string | undefined {
  if (header === undefined) return undefined;
  const read = readPurpose(header);
  if ('fault' in read) throw badInput(read.fault, 'x-purpose');
  return read.purpose;
}

/** @param subject an alert or a floor. */
export async function recordRead(
  { audit }: Pick<ServerDependencies, 'audit'>,
  identity: Identity,
  action: ReadAction,
  subject: string | null,
  headers: Static<typeof ReadHeaders>,
): Promise<void> {
  const purpose = purposeOf(headers);
  await audit.record({
    atMs: Date.now(),
    actor: identity.name,
    action,
    ...(subject === null ? {} : { subject }),
    ...(purpose === undefined ? {} : { purpose }),
  });
}
