/** What an alert says. The detail is stored as it is and shown as it is: nothing in it is computed again later. */
import { type Static, Type } from 'typebox';
import { KeyMoment, PATTERNS, Reason, StoryPerson } from '../score/movement.ts';

const closed = { additionalProperties: false } as const;

/** A reason as an alert tells it. */
export const ToldReason = Type.Object(
  {
    ...Reason.properties,
    /** Which of `patterns` it belongs to, from 0. Absent: the story as a whole, or one that has a single part. */
    part: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
);
export type ToldReason = Static<typeof ToldReason>;

export const AlertDetail = Type.Object(
  {
    /** The version of the policy that decided. */
    policy: Type.String(),
    /** The parts of the story, the one that names it first. One for each movement that it is made of. */
    patterns: Type.Array(Type.Enum([...PATTERNS]), { minItems: 1 }),
    /** The limit of presence; null where none of the patterns is a dwell. */
    limitSeconds: Type.Union([Type.Number(), Type.Null()]),
    /** How long the story goes on; of a dwell, how long somebody was present. */
    seconds: Type.Number(),
    /** Those of one part stand together, in the order of `patterns`. */
    reasons: Type.Array(ToldReason),
    /** What would explain the movement innocently. */
    explanations: Type.Array(Type.String()),
    uncertainty: Type.Object(
      {
        /** Share of the time for which no detection supported the position, 0 to 1. */
        coastedShare: Type.Number(),
        /** How often the presence was bridged over an absence shorter than the grace time. */
        gapsBridged: Type.Integer(),
        /** How often a lost track was taken to go on as another: the presence may then be that of two people. */
        identityJoins: Type.Integer(),
        /** The least probability among those joins; 1 where there was none. */
        joinProbability: Type.Number(),
        /** Median 1-sigma of the positions. */
        sigmaMetres: Type.Number(),
      },
      closed,
    ),
    persons: Type.Array(StoryPerson),
    moments: Type.Array(KeyMoment),
  },
  closed,
);
export type AlertDetail = Static<typeof AlertDetail>;
