/** Reads of tracks and evidence are recorded before they are answered: who cannot be recorded is told nothing. */
import { type Static, Type } from 'typebox';
import type { AuditRecord } from '../audit/entry.ts';
import type { Identity } from './authentication.ts';
import type { ServerDependencies } from './dependencies.ts';

/** Request headers of what shows tracks or the reasons of an alert. */
export const ReadHeaders = Type.Object({
  'x-purpose': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[\\x20-\\x7e]+$',
      description: 'Why it is read: kept in the audit with the name of whoever reads. Names nobody else.',
    }),
  ),
});

type ReadAction = Extract<AuditRecord['action'], `read.${string}`>;

/** @param subject an alert or a floor. */
export async function recordRead(
  { audit }: Pick<ServerDependencies, 'audit'>,
  identity: Identity,
  action: ReadAction,
  subject: string | null,
  headers: Static<typeof ReadHeaders>,
): Promise<void> {
  const purpose = headers['x-purpose'];
  await audit.record({
    atMs: Date.now(),
    actor: identity.name,
    action,
    ...(subject === null ? {} : { subject }),
    ...(purpose === undefined ? {} : { purpose }),
  });
}
