/** The shape of an alert policy: as it holds in the hub, and as an airport writes it down. */
import { type Static, type TSchema, Type } from 'typebox';
import type { MovementPattern } from '../score/movement.ts';

const closed = { additionalProperties: false } as const;

/** A kind of zone, or `outside` of every zone. Nothing is ever scored in blind zones, so there is no rule for them. */
export const PLACE_KINDS = ['waiting', 'transit', 'exit', 'retail', 'queue', 'control', 'outside'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];
const Kind = Type.Enum([...PLACE_KINDS]);

/** Something for each kind of place; whoever writes a policy names those that differ from the built-in ones. */
const byPlace = <T extends TSchema>(schema: T) =>
  Type.Object(
    {
      waiting: Type.Optional(schema),
      transit: Type.Optional(schema),
      exit: Type.Optional(schema),
      retail: Type.Optional(schema),
      queue: Type.Optional(schema),
      control: Type.Optional(schema),
      outside: Type.Optional(schema),
    },
    closed,
  );

const LimitSeconds = Type.Number({ exclusiveMinimum: 0, maximum: 604_800 });

const limitFields = {
  waiting: LimitSeconds,
  transit: LimitSeconds,
  exit: LimitSeconds,
  retail: LimitSeconds,
  queue: LimitSeconds,
  control: LimitSeconds,
};

/** The limits of presence by kind of zone, seconds. A zone's own `dwellLimitSeconds` wins. Blind zones are never scored. */
export const DwellLimits = Type.Object(limitFields, closed);
export type DwellLimits = Static<typeof DwellLimits>;

/** From which score and for how long; `never` where a movement does not count at all. */
export const Least = Type.Union([
  Type.Object(
    {
      score: Type.Number({ minimum: 0, maximum: 100 }),
      seconds: Type.Number({ minimum: 0, maximum: 604_800 }),
    },
    closed,
  ),
  Type.Literal('never'),
]);
export type Least = Static<typeof Least>;

const MovementRuleText = Type.Object(
  {
    on: Type.Optional(Type.Boolean()),
    /** From when it is a sign, which counts beside another one. */
    sign: Type.Optional(byPlace(Least)),
    /** From when it is enough by itself. */
    alone: Type.Optional(byPlace(Least)),
  },
  closed,
);

const Kinds = Type.Array(Kind, { minItems: 1, maxItems: PLACE_KINDS.length });

/** Signs that are enough where they meet in one person. */
export const Combination = Type.Object(
  {
    /** Different patterns, all of which are needed. */
    signs: Type.Array(
      Type.Enum(['handover', 'escort', 'flanking', 'shadowing', 'coordinator', 'regrouping', 'dwell']),
      { minItems: 1, maxItems: 4, uniqueItems: true },
    ),
    /** Where one of the signs has to have been, by pattern: its own place, or a zone that one of its people was in meanwhile. */
    where: Type.Optional(
      Type.Object(
        {
          handover: Type.Optional(Kinds),
          escort: Type.Optional(Kinds),
          flanking: Type.Optional(Kinds),
          shadowing: Type.Optional(Kinds),
          coordinator: Type.Optional(Kinds),
          regrouping: Type.Optional(Kinds),
          dwell: Type.Optional(Kinds),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type Combination = Static<typeof Combination>;

const version = Type.String({ minLength: 1, maxLength: 40 });
const delayedAfterSeconds = Type.Number({ minimum: 1, maximum: 86_400 });

/** A policy as it is written: what is left out is as built in. */
export const PolicyText = Type.Object(
  {
    schema: Type.Literal('alert-policy/2'),
    /** Shown with each alert. Change it whenever anything else changes. */
    version,
    /** Data older than this on arrival raises alerts that page nobody. */
    delayedAfterSeconds: Type.Optional(delayedAfterSeconds),
    /** Movements of the same people that follow each other within this time are one story. */
    followsWithinSeconds: Type.Optional(Type.Number({ minimum: 0, maximum: 3600 })),
    patterns: Type.Optional(
      Type.Object(
        {
          dwell: Type.Optional(
            Type.Object(
              {
                on: Type.Optional(Type.Boolean()),
                limitSeconds: Type.Optional(
                  Type.Object(
                    {
                      waiting: Type.Optional(LimitSeconds),
                      transit: Type.Optional(LimitSeconds),
                      exit: Type.Optional(LimitSeconds),
                      retail: Type.Optional(LimitSeconds),
                      queue: Type.Optional(LimitSeconds),
                      control: Type.Optional(LimitSeconds),
                    },
                    closed,
                  ),
                ),
              },
              closed,
            ),
          ),
          handover: Type.Optional(MovementRuleText),
          escort: Type.Optional(MovementRuleText),
          flanking: Type.Optional(MovementRuleText),
          shadowing: Type.Optional(MovementRuleText),
          coordinator: Type.Optional(MovementRuleText),
          regrouping: Type.Optional(MovementRuleText),
        },
        closed,
      ),
    ),
    /** In place of all built-in ones. */
    combinations: Type.Optional(Type.Array(Combination, { maxItems: 64 })),
  },
  closed,
);
export type PolicyText = Static<typeof PolicyText>;

/** The policy of a hub that scored dwell alone. */
export const FirstPolicyText = Type.Object(
  { schema: Type.Literal('alert-policy/1'), version, dwellLimitSeconds: DwellLimits, delayedAfterSeconds },
  closed,
);
export type FirstPolicyText = Static<typeof FirstPolicyText>;

export interface MovementRule {
  readonly on: boolean;
  readonly sign: Readonly<Record<PlaceKind, Least>>;
  readonly alone: Readonly<Record<PlaceKind, Least>>;
}

/** A policy with everything filled in: what an alert is decided by. */
export interface Policy {
  readonly schema: 'alert-policy/2';
  readonly version: string;
  readonly delayedAfterSeconds: number;
  readonly followsWithinSeconds: number;
  readonly patterns: { readonly dwell: { readonly on: boolean; readonly limitSeconds: DwellLimits } } & Readonly<
    Record<MovementPattern, MovementRule>
  >;
  readonly combinations: readonly Combination[];
}
