/** What the interface says of privacy: holds, and the state that a privacy officer looks at. */
import { type Static, Type } from 'typebox';

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
  minLength: 10,
  maxLength: 500,
  pattern: '^[^\\p{Cc}]+$',
  description: 'Why; kept in the audit with your name. Names nobody on the floor.',
});

export const HoldBody = Type.Object(
  {
    alert: Type.String({ format: 'uuid' }),
    owner: Type.String({ minLength: 1, maxLength: 80, pattern: '^[^\\p{Cc}]+$', description: 'Who answers for it.' }),
    reason: Reason,
    untilMs: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }),
  },
  closed,
);
export type HoldBody = Static<typeof HoldBody>;

export const ReleaseBody = Type.Object({ reason: Reason }, closed);
export type ReleaseBody = Static<typeof ReleaseBody>;
