/**
 * A dwell episode: somebody's presence in one zone, over one visit or several. What counts is the time of presence, summed over
 * the visits; the span from the first entry to the last moment inside is longer wherever somebody came back.
 */
import type { ZoneKind } from '@safe-passage/contract';
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Place = Type.Tuple([Type.Number(), Type.Number()]);

/** A pseudonym of the episode and the stretch for which it was the one present. */
export const EpisodeMember = Type.Object(
  { person: Type.String(), fromMs: Type.Integer(), toMs: Type.Integer() },
  closed,
);
export type EpisodeMember = Static<typeof EpisodeMember>;

/** From entering to leaving. Absences within the grace are part of a visit. */
export const EpisodeVisit = Type.Object({ fromMs: Type.Integer(), toMs: Type.Integer() }, closed);
export type EpisodeVisit = Static<typeof EpisodeVisit>;

/** A stretch that was bridged, and why nobody was seen inside. */
export const EpisodeGap = Type.Object(
  {
    fromMs: Type.Integer(),
    toMs: Type.Integer(),
    /** `outside`: seen outside the zone. `unseen`: not seen at all. `identity`: one track was lost and another went on. */
    cause: Type.Union([Type.Literal('outside'), Type.Literal('unseen'), Type.Literal('identity')]),
    /** Of an identity join: how probable it is. */
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  },
  closed,
);
export type EpisodeGap = Static<typeof EpisodeGap>;

/** What is stored beside the columns of an episode: all that a restarted hub needs to go on with it. */
export const EpisodeDetail = Type.Object(
  {
    schema: Type.Literal('dwell-episode/2'),
    /** The last 64, the present one last; they do not overlap. */
    visits: Type.Array(EpisodeVisit, { minItems: 1 }),
    visitCount: Type.Integer({ minimum: 1 }),
    /** The stretch from the first to the last presence of each; several visits of one are one stretch. */
    members: Type.Array(EpisodeMember, { minItems: 1 }),
    /** Who may come back now, after the last visit: joins that count once somebody does. */
    pending: Type.Array(
      Type.Object(
        {
          person: Type.String(),
          fromMs: Type.Integer(),
          toMs: Type.Integer(),
          probability: Type.Number({ minimum: 0, maximum: 1 }),
        },
        closed,
      ),
    ),
    /** The first 64; the counts below count them all. Absences between visits are not among them. */
    gaps: Type.Array(EpisodeGap),
    /** Time without a supporting detection, milliseconds. */
    coastedMs: Type.Number({ minimum: 0 }),
    gapsBridged: Type.Integer({ minimum: 0 }),
    identityJoins: Type.Integer({ minimum: 0 }),
    /** The least probability among the joins; 1 where there was none. */
    joinProbability: Type.Number({ minimum: 0, maximum: 1 }),
    /** That all joins are right, so that this is the story of one person: the product of their probabilities. */
    storyProbability: Type.Number({ minimum: 0, maximum: 1 }),
    /** Median 1-sigma of the measured positions inside. */
    sigmaMetres: Type.Number({ minimum: 0 }),
    /** Counts and sums of the 1-sigma values by bin: bin number, count, sum in metres. */
    sigmaBins: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.Number()])),
    /** Whether the person, or one that it goes on from, ever moved further than a static phantom could. */
    everMoved: Type.Boolean(),
    netDisplacementMetres: Type.Number({ minimum: 0 }),
    /** Where the present track was first measured: displacement counts from here. x, y, 1-sigma, metres. */
    anchor: Type.Tuple([Type.Number(), Type.Number(), Type.Number()]),
    /** The smoothed position that displacement is taken from, and when it was that. */
    smoothed: Place,
    smoothedMs: Type.Integer(),
    entryPlace: Place,
    lastPlace: Place,
    /** Time strictly inside the boundary, milliseconds. */
    insideMs: Type.Number({ minimum: 0 }),
  },
  closed,
);
export type EpisodeDetail = Static<typeof EpisodeDetail>;

/** One state of an episode, as the scorer tells it. Never changed after it was handed out. */
export interface DwellEpisode {
  readonly zone: string;
  readonly zoneName: string;
  readonly zoneKind: ZoneKind;
  /** The limit of the zone itself; null where the policy's limit for the kind holds. */
  readonly zoneLimitSeconds: number | null;
  /** The first pseudonym. The others, after identity joins, are in `detail.members`. */
  readonly person: string;
  readonly fromMs: number;
  /** Last measured presence; grows while the episode is open. */
  readonly toMs: number;
  /** Time of presence: the sum over the visits, never more than the span from `fromMs` to `toMs`. Limits hold for this. */
  readonly seconds: number;
  /** Whether somebody is present now. An episode that was closed opens again when the person comes back in time. */
  readonly open: boolean;
  /** Share of the presence for which no detection supported the position, 0 to 1. */
  readonly coastedShare: number;
  readonly detail: EpisodeDetail;
}

export interface DwellEvent {
  readonly kind: 'opened' | 'grew' | 'closed';
  readonly episode: DwellEpisode;
}

/**
 * When somebody had been present for so long in all, ms: the moment at which a limit was passed. The end of the last visit where
 * it was not.
 */
export function presentForMs(episode: Pick<DwellEpisode, 'seconds' | 'toMs' | 'detail'>, seconds: number): number {
  const { visits } = episode.detail;
  let before = Math.round(episode.seconds * 1000);
  for (const visit of visits) before -= visit.toMs - visit.fromMs;
  let left = seconds * 1000 - before;
  for (const { fromMs, toMs } of visits) {
    if (left <= toMs - fromMs) return Math.round(fromMs + Math.max(0, left));
    left -= toMs - fromMs;
  }
  return episode.toMs;
}

/** A row of `dwell_episode`. Upsert by `id` and `fromMs`: a later state replaces an earlier one. */
export interface EpisodeRecord {
  readonly id: string;
  readonly site: string;
  readonly floor: string;
  readonly zone: string;
  readonly person: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly seconds: number;
  readonly open: boolean;
  readonly detail: EpisodeDetail;
}
