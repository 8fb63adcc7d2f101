/** What the interface says of privacy: holds, and the state that a privacy officer looks at. */
import { PrivacyLevel } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';
import { EpochMs } from './schemas.ts';
import { ONE_LINE } from './schemaWords.ts';
import { LEAST_REASON, LONGEST_REASON } from './visible.ts';

const closed = { additionalProperties: false } as const;
const nullableText = Type.Union([Type.String(), Type.Null()]);
const nullableMs = Type.Union([Type.Integer(), Type.Null()]);

/** Evidence that is kept past the retention of tracks. */
export const HoldView = Type.Object(
  {
    id: Type.String(),
    alert: Type.String({ description: 'The alert whose evidence is kept.' }),
    floor: Type.String(),
    reason: Type.String(),
    owner: Type.String({ description: 'Who answers for it.' }),
    heldBy: Type.String({ description: 'Who placed it.' }),
    heldAtMs: Type.Integer(),
    untilMs: Type.Integer({ description: 'When it ends by itself.' }),
    endedAtMs: nullableMs,
    endedBy: nullableText,
    endReason: nullableText,
    rows: Type.Integer({ description: 'Rows of positions that it keeps now.' }),
  },
  closed,
);
export type HoldView = Static<typeof HoldView>;
export const HoldList = Type.Object({ holds: Type.Array(HoldView) }, closed);
export type HoldList = Static<typeof HoldList>;

const Reason = Type.String({
  minLength: LEAST_REASON,
  maxLength: LONGEST_REASON,
  pattern: ONE_LINE,
  description: 'Why; kept in the audit with your name. Names nobody on the floor.',
});

export const HoldBody = Type.Object(
  {
    alert: Type.String({ format: 'uuid' }),
    owner: Type.String({ minLength: 1, maxLength: 80, pattern: ONE_LINE, description: 'Who answers for it.' }),
    reason: Reason,
    untilMs: EpochMs,
  },
  closed,
);
export type HoldBody = Static<typeof HoldBody>;

export const ReleaseBody = Type.Object({ reason: Reason }, closed);
export type ReleaseBody = Static<typeof ReleaseBody>;

const DataClassName = Type.String({ description: 'tracks, episodes, alerts, evidence, aggregates, audit, …' });
const AgreedView = Type.Object({ person: Type.String(), reason: Type.String() }, closed);

