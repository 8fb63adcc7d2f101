/** A movement of several people as it is stored: the columns, and all that an alert needs to go on with it. */
import { type Static, Type } from 'typebox';
import { movementId } from '../alert/identifier.ts';
import {
  KeyMoment,
  type MovementEpisode,
  type MovementPattern,
  MovementUncertainty,
  PATTERNS,
  Reason,
  StoryPerson,
} from './movement.ts';

export const MOVEMENT_PATTERNS: readonly MovementPattern[] = PATTERNS.filter((pattern) => pattern !== 'dwell');

export const isMovementPattern = (pattern: string): pattern is MovementPattern =>
  (MOVEMENT_PATTERNS as readonly string[]).includes(pattern);

export const MovementDetail = Type.Object(
  {
    schema: Type.Literal('movement-episode/1'),
    key: Type.String({ minLength: 1 }),
    figures: Type.Record(Type.String(), Type.Number()),
    persons: Type.Array(StoryPerson),
    reasons: Type.Array(Reason),
    moments: Type.Array(KeyMoment),
    uncertainty: MovementUncertainty,
  },
  { additionalProperties: false },
);
export type MovementDetail = Static<typeof MovementDetail>;

/** A row of `movement_episode`. Upsert by `id` and `fromMs`: a later state replaces an earlier one. */
export interface MovementRecord {
  readonly id: string;
  readonly site: string;
  readonly floor: string;
  /** Null where it took place outside of every zone. */
  readonly zone: string | null;
  readonly pattern: MovementPattern;
  readonly fromMs: number;
  readonly toMs: number;
  readonly open: boolean;
  readonly score: number;
  readonly detail: MovementDetail;
}

/** What is stored of one state of a movement. */
export function movementRecord(episode: MovementEpisode, site: string, floor: string): MovementRecord {
  const { pattern, key, zone, fromMs, toMs, open, score, figures, persons, reasons, moments, uncertainty } = episode;
  const detail: MovementDetail = {
    schema: 'movement-episode/1',
    key,
    figures: { ...figures },
    persons: [...persons],
    reasons: [...reasons],
    moments: [...moments],
    uncertainty,
  };
  return { id: movementId({ site, floor, key }), site, floor, zone, pattern, fromMs, toMs, open, score, detail };
}

/** The state of a movement that was stored. */
export function storedMovement(record: MovementRecord): MovementEpisode {
  const { pattern, zone, fromMs, toMs, open, score } = record;
  const { schema: _, ...detail } = record.detail;
  return { pattern, zone, fromMs, toMs, open, score, ...detail };
}
