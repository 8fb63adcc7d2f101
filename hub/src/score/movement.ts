/** What every scorer but dwell tells: a movement of several people, with its parts, so that an alert can say why. */
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;

/** The patterns that are scored. The order is the order in which a story names them. */
export const PATTERNS = ['handover', 'escort', 'flanking', 'shadowing', 'coordinator', 'regrouping', 'dwell'] as const;
export type Pattern = (typeof PATTERNS)[number];
export type MovementPattern = Exclude<Pattern, 'dwell'>;

/** What somebody does in a movement. A role belongs to an episode and ends with it. */
export const Role = Type.Union([
  Type.Literal('dwelling'),
  Type.Literal('leader'),
  Type.Literal('follower'),
  Type.Literal('flanking'),
  Type.Literal('flanked'),
  Type.Literal('shadowing'),
  Type.Literal('shadowed'),
  Type.Literal('coordinator'),
  Type.Literal('contact'),
  Type.Literal('companion'),
]);
export type Role = Static<typeof Role>;

/** One reason in words and numbers, with the place and time that it is about. */
export const Reason = Type.Object(
  {
    /** A whole sentence with its figures and units. */
    text: Type.String(),
    fromMs: Type.Integer(),
    toMs: Type.Integer(),
    /** Metres on the floor plan, where the reason has a place. */
    place: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
    /** Whom it is about, where that is not everybody in the story. */
    persons: Type.Optional(Type.Array(Type.String())),
  },
  closed,
);
export type Reason = Static<typeof Reason>;

/** Somebody in the movement: a pseudonym, never an identity. The same person may have one role after another. */
export const StoryPerson = Type.Object(
  { person: Type.String(), role: Role, fromMs: Type.Integer(), toMs: Type.Integer() },
  closed,
);
export type StoryPerson = Static<typeof StoryPerson>;

/** A mark on a person's time line. */
export const KeyMoment = Type.Object({ atMs: Type.Integer(), person: Type.String(), label: Type.String() }, closed);
export type KeyMoment = Static<typeof KeyMoment>;

/** What the movement's score may owe to errors of seeing. */
export const MovementUncertainty = Type.Object(
  {
    /** Share of the time for which no detection supported the position of one of them, 0 to 1. */
    coastedShare: Type.Number({ minimum: 0, maximum: 1 }),
    /** How often somebody was lost and taken to go on as another. */
    identityJoins: Type.Integer({ minimum: 0 }),
    /** The least probability among those joins; 1 where there was none. */
    joinProbability: Type.Number({ minimum: 0, maximum: 1 }),
    /** Median 1-sigma of the positions. */
    sigmaMetres: Type.Number({ minimum: 0 }),
  },
  closed,
);
export type MovementUncertainty = Static<typeof MovementUncertainty>;

/** One state of a movement, told again as it grows. Never changed after it was handed out. */
export interface MovementEpisode {
  readonly pattern: MovementPattern;
  /** Stays the same while the movement grows, and is the same in a replay: pattern, first pseudonyms, beginning. */
  readonly key: string;
  /** Where it mostly took place; null where that is outside of every zone. */
  readonly zone: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly open: boolean;
  /** Nonconformity: 0 is the least that counts as the pattern at all; more is stranger. */
  readonly score: number;
  /** The parts of the score; names carry their units: `lagSeconds`, `distanceMetres`, `startedSecondShare`. */
  readonly figures: Readonly<Record<string, number>>;
  readonly persons: readonly StoryPerson[];
  readonly reasons: readonly Reason[];
  readonly moments: readonly KeyMoment[];
  readonly uncertainty: MovementUncertainty;
}

export interface MovementEvent {
  readonly kind: 'opened' | 'grew' | 'closed';
  readonly episode: MovementEpisode;
}