/** GET /api/privacy */
export const PrivacyState = Type.Object(
  {
    policy: Type.Object(
      {
        number: Type.Integer(),
        version: Type.String(),
        digest: Type.String(),
        fromMs: Type.Integer(),
        takenBy: Type.String(),
      },
      closed,
    ),
    classes: Type.Array(
      Type.Object(
        {
          name: DataClassName,
          purpose: Type.String(),
          legalBasis: Type.String(),
          owner: Type.String(),
          why: Type.String(),
          limitSeconds: Type.Number(),
          justifiedUntil: nullableText,
          oldestMs: Type.Union([Type.Integer(), Type.Null()], {
            description: 'The oldest row that the last run left.',
          }),
          run: Type.Union([
            Type.Object(
              { startedMs: Type.Integer(), finishedMs: nullableMs, rows: Type.Integer(), error: nullableText },
              closed,
            ),
            Type.Null(),
          ]),
        },
        closed,
      ),
    ),
    zones: Type.Array(
      Type.Object(
        {
          floor: Type.String(),
          zone: Type.String(),
          purpose: nullableText,
          legalBasis: nullableText,
          owner: nullableText,
          why: Type.String(),
          limits: Type.Array(
            Type.Object(
              {
                name: DataClassName,
                limitSeconds: Type.Number(),
                run: Type.Union([
                  Type.Object(
                    {
                      startedMs: Type.Integer(),
                      rows: Type.Integer(),
                      oldestMs: Type.Union([Type.Integer(), Type.Null()], {
                        description: 'The oldest row of the ten minutes after the limit; null: there is none.',
                      }),
                      error: nullableText,
                    },
                    closed,
                  ),
                  Type.Null(),
                ]),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { description: 'Zones in which less is kept than elsewhere. Null: as for the class.' },
    ),
    places: Type.Array(
      Type.Object(
        { place: Type.String(), what: Type.String(), dataClass: nullableText, enforcedBy: Type.String() },
        closed,
      ),
    ),
    runs: Type.Array(
      Type.Object(
        { startedMs: Type.Integer(), finishedMs: nullableMs, rows: Type.Integer(), failed: Type.Boolean() },
        closed,
      ),
      { description: 'Those of the last hours, the oldest first.' },
    ),
    runEverySeconds: Type.Number(),
    privacyLevel: Type.Array(Type.Object({ place: Type.String(), level: PrivacyLevel, why: Type.String() }, closed), {
      description: 'What may leave devices, the site first; empty: tracks, everywhere.',
    }),
    analysis: Type.Union(
      [
        Type.Object(
          {
            patterns: Type.Array(Type.String()),
            why: Type.String(),
            places: Type.Array(
              Type.Object({ place: Type.String(), patterns: Type.Array(Type.String()), why: Type.String() }, closed),
            ),
          },
          closed,
        ),
        Type.Null(),
      ],
      { description: 'What may be analysed; null: everything, everywhere.' },
    ),
  },
  closed,
);
export type PrivacyState = Static<typeof PrivacyState>;

/** GET /api/privacy/policies */
export const PolicyList = Type.Object(
  {
    policies: Type.Array(
      Type.Object(
        {
          number: Type.Integer(),
          version: Type.String(),
          fromMs: Type.Integer(),
          toMs: nullableMs,
          takenBy: Type.String(),
          agreed: Type.Array(AgreedView),
          looserIn: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type PolicyList = Static<typeof PolicyList>;

/** GET /api/privacy/looks */
export const LookList = Type.Object(
  {
    looks: Type.Array(
      Type.Object(
        {
          number: Type.Integer(),
          atMs: Type.Integer(),
          actor: Type.String(),
          action: Type.String(),
          subject: nullableText,
          purpose: nullableText,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type LookList = Static<typeof LookList>;

/** POST /api/privacy/erasures */
export const ErasureBody = Type.Object(
  {
    floor: Type.String({ minLength: 1, maxLength: 63 }),
    zone: Type.String({ minLength: 1, maxLength: 63 }),
    fromMs: EpochMs,
    toMs: EpochMs,
    reason: Reason,
    tryOnly: Type.Boolean({ description: 'Counts and changes nothing.' }),
    held: Type.Optional(
      Type.Union([Type.Literal('refuse'), Type.Literal('keep'), Type.Literal('erase')], {
        description:
          'What becomes of evidence that a hold keeps: nothing is erased at all (the default), it stays, or it goes and the hold ends.',
      }),
    ),
  },
  closed,
);
export type ErasureBody = Static<typeof ErasureBody>;

const SealView = Type.Object(
  { number: Type.Integer(), digest: Type.String(), atMs: Type.Integer(), key: Type.String(), signature: Type.String() },
  closed,
);
export const ErasureReceipt = Type.Object(
  {
    schema: Type.Literal('erasure-receipt/1'),
    site: Type.String(),
    floor: Type.String(),
    zone: Type.String(),
    fromMs: Type.Integer(),
    toMs: Type.Integer(),
    reason: Type.String(),
    rows: Type.Record(Type.String(), Type.Integer()),
    publishedCounts: Type.Object(
      {
        kept: Type.Integer({ description: 'Counts of this place and time that were published, and stay.' }),
        note: Type.String({ description: 'Why they stay.' }),
      },
      closed,
    ),
    holds: Type.Array(
      Type.Object({ id: Type.String(), alert: Type.String(), untilMs: Type.Integer(), ended: Type.Boolean() }, closed),
    ),
    audit: Type.Union([Type.String(), Type.Null()], {
      description: 'The row of the audit; null where it was only tried.',
    }),
    seal: Type.Union([SealView, Type.Null()]),
  },
  closed,
);
export type ErasureReceipt = Static<typeof ErasureReceipt>;

/** GET /api/privacy/audit-export */
export const AuditExport = Type.Object(
  {
    schema: Type.Literal('audit-export/1'),
    keys: Type.Array(Type.Object({ fingerprint: Type.String(), pem: Type.String() }, closed)),
    pruned: Type.Union([SealView, Type.Null()]),
    checkpoints: Type.Array(SealView),
  },
  closed,
);
export type AuditExport = Static<typeof AuditExport>;
